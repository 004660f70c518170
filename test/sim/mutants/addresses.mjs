/** Mutants of the virtual addresses: wanted against actual. */
const TABLE = "src/core/addresses/table.ts";
const ADDRESS = "src/core/addresses/address.ts";
const LEFTOVER = "src/core/addresses/leftover.ts";
const CORE = "src/core/core.ts";

export const addressMutants = [
  {
    what: "a former master keeps its addresses",
    file: TABLE,
    find: "this.#remove(held, NOT_MASTER);",
    replace: "",
  },
  {
    what: "a former master goes on announcing",
    file: TABLE,
    find: "    for (const entry of this.entries) entry.rest();\n",
    replace: "    for (const entry of this.entries) entry.settle();\n",
  },
  {
    what: "a refused address is not tried again",
    file: TABLE,
    find: 'entry.setback(now, false);\n    this.#complaints.about(now, entry, "address-refused"',
    replace: 'this.#complaints.about(now, entry, "address-refused"',
  },
  {
    what: "a refused address counts as there",
    file: TABLE,
    find: 'if (outcome.result === "refused") this.#onAddRefused(now, entry, outcome.code);\n      else if',
    replace: "if",
  },
  {
    what: "a vanished address is not put back",
    file: TABLE,
    find: "entry.setback(now, true);",
    replace: "",
  },
  {
    what: "an address in place of the node's own is put there at once",
    file: TABLE,
    find: "if (this.#wanted && wasOwn) entry.retryAt = now + OWN_ABSENCE_MICROS;\n    else if",
    replace: "if",
  },
  {
    what: "addresses are announced before the kernel has them",
    file: TABLE,
    find: 'const own = this.entries.filter((entry) => entry.presence === "own");',
    replace: "const own = this.entries;",
  },
  {
    what: "an address whose removal was refused is taken over without a word",
    file: TABLE,
    find: 'for (const entry of this.entries) entry.doubted = entry.presence === "ours";',
    replace: "",
  },
  {
    what: "confirmed addresses are not announced",
    file: TABLE,
    find: "entry.doubted = false;\n    entry.announcements.start(now);",
    replace: "entry.doubted = false;",
  },
  {
    what: "the node's own address is added and removed",
    file: TABLE,
    find: "const takeable = sameAddress(entry, actual) && isLeftover(actual, leaseSeconds, () => isAlone(actual));",
    replace: "const takeable = true;",
  },
  {
    what: "leftovers stay",
    file: TABLE,
    find: "this.#remove(left, LEFT_BEHIND);",
    replace: "",
  },
  {
    what: "only marked addresses are leftovers",
    file: LEFTOVER,
    find: "return looksLeftBehind(address, leaseSeconds) && (address.nodad || !alone());",
    replace: "return false;",
  },
  {
    what: "the address that a node lives on counts as a leftover",
    file: LEFTOVER,
    find: " && (address.nodad || !alone());",
    replace: ";",
  },
  {
    what: "an address from DHCP counts as a leftover",
    file: LEFTOVER,
    find: "return validSeconds <= (leaseSeconds ?? USUAL_LEASE_SECONDS);",
    replace: "return true;",
  },
  {
    what: "a guarded backup leaves foreign additions",
    file: TABLE,
    find: "isRemovable(presence, removing !== null || guardRemove)",
    replace: "isRemovable(presence, removing !== null)",
  },
  {
    what: "a backup removes what others add, unasked",
    file: TABLE,
    find: "isRemovable(presence, removing !== null || guardRemove)",
    replace: "isRemovable(presence, true)",
  },
  {
    what: "only the first address is renewed",
    file: TABLE,
    find: '    this.#lastRenewedAt = now;\n    this.#add(this.entries.filter((entry) => entry.presence !== "own"));',
    replace: "    this.#lastRenewedAt = now;\n    this.#add(this.entries.slice(0, 1));",
  },
  {
    what: "a backup renews its addresses",
    file: CORE,
    find: 'state === "MASTER" && config.leaseSeconds !== null',
    replace: "config.leaseSeconds !== null",
  },
  {
    what: "retries have no pause",
    file: ADDRESS,
    find: "const delay = retries === 0 ? 0 : ",
    replace: "const delay = retries >= 0 ? 0 : ",
  },
  {
    what: "pauses between retries grow without end",
    file: ADDRESS,
    find: "Math.min(LONGEST_RETRY_MICROS, FIRST_RETRY_MICROS * 2 ** (retries - 1))",
    replace: "FIRST_RETRY_MICROS * 3 ** retries",
  },
  {
    what: "one refused address of several ends a mastership",
    file: TABLE,
    find: "return this.entries.every(({ isPresent, refusal }) => !isPresent && refusal !== null);",
    replace: "return this.entries.some(({ isPresent, refusal }) => !isPresent && refusal !== null);",
  },
  {
    what: "what was being added when a stall is noticed is removed",
    file: TABLE,
    find: "if (!this.#wanted && !this.#paused) {\n      const late",
    replace: "if (!this.#wanted) {\n      const late",
  },
  {
    what: "a stalled master removes what others add while it listens",
    file: TABLE,
    find: "else if (!this.#paused) this.#reconcileBackup",
    replace: "else this.#reconcileBackup",
  },
];
