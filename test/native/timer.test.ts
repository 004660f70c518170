import t from "tap";
import { nowMicros, Timer } from "../../src/host/native.js";
import { openDescriptors } from "./namespace.js";

const MILLISECOND = 1000;

interface Fired {
  readonly name: string;
  readonly lateMicros: number;
}

/** Three timers, in the order in which they fired. */
async function threeTimers(): Promise<Fired[]> {
  const fired: Fired[] = [];
  const start = nowMicros();
  const timers = await new Promise<Timer[]>((resolve) => {
    const made = [30, 10, 20].map((milliseconds) => {
      const at = start + milliseconds * MILLISECOND;
      const timer = new Timer(() => {
        fired.push({ name: `${milliseconds}`, lateMicros: nowMicros() - at });
        if (fired.length === 3) resolve(made);
      });
      timer.arm(at);
      return timer;
    });
  });
  for (const timer of timers) timer.close();
  return fired;
}

t.test("timers fire in the order of their points, none early", async (t) => {
  // Those that a busy machine wakes at once come in any order.
  const isInTurn = (fired: readonly Fired[]) =>
    fired.every(({ lateMicros }) => lateMicros < 10 * MILLISECOND);
  let fired = await threeTimers();
  for (let tries = 1; tries < 100 && !isInTurn(fired); tries += 1) fired = await threeTimers();
  t.same(
    fired.map(({ name }) => name),
    ["10", "20", "30"],
  );
  t.ok(
    fired.every(({ lateMicros }) => lateMicros >= 0),
    "none was early",
  );
});

t.test("arming again replaces the earlier arming, also one that has expired already", async (t) => {
  let calls = 0;
  const timer = new Timer(() => calls++);
  timer.arm(nowMicros() + MILLISECOND);
  const expired = nowMicros() + 3 * MILLISECOND;
  while (nowMicros() < expired); // the expiration waits in the descriptor, the loop has not seen it
  timer.arm(nowMicros() + 3_600_000 * MILLISECOND);
  await turns(20);
  t.equal(calls, 0, "no stale call");
  timer.arm(nowMicros() - MILLISECOND);
  timer.disarm();
  await turns(20);
  t.equal(calls, 0, "nor after disarming");
  timer.close();
});

t.test("a point that has passed fires once, on a later turn", async (t) => {
  for (const at of [nowMicros() - 1, 0, -5, -Infinity]) {
    let calls = 0;
    await new Promise<void>((resolve) => {
      const timer = new Timer(() => {
        calls++;
        setImmediate(() => {
          timer.close();
          timer.close();
          resolve();
        });
      });
      timer.arm(at);
      t.equal(calls, 0, "not within arm()");
    });
    t.equal(calls, 1, `armed at ${at}`);
  }
});

t.test("a timer armed again by an earlier callback of the same turn waits for its new point", async (t) => {
  const past = nowMicros();
  const late: string[] = [];
  await new Promise<void>((resolve) => {
    const timers = ["a", "b"].map(
      (name, index) =>
        new Timer(() => {
          late.push(name);
          timers[1 - index]!.arm(nowMicros() + 3_600_000 * MILLISECOND);
          setTimeout(resolve, 20);
        }),
    );
    for (const timer of timers) timer.arm(past);
    t.teardown(() => timers.map((timer) => timer.close()));
  });
  t.equal(late.length, 1);
});

t.test("the callback runs in Node's scope: promise jobs follow at once", async (t) => {
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    const timers = ["a", "b"].map(
      () =>
        new Timer(() => {
          order.push("timer");
          Promise.resolve().then(() => order.push("promise"));
          process.nextTick(() => order.push("tick"));
          if (order.length > 3) setImmediate(resolve);
        }),
    );
    for (const timer of timers) timer.arm(1);
    t.teardown(() => timers.map((timer) => timer.close()));
  });
  t.same(order, ["timer", "tick", "promise", "timer", "tick", "promise"]);
});

t.test("misuse is an error that says so", async (t) => {
  const make = (argument: unknown) => new Timer(argument as () => void);
  t.throws(() => make(undefined), { name: "TypeError", message: "onExpire must be a function" });
  const timer = make(() => {});
  t.throws(() => timer.arm(Number.NaN), { message: "atMicros must be a number" });
  timer.close();
  t.throws(() => timer.arm(1), { code: "EBADF", syscall: "timerfd_settime" });
});

t.test("10,000 timers leave no descriptor", async (t) => {
  const before = openDescriptors();
  for (let i = 0; i < 10_000; i++) {
    const timer = new Timer(() => {});
    timer.arm(1);
    timer.close();
  }
  t.equal(openDescriptors(), before);
});

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
