/** Mutants of what is counted, reported and remembered: conflicts, other speakers, refusals, complaints. */

const conflictMutants = [
  {
    what: "a conflict is not reported",
    within: "Conflicts.onConflict",
    find: "this.$surroundings.outbox.complain( $now,",
    replace: "((..._all) => {})(",
  },
  {
    what: "a conflict is not counted",
    within: "Conflicts.onConflict",
    find: "$counters.addressConflicts += 1;",
    replace: "",
  },
  {
    what: "the own MAC address is taken for a stranger's",
    within: "Conflicts.onConflict",
    find: "if (this.$isOurs($address, $mac)) return;",
    replace: "",
  },
  {
    what: "the own question is answered",
    within: "Conflicts.onProbed",
    find: "if (this.$masterSince !== null && !this.$isOurs($address, $mac))",
    replace: "if (this.$masterSince !== null)",
  },
  {
    what: "a question is not answered with an announcement",
    within: "Conflicts.onProbed",
    find: "if (this.$masterSince !== null && !this.$isOurs($address, $mac))",
    replace: "if (this.$masterSince === undefined)",
  },
  {
    what: "a backup takes answers for conflicts",
    within: "Conflicts.onConflict",
    find: "if (this.$masterSince === null || $now - this.$masterSince < $config.advertIntervalMicros) return;",
    replace:
      "if (this.$masterSince !== null && $now - this.$masterSince < $config.advertIntervalMicros) return;",
  },
  {
    what: "a former master that has not heard us yet is a conflict",
    within: "Conflicts.onConflict",
    find: "if (this.$masterSince === null || $now - this.$masterSince < $config.advertIntervalMicros) return;",
    replace: "if (this.$masterSince === null) return;",
  },
  {
    what: "a contested address is not announced again",
    within: "Conflicts.onConflict",
    find: "if ($defends) $addresses.announcing.contestOne($now, $address);",
    replace: "",
  },
  {
    what: "each claim is defended against, however fast they come",
    within: "Conflicts.onConflict",
    find: "const $defends = $now - $defendedAt >= DEFENCE_INTERVAL_MICROS;",
    replace: "const $defends = true;",
  },
  {
    what: "a contested address is not asked for again",
    within: "Conflicts.onConflict",
    find: "if (this.$interval !== null) this.$probeBy($now + DEFENCE_INTERVAL_MICROS);",
    replace: "",
  },
  {
    what: "a contested address is asked for without end",
    within: "Conflicts.#probeDue",
    find: "if ($heardAt >= this.$probedAt) continue;",
    replace: "continue;",
  },
  {
    what: "an address that was let go is not announced",
    within: "Conflicts.#probeDue",
    find: "this.$contested.delete($address); this.$router.addresses.announcing.contestOne($now, $address);",
    replace: "this.$contested.delete($address);",
  },
  {
    what: "all addresses are asked for as often as the contested ones",
    within: "Conflicts.#probeDue",
    find: "const $all = $now - this.$probedAllAt >= $interval;",
    replace: "const $all = true;",
  },
  {
    what: "addresses that are not there are asked for",
    within: "Conflicts.#probeDue",
    find: ".filter(({ isPresent }) => isPresent)",
    replace: "",
  },
  {
    what: "a backup goes on asking",
    within: "Conflicts.stop",
    find: "this.$surroundings.deadlines.clear(this.$probe);",
    replace: "",
  },
  {
    what: "what was contested still is in the next mastership",
    within: "Conflicts.stop",
    find: "this.$contested.clear();",
    replace: "",
  },
];

const memoryMutants = [
  {
    what: "the same complaint is made every time",
    within: "Complaints.admit",
    find: "if ($earlier !== undefined && $now - $earlier.at < INTERVAL_MICROS) {",
    replace: "if ($earlier !== undefined && $now < $earlier.at) {",
  },
  {
    what: "a complaint is made once and never again",
    within: "Complaints.admit",
    find: "if ($earlier !== undefined && $now - $earlier.at < INTERVAL_MICROS) {",
    replace: "if ($earlier !== undefined) {",
  },
  {
    what: "how often a complaint was held back is forgotten",
    within: "Complaints.admit",
    find: "return $unnamed + ($earlier?.suppressed ?? 0);",
    replace: "return $unnamed;",
  },
  {
    what: "forged sources fill the log",
    within: "Complaints.#name",
    find: "if ($subject.named >= NAMED) {",
    replace: "if ($subject.named < 0) {",
  },
  {
    what: "sources that were not named are not counted",
    within: "Complaints.admit",
    find: "if ($unnamed === null) return null;",
    replace: "if ($unnamed === null) return null; this.#subjects.clear();",
  },
  {
    what: "complaints fill the memory",
    within: "Complaints.admit",
    find: "if (this.$made.size >= KEPT)",
    replace: "if (this.$made.size < 0)",
  },
  {
    what: "effects are handed over twice",
    within: "Outbox.drain",
    find: "const $effects = this.$ownEffects; this.$ownEffects = [];",
    replace: "const $effects = [...this.$ownEffects];",
  },
  {
    what: "refusals fill the memory",
    within: "Refusals",
    find: "most: REFUSALS_KEPT",
    replace: "most: 1e9",
  },
  {
    what: "a refusal is counted once a source",
    within: "Refusals.note",
    find: "$known.count += 1;",
    replace: "",
  },
  {
    what: "speakers fill the memory",
    within: "BoundedMap.add",
    find: "if (this.$values.length >= this.$options.most)",
    replace: "if (this.$values.length < 0)",
  },
  {
    what: "a speaker that changes its list is not looked at anew",
    within: "Speakers.hear",
    find: "$known.relation = $relate($advert);",
    replace: "",
  },
  {
    what: "forged speakers push out the master that is followed",
    within: "BoundedMap.#forgetOne",
    find: "if ($isKept($value)) continue;",
    replace: "",
  },
  {
    what: "the speaker that is heard most is forgotten first",
    within: "isWorthLess",
    find: "$one.adverts < $other.adverts",
    replace: "$one.adverts > $other.adverts",
  },
  {
    what: "the refusal that is seen most is forgotten first",
    within: "Refusals.note",
    find: "$one.count < $other.count",
    replace: "$one.count > $other.count",
  },
  {
    what: "an absence counts as loss",
    within: "Hearing.hear",
    find: "|| $gap >= ABSENCE_INTERVALS * $intervalMicros",
    replace: "",
  },
  {
    what: "old losses are never forgotten",
    within: "Hearing.hear",
    find: "if (this.$heard >= WINDOW_ADVERTS)",
    replace: "if (this.$heard < 0)",
  },
];

const countMutants = [
  {
    what: "strangers are not reported",
    within: "reportSpeaker",
    find: 'if ($relation === "stranger") { return complain(',
    replace: 'if ($relation === "stranger") { return ((..._all) => {})(',
  },
  {
    what: "strangers are not counted",
    within: "receiveAdvert",
    find: "$router.counters.strangers += 1;",
    replace: "",
  },
  {
    what: "another list of addresses is not counted",
    within: "reportSpeaker",
    find: "$router.counters.addressListMismatches += 1;",
    replace: "",
  },
  {
    what: "equal priorities are not reported",
    within: "reportPriority",
    find: "if ($priority !== $sighting.router.priority) return;",
    replace: "if ($priority !== null) return;",
  },
  {
    what: "a rival at 255 is not reported",
    within: "reportSpeaker",
    find: "reportOwner($sighting);",
    replace: "",
  },
  {
    what: "another interval is not counted",
    within: "reportInterval",
    find: "$counters.intervalMismatches += 1;",
    replace: "",
  },
  {
    what: "a speaker outside the list of peers is not reported",
    within: "reportSpeaker",
    find: "if (!$listed) {",
    replace: "if ($listed === null) {",
  },
  {
    what: "adverts that are refused are not counted by reason",
    within: "drop",
    find: "countDrop($router.counters, $reason); $router.refusals.note($now, $source, $reason, $advert, ($said) => relationOf($router, $said)); $router.surroundings",
    replace:
      "$router.refusals.note($now, $source, $reason, $advert, ($said) => relationOf($router, $said)); $router.surroundings",
  },
  {
    what: "adverts that are refused are not remembered",
    within: "drop",
    find: "$router.refusals.note($now, $source, $reason, $advert, ($said) => relationOf($router, $said)); $router.surroundings",
    replace: "$router.surroundings",
  },
  {
    what: "drops are counted once a reason",
    within: "countDrop",
    find: "$counters.drops[$reason] = ($counters.drops[$reason] ?? 0) + 1;",
    replace: "$counters.drops[$reason] = 1;",
  },
  {
    what: "packets that belong to nobody are not counted",
    within: "Unclaimed.drop",
    find: "this.$count($on, $reason);",
    replace: "",
  },
  {
    what: "adverts of other ids are not counted",
    within: "Unclaimed.hear",
    find: 'this.$count($input.interface, "unknown-virtual-router");',
    replace: "",
  },
  {
    what: "our address under another id raises no alarm",
    within: "Unclaimed.#compare",
    find: "if ($ours.length === 0) return;",
    replace: "return;",
  },
  {
    what: "a send that fails is not counted",
    within: "onSendFailed",
    find: "$counters.sendErrors += $codes.length;",
    replace: "",
  },
  {
    what: "status shows a master to those who do not take part",
    within: "masterOf",
    find: 'if ($router.state !== "BACKUP" || $master === null) return null;',
    replace: "if ($master === null) return null;",
  },
  {
    what: "status does not show a master itself",
    within: "masterOf",
    find: 'if ($router.state === "MASTER" && $router.source !== null) {',
    replace: "if ($router.state === null && $router.source !== null) {",
  },
];

const unservedMutants = [
  {
    what: "addresses that another master has count as unserved",
    within: "Unserved.look",
    find: "$lacking.filter(($address) => !$served.has($address))",
    replace: "[...$lacking]",
  },
  {
    what: "a master that died keeps the addresses that it had",
    within: "Unserved.#servedByOthers",
    find: "$now - $speaker.lastHeardAt < $span;",
    replace: "$speaker.lastHeardAt > 0;",
  },
  {
    what: "what no advert has room for counts as unserved",
    within: "Unserved.#lacks",
    find: "$virtualAddresses.slice(0, $advertisedCount)",
    replace: "$virtualAddresses.slice(0, $advertisedCount + 1000)",
  },
  {
    what: "unserved addresses are not reported",
    within: "Unserved.look",
    find: "this.$complain($now, $source, this.now);",
    replace: "",
  },
];

export const reportMutants = [...unservedMutants, ...conflictMutants, ...memoryMutants, ...countMutants];
