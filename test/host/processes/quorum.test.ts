/** Quorum as Keepalived counts it: what crosses a bound, and what has to wait. */
import { mock } from "node:test";
import t, { type Test } from "tap";
import { type CountChange, Quorum, type QuorumSettings } from "../../../src/host/processes/quorum.js";

const USUAL: QuorumSettings = { least: 1, most: null, forkDelayMicros: 0, terminateDelayMicros: 0 };

/** What is told: at the start, of each change, and of time. */
class Told {
  readonly heard: boolean[] = [];
  readonly quorum: Quorum;

  constructor(
    private readonly t: Test,
    settings: Partial<QuorumSettings>,
    count: number,
  ) {
    this.quorum = new Quorum({ ...USUAL, ...settings }, (held) => this.heard.push(held));
    this.quorum.counted(count);
  }

  change(count: number, change: CountChange, ...heard: boolean[]): void {
    this.quorum.changed(count, change);
    this.is(...heard);
  }

  wait(millis: number, ...heard: boolean[]): void {
    mock.timers.tick(millis);
    this.is(...heard);
  }

  is(...heard: boolean[]): void {
    this.t.same(this.heard.splice(0), heard);
  }
}

t.test("from one bound to the other", async (t) => {
  const told = new Told(t, { least: 2, most: 3 }, 0);
  told.is(false);
  told.change(1, "exec");
  told.change(2, "exec", true);
  told.change(3, "fork");
  told.change(4, "fork", false);
  told.change(3, "exit", true);
  told.change(1, "exit", false);
  told.quorum.counted(2);
  told.is(true);
});

t.test("none may run", async (t) => {
  const told = new Told(t, { least: 0, most: 0 }, 0);
  told.is(true);
  told.change(1, "exec", false);
  told.change(0, "exit", true);
});

t.test("who ends, and who is forked, has a delay; what is run otherwise has none", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const told = new Told(t, { forkDelayMicros: 500_000, terminateDelayMicros: 2_000_000 }, 1);
  told.is(true);
  told.change(0, "exit");
  told.wait(1_999);
  told.wait(1, false);
  told.change(1, "fork");
  told.wait(499);
  told.wait(1, true);
  told.change(0, "exec", false);
  told.change(1, "exec", true);
  // Back in time.
  told.change(0, "exit");
  told.wait(1_000);
  told.change(1, "exec");
  told.wait(5_000);
  told.change(0, "exit");
  told.wait(1_000);
  told.change(1, "fork");
  told.wait(5_000);
  // Gone in time.
  told.change(0, "exec", false);
  told.change(1, "fork");
  told.change(0, "exit");
  told.wait(5_000);
});

t.test("a recount after lost events has the delay of an end, and ends what waits", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const told = new Told(t, { terminateDelayMicros: 1_000_000 }, 2);
  told.is(true);
  told.quorum.counted(0);
  told.wait(999);
  told.quorum.counted(1);
  told.wait(5_000);
  told.quorum.counted(0);
  told.wait(1_000, false);
  told.change(1, "exec", true);
  told.change(0, "exit");
  told.quorum.stop();
  told.wait(5_000);
});
