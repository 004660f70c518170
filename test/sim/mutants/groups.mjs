/** Mutants of sync groups: members that change together. */

export const groupMutants = [
  {
    what: "a member of a group becomes master without the others",
    within: "VirtualRouter.#claim",
    find: "this.masterDown.expire($known);",
    replace: 'this.transition(now, "MASTER", known);',
  },
  {
    what: "a ready member forgets it at a release",
    within: "MasterDown.onRelease",
    find: "if (this.expired !== null) return;",
    replace: "this.expired = null;",
  },
  {
    what: "a member stays ready although it follows a master",
    within: "MasterDown.follow",
    find: "this.expired = null;",
    replace: "",
  },
  {
    what: "the others stay masters when one is outranked",
    within: "decideFor",
    find: 'if ($masters.length > 0 && $members.some(isLeft)) return { what: "yield" };',
    replace: "",
  },
  {
    what: "a member in FAULT leaves the others alone",
    within: "decide",
    find: "$by >= 0",
    replace: "by > members.length",
  },
  {
    what: "a group claims when one member is ready",
    within: "decideFor",
    find: '$members.every(({ state, isReady }) => state === "MASTER" || isReady)',
    replace: '$members.some(({ state, isReady }) => state === "MASTER" || isReady)',
  },
  {
    what: "one owner makes a master of its whole group",
    within: "startOf",
    find: "$idle.every(({ startsAsOwner }) => startsAsOwner)",
    replace: "idle.some(({ startsAsOwner }) => startsAsOwner)",
  },
  {
    what: "a new member's first check is a fault for those beside it",
    within: "impeding",
    find: "$member.impediment !== null && !waitsToJoin($member)",
    replace: "member.impediment !== null",
  },
  {
    what: "a group does not become master while a new member waits for its first result",
    within: "decide",
    find: "$members.filter((member) => !waitsToJoin(member))",
    replace: "members",
  },
  {
    what: "a member joins beside masters alone",
    within: "SyncGroup.configure",
    find: 'other.state !== "INIT"',
    replace: 'other.state === "MASTER"',
  },
  {
    what: "a new member makes the masters beside it yield at once",
    within: "isLeft",
    find: '$state === "BACKUP" && !$joins',
    replace: 'state === "BACKUP"',
  },
  {
    what: "an id conflict holds no claim of a group",
    within: "SyncGroup.#claim",
    find: "if ($until !== null) $member.masterDown.hold($until);",
    replace: "",
  },
  {
    what: "a member that gives up with its group does not release",
    within: "VirtualRouter.#leaveMaster",
    find: '$to !== "BACKUP" || $why.code === "group-backup"',
    replace: 'to !== "BACKUP"',
  },
  {
    what: "a group is told before its members at a change",
    within: "SyncGroup.#begin",
    find: 'if (this.state === "INIT") this.$become($now, $state);',
    replace: "this.#become(now, state);",
  },
  {
    what: "who leaves a group goes on waiting for it",
    within: "VirtualRouter.onUngrouped",
    find: 'if ($expired !== null) this.transition($now, "MASTER", $expired);',
    replace: "if (expired !== null) return;",
  },
];
