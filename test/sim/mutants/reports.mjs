// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the text of the core
/** Mutants of what is counted, reported and remembered: conflicts, other speakers, refusals, complaints. */
const CONFLICTS = "src/core/addresses/conflicts.ts";
const COMPLAINTS = "src/base/complaints.ts";
const OUTBOX = "src/core/outbox.ts";
const RIVALS = "src/core/peers/warnings.ts";
const RECEIVE = "src/core/router/receive.ts";
const CORE = "src/core/core.ts";
const COUNTERS = "src/core/counters.ts";
const REFUSALS = "src/core/peers/refusals.ts";
const SPEAKERS = "src/core/peers/speakers.ts";
const HEARING = "src/core/peers/hearing.ts";
const UNSERVED = "src/core/router/unserved.ts";
const STATUS = "src/core/status.ts";

const conflictMutants = [
  {
    what: "a conflict is not reported",
    file: CONFLICTS,
    find: "this.surroundings.outbox.complain(\n      now,",
    replace: "((..._all) => {})(",
  },
  {
    what: "a conflict is not counted",
    file: CONFLICTS,
    find: "counters.addressConflicts += 1;",
    replace: "",
  },
  {
    what: "the own MAC address is taken for a stranger's",
    file: CONFLICTS,
    find: "if (this.#isOurs(mac)) return;",
    replace: "",
  },
  {
    what: "the own question is answered",
    file: CONFLICTS,
    find: "if (this.#masterSince !== null && !this.#isOurs(mac))",
    replace: "if (this.#masterSince !== null)",
  },
  {
    what: "a question is not answered with an announcement",
    file: CONFLICTS,
    find: "if (this.#masterSince !== null && !this.#isOurs(mac))",
    replace: "if (this.#masterSince === undefined)",
  },
  {
    what: "a backup takes answers for conflicts",
    file: CONFLICTS,
    find: "if (this.#masterSince === null || now - this.#masterSince < config.advertIntervalMicros) return;",
    replace:
      "if (this.#masterSince !== null && now - this.#masterSince < config.advertIntervalMicros) return;",
  },
  {
    what: "a former master that has not heard us yet is a conflict",
    file: CONFLICTS,
    find: "if (this.#masterSince === null || now - this.#masterSince < config.advertIntervalMicros) return;",
    replace: "if (this.#masterSince === null) return;",
  },
  {
    what: "a contested address is not announced again",
    file: CONFLICTS,
    find: "if (defends) addresses.contestOne(now, address);",
    replace: "",
  },
  {
    what: "each claim is defended against, however fast they come",
    file: CONFLICTS,
    find: "const defends = now - defendedAt >= DEFENCE_INTERVAL_MICROS;",
    replace: "const defends = true;",
  },
  {
    what: "a contested address is not asked for again",
    file: CONFLICTS,
    find: "if (this.#interval !== null) this.#probeBy(now + DEFENCE_INTERVAL_MICROS);",
    replace: "",
  },
  {
    what: "a contested address is asked for without end",
    file: CONFLICTS,
    find: "if (heardAt >= this.#probedAt) continue;",
    replace: "continue;",
  },
  {
    what: "an address that was let go is not announced",
    file: CONFLICTS,
    find: "this.#contested.delete(address);\n      this.router.addresses.contestOne(now, address);",
    replace: "this.#contested.delete(address);",
  },
  {
    what: "all addresses are asked for as often as the contested ones",
    file: CONFLICTS,
    find: "const all = now - this.#probedAllAt >= interval;",
    replace: "const all = true;",
  },
  {
    what: "addresses that are not there are asked for",
    file: CONFLICTS,
    find: ".filter(({ isPresent }) => isPresent)",
    replace: "",
  },
  {
    what: "a backup goes on asking",
    file: CONFLICTS,
    find: "this.surroundings.deadlines.clear(this.#probe);",
    replace: "",
  },
  {
    what: "what was contested still is in the next mastership",
    file: CONFLICTS,
    find: "    this.#contested.clear();\n",
    replace: "",
  },
];

const memoryMutants = [
  {
    what: "the same complaint is made every time",
    file: COMPLAINTS,
    find: "if (earlier !== undefined && now - earlier.at < INTERVAL_MICROS) {",
    replace: "if (earlier !== undefined && now < earlier.at) {",
  },
  {
    what: "a complaint is made once and never again",
    file: COMPLAINTS,
    find: "if (earlier !== undefined && now - earlier.at < INTERVAL_MICROS) {",
    replace: "if (earlier !== undefined) {",
  },
  {
    what: "how often a complaint was held back is forgotten",
    file: COMPLAINTS,
    find: "return unnamed + (earlier?.suppressed ?? 0);",
    replace: "return unnamed;",
  },
  {
    what: "forged sources fill the log",
    file: COMPLAINTS,
    find: "if (subject.named >= NAMED) {",
    replace: "if (subject.named < 0) {",
  },
  {
    what: "sources that were not named are not counted",
    file: COMPLAINTS,
    find: "if (unnamed === null) return null;",
    replace: "if (unnamed === null) return null;\n    this.#subjects.clear();",
  },
  {
    what: "complaints fill the memory",
    file: COMPLAINTS,
    find: "if (this.#made.size >= KEPT)",
    replace: "if (this.#made.size < 0)",
  },
  {
    what: "effects are handed over twice",
    file: OUTBOX,
    find: "const effects = this.#effects;\n    this.#effects = [];",
    replace: "const effects = [...this.#effects];",
  },
  {
    what: "refusals fill the memory",
    file: REFUSALS,
    find: "if (this.#known.length >= REFUSALS_KEPT)",
    replace: "if (this.#known.length < 0)",
  },
  {
    what: "a refusal is counted once a source",
    file: REFUSALS,
    find: "known.count += 1;",
    replace: "",
  },
  {
    what: "speakers fill the memory",
    file: SPEAKERS,
    find: "if (this.#known.length >= this.options.most)",
    replace: "if (this.#known.length < 0)",
  },
  {
    what: "a speaker that changes its list is not looked at anew",
    file: SPEAKERS,
    find: "known.relation = relate(advert);",
    replace: "",
  },
  {
    what: "forged speakers push out the master that is followed",
    file: SPEAKERS,
    find: "if (this.options.isAlwaysKept(speaker)) continue;",
    replace: "",
  },
  {
    what: "the speaker that is heard most is forgotten first",
    file: SPEAKERS,
    find: "one.adverts < other.adverts",
    replace: "one.adverts > other.adverts",
  },
  {
    what: "the refusal that is seen most is forgotten first",
    file: REFUSALS,
    find: "refusal.count < least.count",
    replace: "refusal.count > least.count",
  },
  {
    what: "an absence counts as loss",
    file: HEARING,
    find: " || gap >= ABSENCE_INTERVALS * intervalMicros",
    replace: "",
  },
  {
    what: "old losses are never forgotten",
    file: HEARING,
    find: "if (this.#heard >= WINDOW_ADVERTS)",
    replace: "if (this.#heard < 0)",
  },
];

const countMutants = [
  {
    what: "strangers are not reported",
    file: RIVALS,
    find: 'if (relation === "stranger") {\n    return complain(',
    replace: 'if (relation === "stranger") {\n    return ((..._all) => {})(',
  },
  {
    what: "strangers are not counted",
    file: RECEIVE,
    find: "router.counters.strangers += 1;",
    replace: "",
  },
  {
    what: "another list of addresses is not counted",
    file: RIVALS,
    find: "router.counters.addressListMismatches += 1;",
    replace: "",
  },
  {
    what: "equal priorities are not reported",
    file: RIVALS,
    find: "if (priority !== sighting.router.priority) return;",
    replace: "if (priority !== null) return;",
  },
  {
    what: "a rival at 255 is not reported",
    file: RIVALS,
    find: "  reportOwner(sighting);\n",
    replace: "",
  },
  {
    what: "another interval is not counted",
    file: RIVALS,
    find: "counters.intervalMismatches += 1;",
    replace: "",
  },
  {
    what: "a speaker outside the list of peers is not reported",
    file: RIVALS,
    find: "if (!listed) {",
    replace: "if (listed === null) {",
  },
  {
    what: "adverts that are refused are not counted by reason",
    file: RECEIVE,
    find: "countDrop(router.counters, reason);\n  router.refusals.note(now, source, reason);\n  router.surroundings",
    replace: "router.refusals.note(now, source, reason);\n  router.surroundings",
  },
  {
    what: "adverts that are refused are not remembered",
    file: RECEIVE,
    find: "router.refusals.note(now, source, reason);\n  router.surroundings",
    replace: "router.surroundings",
  },
  {
    what: "drops are counted once a reason",
    file: COUNTERS,
    find: "counters.drops[reason] = (counters.drops[reason] ?? 0) + 1;",
    replace: "counters.drops[reason] = 1;",
  },
  {
    what: "packets that belong to nobody are not counted",
    file: CORE,
    find: "this.#count(input.interface, input.reason);",
    replace: "",
  },
  {
    what: "adverts of other ids are not counted",
    file: CORE,
    find: 'this.#count(input.interface, "unknown-virtual-router");',
    replace: "",
  },
  {
    what: "our address under another id raises no alarm",
    file: CORE,
    find: "if (ours.length === 0) continue;",
    replace: "continue;",
  },
  {
    what: "a send that fails is not counted",
    file: CORE,
    find: "counters.sendErrors += codes.length;",
    replace: "",
  },
  {
    what: "status shows a master to those who do not take part",
    file: STATUS,
    find: 'if (router.state !== "BACKUP" || master === null) return null;',
    replace: "if (master === null) return null;",
  },
  {
    what: "status does not show a master itself",
    file: STATUS,
    find: 'if (router.state === "MASTER" && router.source !== null) {',
    replace: "if (router.state === null && router.source !== null) {",
  },
];

const unservedMutants = [
  {
    what: "addresses that another master has count as unserved",
    file: UNSERVED,
    find: "lacking.filter((address) => !served.has(address))",
    replace: "[...lacking]",
  },
  {
    what: "a master that died keeps the addresses that it had",
    file: UNSERVED,
    find: "now - speaker.lastHeardAt < span;",
    replace: "speaker.lastHeardAt > 0;",
  },
  {
    what: "what no advert has room for counts as unserved",
    file: UNSERVED,
    find: "virtualAddresses.slice(0, advertisedCount)",
    replace: "virtualAddresses.slice(0, advertisedCount + 1000)",
  },
  {
    what: "unserved addresses are not reported",
    file: UNSERVED,
    find: "    this.#complain(now, source, this.now);\n",
    replace: "",
  },
];

export const reportMutants = [...unservedMutants, ...conflictMutants, ...memoryMutants, ...countMutants];
