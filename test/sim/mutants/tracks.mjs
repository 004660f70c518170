/** Mutants of what is tracked: weights and faults. */

export const trackMutants = [
  {
    what: "a weight above 0 is added while the check fails",
    within: "addedBy",
    find: '($weight > 0 ? "success" : "failure")',
    replace: '($weight > 0 ? "failure" : "failure")',
  },
  {
    what: "a weight below 0 counts while the check passes",
    within: "addedBy",
    find: '($weight > 0 ? "success" : "failure")',
    replace: '($weight > 0 ? "success" : "success")',
  },
  {
    what: "a weight that is reversed keeps its sign",
    within: "addedBy",
    find: "return $track.reversed ? -$weight : $weight;",
    replace: "return $weight;",
  },
  {
    what: "success is no fault where it should be",
    within: "trackImpediment",
    find: '$finding === ($reversed ? "failure" : "success")',
    replace: '$finding === "success"',
  },
  {
    what: "a weighted check that fails is a fault, too",
    within: "trackImpediment",
    find: 'if ($track.effect !== "fault") return null;',
    replace: "",
  },
  {
    what: "a check without a result counts as failing",
    within: "FINDINGS",
    find: 'pending: "pending"',
    replace: 'pending: "failure"',
  },
  {
    what: "a disabled check counts as failing",
    within: "FINDINGS",
    find: 'disabled: "none"',
    replace: 'disabled: "failure"',
  },
  {
    what: "a tracked interface without carrier is good enough",
    within: "findingOf",
    find: 'return $link?.up && $link.carrier ? "success" : "failure";',
    replace: 'return $link?.up ? "success" : "failure";',
  },
  {
    what: "only the own interface's link is looked at",
    within: "Core.#onLink",
    find: "for (const $router of this.$routers.values()) if (tracksLinkOf($router.config, $name)) $router.evaluate($now);",
    replace: "",
  },
  {
    what: "weights go beyond 254",
    within: "effectivePriority",
    find: "return Math.min(Math.max($base + $added, LOWEST_PRIORITY), HIGHEST_PRIORITY);",
    replace: "return Math.max($base + $added, LOWEST_PRIORITY);",
  },
  {
    what: "weights go below 1",
    within: "effectivePriority",
    find: "return Math.min(Math.max($base + $added, LOWEST_PRIORITY), HIGHEST_PRIORITY);",
    replace: "return Math.min($base + $added, HIGHEST_PRIORITY);",
  },
  {
    what: "an owner has weights",
    within: "effectivePriority",
    find: "if ($base === OWNER_PRIORITY) return $base;",
    replace: "",
  },
  {
    what: "what a backup waits for keeps its old weights",
    within: "VirtualRouter.#weigh",
    find: "this.$reprioritise($now, $before);",
    replace: "",
  },
  {
    what: "an interface that need not be up is a fault all the same",
    within: "hostImpediments",
    find: "$config.tracksInterface ? linkImpediment($name, $link) : null",
    replace: "linkImpediment($name, $link)",
  },
  {
    what: "an owner that should wait claims at once",
    within: "Participation.startsAsOwner",
    find: "$priority === OWNER_PRIORITY && !$config.ownerWaits && this.$mayClaim($now)",
    replace: "priority === OWNER_PRIORITY && this.#mayClaim(now)",
  },
  {
    what: "a master that shall not announce to lower ones does",
    within: "Contest.onRival",
    find: "if (!$config.announcesToLower) return;",
    replace: "",
  },
  {
    what: "a master that shall not announce after a release does",
    within: "Contest.#contest",
    find: "if ($config.announcesToLower && !$voice.isFailing)",
    replace: "if (!$voice.isFailing)",
  },
  {
    what: "a master that shall not answer lower ones does",
    within: "receiveAsMaster",
    find: "if ($router.config.answersLower) $router.advertising.answer($now);",
    replace: "$router.advertising.answer($now);",
  },
];
