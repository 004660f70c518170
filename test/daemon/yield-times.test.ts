/** What the times of a yield that outlived the daemon mean to the next one. */
import t from "tap";
import type { PersistentYield } from "../../src/daemon/yield-file.js";
import { timesOf } from "../../src/daemon/yield-requests.js";

const [HOUR, NOW] = [3_600_000, 5_000_000_000];
const MADE = Date.UTC(2026, 0, 1);
const TWO_HOURS: PersistentYield = {
  ...{ instance: null, except: [], force: false },
  ...{ since: MADE, until: MADE + 2 * HOUR },
};

t.test("a clock that is right: what is left of it", async (t) => {
  t.strictSame(timesOf(TWO_HOURS, MADE + HOUR, NOW), { since: NOW - HOUR * 1000, until: NOW + HOUR * 1000 });
});

t.test("a clock that is not set yet: it has begun, and lasts as long as it was made for", async (t) => {
  t.strictSame(timesOf(TWO_HOURS, 30_000, NOW), { since: NOW, until: NOW + 2 * HOUR * 1000 });
  t.strictSame(timesOf({ ...TWO_HOURS, until: null }, 30_000, NOW), { since: NOW, until: null });
});

t.test("the earliest date there is becomes one that can be written", async (t) => {
  const { since } = timesOf({ ...TWO_HOURS, since: -8.64e15, until: null }, MADE, NOW);
  t.equal(MADE + (since - NOW) / 1000, 0);
});
