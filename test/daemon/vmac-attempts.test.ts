/** How often an interface that cannot be made is tried again, whatever else happens on the host. */
import t from "tap";
import { secondsToMicros } from "../../src/base/time.js";
import { Attempts } from "../../src/daemon/vmacs/attempts.js";

const AROUND = { lower: 2, there: null };

/** In seconds: when it was tried, if it is looked at ten times a second. */
function attempts(of: Attempts, seconds: number): number[] {
  const tried: number[] = [];
  for (let tenth = 0; tenth < seconds * 10; tenth += 1) {
    const now = secondsToMicros(tenth / 10);
    if (!of.isDue(now, AROUND)) continue;
    of.failed(now, AROUND, false);
    tried.push(tenth / 10);
  }
  return tried;
}

t.test("ever later, up to a minute", async (t) => {
  t.strictSame(attempts(new Attempts(), 250), [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
});

t.test("at once where the interface below is another one, or what was in the way has gone", async (t) => {
  const of = new Attempts();
  of.failed(0, { lower: null, there: null }, false);
  t.notOk(of.isDue(1, { lower: null, there: null }));
  t.ok(of.isDue(1, AROUND));
  of.failed(1, { lower: 2, there: 7 }, true);
  t.notOk(of.isDue(2, { lower: 2, there: 7 }));
  t.ok(of.isDue(2, { lower: 2, there: null }));
  of.failed(2, { lower: 2, there: 8 }, false);
  t.notOk(of.isDue(3, { lower: 2, there: 9 }), "one of its own that comes and goes is no reason");
});

t.test("one that succeeds and soon fails again waits as long as before", async (t) => {
  const of = new Attempts();
  attempts(of, 20);
  of.succeeded(secondsToMicros(31));
  t.equal(of.retryAt, null);
  of.failed(secondsToMicros(32), AROUND, false);
  t.equal(of.retryAt, secondsToMicros(32 + 32));
});

t.test("one that was not tried is due when the other one is", async (t) => {
  const of = new Attempts();
  of.waitUntil(5, AROUND);
  t.notOk(of.isDue(4, AROUND));
  t.ok(of.isDue(5, AROUND));
});
