/** What a virtual router tracks: faults, weights, and what a change of them does. */
import t from "tap";
import type { Track } from "../../src/core/config.js";
import type { CheckOutcome } from "../../src/core/input.js";
import { checkConfig, coreConfig, faultTracks, type RouterOverrides, weightTrack } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { LINK } from "./values.js";

function on(check: string, effect: Track["effect"], reversed = false): Track {
  return { on: { check }, effect, reversed };
}

function tracking(tracks: readonly Track[], router: RouterOverrides = {}, checks = ["probe"]): Scenario {
  return Scenario.started(
    coreConfig([{ ...router, tracks }], { checks: checks.map((name) => checkConfig({ name })) }),
  );
}

function linkOf(scenario: Scenario, name: string, change: Partial<typeof LINK> | null): void {
  scenario.send({ type: "link", interface: name, link: change && { ...LINK, index: 7, ...change } });
}

/** Priority 100 after each of the outcomes, each a result of its own. */
function priorities(track: Track, outcomes: readonly CheckOutcome[], priority = 100): (number | null)[] {
  const scenario = tracking([track], { priority });
  const found = [scenario.status().priority];
  for (const outcome of outcomes) {
    scenario.check(outcome);
    found.push(scenario.status().priority);
  }
  return found;
}

t.test("a weight above 0 is added while the check passes, one below 0 while it fails", async (t) => {
  const outcomes: CheckOutcome[] = ["pass", "fail", "pass", "disabled"];
  t.same(priorities(weightTrack("probe", 20), outcomes), [100, 120, 100, 120, 100]);
  t.same(priorities(weightTrack("probe", -20), outcomes), [100, 100, 80, 100, 100]);
  t.same(priorities(weightTrack("probe", -20), ["timeout"]), [100, 80]);
});

t.test("reverse turns the sign, not the time", async (t) => {
  t.same(priorities(on("probe", { weight: 20 }, true), ["pass", "fail"]), [100, 80, 100]);
  t.same(priorities(on("probe", { weight: -20 }, true), ["pass", "fail"]), [100, 100, 120]);
});

t.test(
  "the sum stays within 1..254, weights beyond it count as they are, and an owner has none",
  async (t) => {
    t.same(priorities(weightTrack("probe", 300), ["pass"]), [100, 254]);
    t.same(priorities(weightTrack("probe", -300), ["fail"]), [100, 1]);
    t.same(priorities(weightTrack("probe", -300), ["fail"], 255), [255, 255]);
    const both = tracking([weightTrack("probe", 300), weightTrack("script", -250)], {}, ["probe", "script"]);
    both.check("pass");
    both.check("fail", "", "script");
    t.equal(both.status().priority, 150);
  },
);

t.test("a weighted check holds nothing up, whatever it says, and one of weight 0 does", async (t) => {
  const scenario = tracking([weightTrack("probe", -20), ...faultTracks("script")], {}, ["probe", "script"]);
  t.match(scenario.status(), { state: "INIT", code: "check-pending", reason: /check script/ });
  scenario.check("disabled", "it cannot run", "script");
  t.equal(scenario.state, "BACKUP");
  scenario.check("fail");
  t.match(scenario.status(), { state: "BACKUP", priority: 80, basePriority: 100 });
  t.match(scenario.status().tracks, [
    { check: "probe", interface: null, finding: "failure", weight: -20, reversed: false, adds: -20 },
    { check: "script", interface: null, finding: "none", weight: null, reversed: false, adds: 0 },
  ]);
});

t.test("an owner's check of weight 0 is a fault all the same", async (t) => {
  const scenario = tracking(faultTracks("probe"), { priority: 255 });
  scenario.check("pass");
  t.equal(scenario.state, "MASTER");
  scenario.check("fail");
  t.equal(scenario.state, "FAULT");
});

t.test("reversed, success is the fault", async (t) => {
  const scenario = tracking([on("probe", "fault", true)]);
  t.equal(scenario.state, "INIT");
  scenario.check("fail");
  t.equal(scenario.state, "BACKUP");
  scenario.check("pass", "exited with code 0");
  t.match(scenario.status(), {
    state: "FAULT",
    code: "check-failed",
    reason: "check probe succeeded, which counts as its failure: exited with code 0",
  });
});

t.test("a change is said once, re-arms a waiting backup, and is in the next advert", async (t) => {
  const scenario = tracking([weightTrack("probe", 50)]);
  scenario.take();
  scenario.advance(1);
  scenario.advert({ priority: 250 });
  scenario.check("pass");
  t.same(scenario.take("info priority"), [
    "1.000 info priority: (web) Changing effective priority from 100 to 150: 100, +50 as check probe is passing",
  ]);
  t.equal(scenario.core.deadline()?.at, 1_000_000 + 3_000_000 + 414_062);
  scenario.check("pass");
  t.same(scenario.take("info priority"), []);
  scenario.until(5);
  t.equal(scenario.state, "MASTER");
  scenario.check("fail");
  t.match(scenario.take("info priority"), [/from 150 to 100: 100, nothing is added$/]);
  const said: number[] = [];
  while (said.length === 0) {
    const effects = scenario.core.handle(scenario.core.deadline()!.at, { type: "deadline" });
    for (const effect of effects) if (effect.type === "sendAdvert") said.push(effect.priority);
  }
  t.same(said, [100]);
});

t.test("a weight that falls below a lower master's priority lets it stay", async (t) => {
  const scenario = tracking([weightTrack("probe", -60)]);
  scenario.check("pass");
  scenario.adverts({ priority: 50 }, 3);
  scenario.check("fail");
  scenario.adverts({ priority: 50 }, 10);
  t.match(scenario.status(), { state: "BACKUP", priority: 40 });
});

t.test("a tracked interface: down, without carrier or missing is FAULT, up is well", async (t) => {
  const track: Track = { on: { interface: "eth1" }, effect: "fault", reversed: false };
  const scenario = tracking([track]);
  t.match(scenario.status(), { state: "INIT", code: "starting" }, "the kernel has not said anything");
  linkOf(scenario, "eth1", {});
  t.equal(scenario.state, "BACKUP");
  scenario.until(5);
  t.equal(scenario.state, "MASTER");
  scenario.take();
  linkOf(scenario, "eth1", { carrier: false });
  t.match(scenario.take("release", "FAULT"), [
    /release/,
    /release/,
    /FAULT: interface eth1, which is tracked, has no carrier$/,
  ]);
  linkOf(scenario, "eth1", { up: false });
  t.match(scenario.status().reason, /is down$/);
  linkOf(scenario, "eth1", null);
  t.match(scenario.status(), { state: "FAULT", code: "tracked-interface", reason: /does not exist$/ });
  linkOf(scenario, "eth1", { index: 9 });
  t.equal(scenario.state, "BACKUP");
});

t.test("a tracked interface that is not there at start is a fault", async (t) => {
  const scenario = tracking([{ on: { interface: "eth1" }, effect: "fault", reversed: false }]);
  linkOf(scenario, "eth1", null);
  t.match(scenario.status(), { state: "FAULT", code: "tracked-interface" });
});

t.test("a weighted interface counts for the priority alone, also the own one", async (t) => {
  const scenario = tracking([
    { on: { interface: "eth1" }, effect: { weight: -30 }, reversed: false },
    { on: { interface: "eth0" }, effect: { weight: 5 }, reversed: false },
  ]);
  t.match(scenario.status(), { state: "BACKUP", priority: 105 }, "nothing is known of eth1");
  linkOf(scenario, "eth1", null);
  t.match(scenario.status(), { state: "BACKUP", priority: 75 });
  linkOf(scenario, "eth1", {});
  t.match(scenario.status(), { state: "BACKUP", priority: 105 });
  linkOf(scenario, "eth1", { up: false });
  t.match(scenario.status(), { state: "BACKUP", priority: 75 });
});

t.test("an own interface that need not be up: its link down is no fault, its absence is", async (t) => {
  const scenario = Scenario.master({ tracksInterface: false });
  for (const change of [{ carrier: false }, { up: false }]) {
    scenario.link(change);
    t.equal(scenario.state, "MASTER");
  }
  scenario.mute = "ENETDOWN";
  scenario.until(30);
  t.equal(scenario.state, "MASTER", "nor is it that the kernel sends nothing over it");
  scenario.link(null);
  t.equal(scenario.state, "FAULT");
});

t.test(
  "that the kernel sends nothing over a link that is down lets a rival of before not serve",
  async (t) => {
    const scenario = Scenario.started({ tracksInterface: false });
    scenario.advert({ priority: 50 });
    scenario.until(5);
    t.equal(scenario.state, "MASTER");
    scenario.link({ up: false });
    scenario.mute = "ENETDOWN";
    scenario.until(30);
    t.same(scenario.take("FAULT"), []);
  },
);

t.test("a check that is weighted for one virtual router and a fault for another", async (t) => {
  const routers = [{ tracks: [weightTrack("probe", -10)] }, { tracks: faultTracks("probe") }];
  const scenario = Scenario.started(coreConfig(routers, { checks: [checkConfig()] }));
  scenario.check("fail");
  t.match(scenario.status(0), { state: "BACKUP", priority: 90 });
  t.match(scenario.status(1), { state: "FAULT", priority: 100 });
});
