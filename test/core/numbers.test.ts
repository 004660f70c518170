/** Checks that tell a number: what is added to a priority, and when it is a fault. */
import t from "tap";
import type { Track } from "../../src/core/config.js";
import { checkConfig, coreConfig, faultTracks, type RouterOverrides } from "./configurations.js";
import { Scenario } from "./scenario.js";

function times(factor: number, reversed = false): Track {
  return { on: { check: "probe" }, effect: { factor }, reversed };
}

function tracking(tracks: readonly Track[], router: RouterOverrides = {}): Scenario {
  return Scenario.started(coreConfig([{ ...router, tracks }], { checks: [checkConfig({ name: "probe" })] }));
}

/** "STATE priority" of a virtual router with priority 100 after each number. */
function after(track: Track, numbers: readonly number[], router: RouterOverrides = {}): string[] {
  const scenario = tracking([track], router);
  return numbers.map((number) => {
    scenario.tell(number);
    return `${scenario.state} ${scenario.status().priority}`;
  });
}

t.test("the number times the factor is added, at most 253", async (t) => {
  t.same(after(times(1), [0, 5, -7]), ["BACKUP 100", "BACKUP 105", "BACKUP 93"]);
  t.same(after(times(-3), [2, -2]), ["BACKUP 94", "BACKUP 106"]);
  t.same(after(times(4, true), [2, -2]), ["BACKUP 92", "BACKUP 108"]);
  const scenario = tracking([
    { ...times(100), on: { check: "probe" } },
    { on: { check: "probe" }, effect: { factor: -1 }, reversed: false },
  ]);
  scenario.tell(120);
  t.match(scenario.status().tracks, [
    { adds: 253, value: 120, weight: 100 },
    { adds: -120, value: 120, weight: -1 },
  ]);
  t.equal(scenario.status().priority, 233);
});

t.test("-254 and below are FAULT, and add nothing", async (t) => {
  t.same(after(times(1), [-253, -254, -253]), ["BACKUP 1", "FAULT 100", "BACKUP 1"]);
  t.same(after(times(-127), [1, 2, 1_000_000]), ["BACKUP 1", "FAULT 100", "FAULT 100"]);
  t.same(after(times(127, true), [2, 0]), ["FAULT 100", "BACKUP 100"]);
  const scenario = tracking([times(-127)]);
  scenario.tell(2);
  t.match(scenario.status(), { code: "check-failed", reason: /tells 2, which counts as -254.*: says 2$/ });
});

t.test("without a factor any number but 0 is a fault; reversed, 0 is", async (t) => {
  const [fault] = faultTracks("probe");
  t.same(after(fault!, [0, 3, -1, 0]), ["BACKUP 100", "FAULT 100", "FAULT 100", "BACKUP 100"]);
  t.same(after({ ...fault!, reversed: true }, [0, 3]), ["FAULT 100", "BACKUP 100"]);
});

t.test("until the number is known nobody takes part: it may be a fault", async (t) => {
  const scenario = tracking([times(1)]);
  t.match(scenario.status(), { state: "INIT", code: "check-pending" });
  scenario.tell(-300);
  t.same(
    scenario.status().transitions.map(({ from, to }) => `${from} ${to}`),
    ["INIT FAULT"],
  );
});

t.test("an owner has no weights, and no number is its fault", async (t) => {
  t.same(after(times(-127), [1, 2], { priority: 255 }), ["MASTER 255", "MASTER 255"]);
});

t.test("a master has the new priority at once, and a number is logged once", async (t) => {
  const scenario = tracking([times(10)]);
  scenario.tell(1);
  for (let wait = 0; scenario.state !== "MASTER" && wait < 10; wait += 1) scenario.nextDeadline();
  scenario.take();
  scenario.tell(2);
  scenario.tell(2);
  t.equal(scenario.take("info check").length, 1);
  t.equal(scenario.status().master?.priority, 120);
});
