/** Mutants of timers: election, preemption, deadlines, leases, announcements. */
const ELECTION = "src/core/election.ts";
const PREEMPTION = "src/core/router/preemption.ts";
const DEADLINES = "src/core/deadlines.ts";
const LEASES = "src/core/addresses/leases.ts";
const ANNOUNCEMENTS = "src/core/addresses/announcements.ts";
const ROUTER = "src/core/router/router.ts";
const MASTER_DOWN = "src/core/router/master-down.ts";

export const timingMutants = [
  {
    what: "a backup keeps the skew of the priority before",
    file: "src/core/router/master-down.ts",
    find: "this.#arm(this.#from, this.#spanOf, this.#version);",
    replace: "",
  },
  {
    what: "a master that is not lower any more is not followed",
    file: "src/core/router/master-down.ts",
    find: "theirs < before && theirs >= priority",
    replace: "theirs < before && theirs > 255",
  },
  {
    what: "adverts say the priority of the start",
    file: "src/core/router/router.ts",
    find: "this.#advert = { ...this.#advert, priority: this.priority };",
    replace: "",
  },
  {
    what: "the down interval has no skew",
    file: ELECTION,
    find: "return 3 * intervalMicros + skewMicros(version, priority, intervalMicros);",
    replace: "return 3 * intervalMicros;",
  },
  {
    what: "the down interval is two intervals",
    file: ELECTION,
    find: "return 3 * intervalMicros + skew",
    replace: "return 2 * intervalMicros + skew",
  },
  {
    what: "the skew grows with the priority",
    file: ELECTION,
    find: "((256 - priority) * base) / 256",
    replace: "(priority * base) / 256",
  },
  {
    what: "version 2 has the skew of version 3",
    file: ELECTION,
    find: "const base = version === 2 ? MICROS_PER_SECOND : intervalMicros;",
    replace: "const base = intervalMicros;",
  },
  {
    what: "version 3 has the skew of version 2",
    file: ELECTION,
    find: "const base = version === 2 ? MICROS_PER_SECOND : intervalMicros;",
    replace: "const base = MICROS_PER_SECOND;",
  },
  {
    what: "a tie is won by the smaller address",
    file: ELECTION,
    find: "compareAddresses(theirs.source, ours.source) > 0",
    replace: "compareAddresses(theirs.source, ours.source) < 0",
  },
  {
    what: "a tie compares addresses as text",
    file: ELECTION,
    find: "compareAddresses(theirs.source, ours.source) > 0",
    replace: "theirs.source.text > ours.source.text",
  },
  {
    what: "the lower priority outranks",
    file: ELECTION,
    find: "return theirs.priority > ours.priority;",
    replace: "return theirs.priority < ours.priority;",
  },
  {
    what: "there is no grace",
    file: MASTER_DOWN,
    find: "this.#graceEndsAt = graceEndsAt;",
    replace: "this.#graceEndsAt = 0;",
  },
  {
    what: "the listening after a grace counts from before it",
    file: MASTER_DOWN,
    find: "this.#arm(Math.max(now, graceEndsAt), masterDownMicros, config.version);",
    replace: "this.#arm(now, masterDownMicros, config.version);",
  },
  {
    what: "a link that comes up begins no grace",
    file: "src/core/core.ts",
    find: "if (before !== undefined && !isUp(before) && isUp(link)) view.upSince = now;",
    replace: "",
  },
  {
    what: "the preempt delay is not reset",
    file: PREEMPTION,
    find: "this.#elapsed = false;\n    this.deadlines.clear(this.#deadline);",
    replace: "",
  },
  {
    what: "an elapsed preempt delay stays elapsed",
    file: PREEMPTION,
    find: "this.#elapsed = false;\n    this.deadlines.clear",
    replace: "this.deadlines.clear",
  },
  {
    what: "the preempt delay starts anew with each advert",
    file: PREEMPTION,
    find: "if (!this.#deadline.armed) {",
    replace: "{",
  },
  {
    what: "there is no preempt delay",
    file: PREEMPTION,
    find: "if (preempt.delaySeconds === 0 || this.#elapsed) return true;",
    replace: "return true;",
  },
  {
    what: "nopreempt is ignored",
    file: PREEMPTION,
    find: 'if (preempt.mode === "never") return false;',
    replace: "",
  },
  {
    what: "deadlines fire in the order in which they were set",
    file: DEADLINES,
    find: "if (this.#heap[parent]!.at <= moving.at) break;",
    replace: "break;",
  },
  {
    what: "clearing a deadline leaves the heap unordered",
    file: DEADLINES,
    find: "this.#place(last, position);\n    this.#down(this.#up(position));",
    replace: "this.#place(last, position);",
  },
  {
    what: "a deadline is not due at its very time",
    file: DEADLINES,
    find: "due !== null && due.at <= now;",
    replace: "due !== null && due.at < now;",
  },
  {
    what: "leases are renewed once",
    file: LEASES,
    find: "if (this.#intervalMicros !== null) this.deadlines.set(this.#deadline, now + this.#intervalMicros);\n  }\n}",
    replace: "}\n}",
  },
  {
    what: "fast leases are renewed with every advert",
    file: LEASES,
    find: "now - this.#renewedAt >= this.#fastGapMicros",
    replace: "now >= this.#renewedAt",
  },
  {
    what: "fast leases are never renewed",
    file: LEASES,
    find: "now - this.#renewedAt >= this.#fastGapMicros",
    replace: "now - this.#renewedAt >= 3 * this.#fastGapMicros + 2_000_000",
  },
  {
    what: "adverts wait until all that has arrived is read",
    file: ROUTER,
    find: "if (armed && at <= now && now - at < this.config.advertIntervalMicros)",
    replace: "if (armed && at < 0)",
  },
  {
    what: "a late advert goes out before others are heard",
    file: ROUTER,
    find: "if (armed && at <= now && now - at < this.config.advertIntervalMicros)",
    replace: "if (armed && at <= now)",
  },
  {
    what: "adverts go out before their time",
    file: ROUTER,
    find: "if (armed && at <= now && now - at < this.config.advertIntervalMicros)",
    replace: "if (armed && now - at < this.config.advertIntervalMicros)",
  },
  {
    what: "answering rivals forgets the leases",
    file: ROUTER,
    find: "    this.surroundings.leases.withAdvert(now);\n  }\n\n  /** A master that",
    replace: "  }\n\n  /** A master that",
  },
  {
    what: "the second burst of announcements is missing",
    file: ANNOUNCEMENTS,
    find: "800, 5000, 5200, 5400, 5600, 5800]",
    replace: "800]",
  },
  {
    what: "a rival starts announcements anew with each advert",
    file: ANNOUNCEMENTS,
    find: "return this.nextAt !== null && now - this.#startedAt < FIRST_ROUNDS_MICROS;",
    replace: "return false;",
  },
  {
    what: "what others make us announce has no limit",
    file: ANNOUNCEMENTS,
    find: "return at === null ? null : this.#budget.availableAt(at);",
    replace: "return at;",
  },
  {
    what: "announcements of our own accord count against the limit",
    file: ANNOUNCEMENTS,
    find: "if (this.#own.nextAt === null || this.#own.nextAt > now) this.#budget.spend(now);",
    replace: "this.#budget.spend(now);",
  },
  {
    what: "a rival's claim cuts the announcements of a takeover short",
    file: ANNOUNCEMENTS,
    find: "if (!this.#own.isFresh(now) && !this.#contested.isFresh(now)) this.#contested.start(now);",
    replace:
      "if (!this.#own.isFresh(now) && !this.#contested.isFresh(now)) { this.#own.stop(); this.#contested.start(now); }",
  },
  {
    what: "the whole minute's announcements go at once",
    file: "src/core/addresses/announcement-budget.ts",
    find: "this.#capacity = Math.floor(perMinute / 2);",
    replace: "this.#capacity = perMinute - 1;",
  },
  {
    what: "an address under another id holds no claim",
    file: "src/core/router/master-down.ts",
    find: "if (heldUntil !== null) return this.deadlines.set(this.#deadline, heldUntil);",
    replace: "",
  },
  {
    what: "an advert that is refused under our id holds a claim under another",
    file: "src/core/core.ts",
    find: "if ((listed || !config.unicastStrict) && refusalOf(config, advert) === null)",
    replace: "",
  },
  {
    what: "whoever releases under another id holds the claim for a down interval",
    file: "src/core/router/id-conflict.ts",
    find: "if (priority !== RELEASE_PRIORITY) return masterDownMicros",
    replace: "return masterDownMicros",
  },
  {
    what: "a shorter hold takes the place of a longer one",
    file: "src/core/router/id-conflict.ts",
    find: "if (this.#holder !== null && this.#holder.until > until && !this.#isHolder(source, advert)) return;",
    replace: "",
  },
  {
    what: "a rival that falls silent is not announced against",
    file: "src/core/router/contest.ts",
    find: "this.deadlines.set(this.#silence, now + span);",
    replace: "",
  },
  {
    what: "a master that nobody hears announces against whoever is heard",
    file: "src/core/router/contest.ts",
    find: "if (!this.router.voice.isFailing) this.router.addresses.contest(now);",
    replace: "this.router.addresses.contest(now);",
  },
  {
    what: "announcements against a rival go out with the answer",
    file: "src/core/addresses/table.ts",
    find: "entry.announcements.contest(now + 1);",
    replace: "entry.announcements.contest(now);",
  },
  {
    what: "a rival that releases is not announced against",
    file: "src/core/router/contest.ts",
    find: "this.deadlines.clear(this.#silence);\n    this.#contest(now);",
    replace: "this.deadlines.clear(this.#silence);",
  },
  {
    what: "a former master watches its rival on",
    file: "src/core/router/router.ts",
    find: "this.contest.stop();",
    replace: "",
  },
  {
    what: "a former master refreshes its announcements on",
    file: "src/core/router/router.ts",
    find: "this.#announceRefresh.stop();",
    replace: "",
  },
  {
    what: "announcements are refreshed once",
    file: "src/core/addresses/announce-refresh.ts",
    find: "router.addresses.refresh();\n      this.onMaster(now);",
    replace: "router.addresses.refresh();",
  },
  {
    what: "a master that yields does not ask the other to announce",
    file: "src/core/router/router.ts",
    find: 'if (to === "BACKUP") this.conflicts.ask();',
    replace: "",
  },
];
