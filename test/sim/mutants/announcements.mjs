// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the text of the core
/** Mutants of when addresses are announced, where a schedule has bursts and pauses. */

export const announcementMutants = [
  {
    what: "a burst is one announcement",
    within: "Rounds.pass",
    find: "this.$round += 1; }",
    replace: "this.$round = last; }",
  },
  {
    what: "a burst that is over is caught up",
    within: "Rounds.pass",
    find: "while (this.$offsetOf(this.$round) < $newest) this.$round += 1;",
    replace: "",
  },
  {
    what: "announcements go out without a pause",
    within: "Announcing.#takeDue",
    find: "this.$pace.spend($now, $entry.config.interface, $entry.config.address.family, $pauseMicros);",
    replace: "",
  },
  {
    what: "a pause of one family holds up the other",
    within: "AnnouncementPace.availableAt",
    find: "`${$interfaceName} ${$family}`",
    replace: "`${$interfaceName} ipv4`",
  },
  {
    what: "after each pause the first address comes again",
    within: "Announcing.#inTurn",
    find: "if (this.$lastInTurn === null) return $entries;",
    replace: "if (this.$lastInTurn !== this.table) return $entries;",
  },
  {
    what: "without a cause it announces once, whatever the schedule says",
    within: "refreshRounds",
    find: "$refresh?.times ?? 0",
    replace: "Math.min(1, $refresh?.times ?? 0)",
  },
];
