import t from "tap";
import { Scenario } from "./scenario.js";

const DELAY = { preempt: { mode: "delay", delaySeconds: 20 } } as const;
const LOWER = { priority: 50 };

t.test("immediate: the down timer alone decides", async (t) => {
  const scenario = Scenario.started();
  scenario.adverts(LOWER, 4);
  t.equal(scenario.state, "MASTER");
});

t.test("never: a lower master stays", async (t) => {
  const scenario = Scenario.started({ preempt: { mode: "never", delaySeconds: 0 } });
  scenario.adverts(LOWER, 2000);
  t.equal(scenario.state, "BACKUP");
});

t.test("delay: it starts at the first lower advert; after it the down timer decides", async (t) => {
  const scenario = Scenario.started(DELAY);
  scenario.adverts(LOWER, 1);
  t.equal(scenario.status().preemptDelayEndsAt, 21_000_000);
  scenario.take();
  scenario.adverts(LOWER, 60);
  t.same(
    scenario.take("MASTER"),
    ["23.609 MASTER: 192.0.2.1 has the lower priority 50"],
    "the advert at 21 s is discarded",
  );
});

t.test("delay: the restarted node with the higher priority waits all of it", async (t) => {
  const scenario = Scenario.started({ preempt: { mode: "delay", delaySeconds: 300 }, priority: 200 });
  scenario.adverts(LOWER, 300);
  t.equal(scenario.state, "BACKUP");
  scenario.adverts(LOWER, 5);
  t.equal(scenario.state, "MASTER");
});

for (const [what, priority] of [
  ["an equal", 100],
  ["a higher", 101],
] as const) {
  t.test(`delay: ${what} advert cancels it; it begins again with the next lower one`, async (t) => {
    const scenario = Scenario.started(DELAY);
    scenario.adverts(LOWER, 10);
    scenario.advert({ priority, from: "192.0.2.3" });
    t.equal(scenario.status().preemptDelayEndsAt, null);
    scenario.adverts(LOWER, 1);
    t.equal(scenario.status().preemptDelayEndsAt, 31_000_000);
  });
}

t.test("delay: a higher version 2 speaker that is yielded to cancels it, a lower one does not", async (t) => {
  const scenario = Scenario.started({ ...DELAY, yieldsToVersion2: true });
  const old = { version: 2, checksumForm: null, from: "192.0.2.3" } as const;
  scenario.advert(LOWER);
  scenario.advert({ ...old, priority: 50 });
  t.equal(scenario.status().preemptDelayEndsAt, 20_000_000);
  scenario.advert({ ...old, priority: 255 });
  t.equal(scenario.status().preemptDelayEndsAt, null);
});

t.test("delay: an equal advert takes back a delay that has run out", async (t) => {
  const scenario = Scenario.started(DELAY);
  scenario.adverts(LOWER, 22);
  scenario.advert({ priority: 100, from: "192.0.2.3" });
  scenario.adverts(LOWER, 10);
  t.equal(scenario.state, "BACKUP");
});

t.test("delay: silence bypasses it", async (t) => {
  const scenario = Scenario.started(DELAY);
  scenario.adverts(LOWER, 5);
  scenario.take();
  scenario.advance(5);
  t.same(scenario.take("MASTER"), ["8.609 MASTER: no advert from 192.0.2.1 for 3.609 s"]);
  t.equal(scenario.status().preemptDelayEndsAt, null);
});

t.test("delay: priority 0 bypasses it", async (t) => {
  const scenario = Scenario.started(DELAY);
  scenario.adverts(LOWER, 5);
  scenario.advert({ priority: 0 });
  scenario.take();
  scenario.advance(1);
  t.same(scenario.take("MASTER"), ["5.609 MASTER: 192.0.2.1 released the mastership (priority 0)"]);
});

t.test("delay: leaving MASTER begins it anew", async (t) => {
  const scenario = Scenario.master(DELAY);
  scenario.advert({ priority: 200 });
  scenario.adverts(LOWER, 10);
  t.equal(scenario.state, "BACKUP");
  t.equal(scenario.status().preemptDelayEndsAt, scenario.now - 9_000_000 + 20_000_000);
});

t.test("delay: FAULT resets it", async (t) => {
  const scenario = Scenario.started(DELAY);
  scenario.adverts(LOWER, 15);
  scenario.link({ carrier: false });
  t.equal(scenario.status().preemptDelayEndsAt, null);
  scenario.link({});
  scenario.adverts(LOWER, 15);
  t.equal(scenario.state, "BACKUP");
});

t.test("a delay of 0 is no delay: the very first lower advert is discarded", async (t) => {
  const scenario = Scenario.started({ preempt: { mode: "delay", delaySeconds: 0 } });
  scenario.advance(1);
  scenario.advert(LOWER);
  t.equal(scenario.core.deadline()?.at, 3_609_375);
  scenario.adverts(LOWER, 3);
  t.equal(scenario.state, "MASTER");
});

t.test("a priority that is raised while the delay runs does not shorten it", async (t) => {
  const scenario = Scenario.started(DELAY);
  scenario.adverts(LOWER, 5);
  scenario.configure({ ...DELAY, priority: 200 });
  scenario.adverts(LOWER, 15);
  t.equal(scenario.state, "BACKUP");
});

t.test("a priority that falls below the master's ends the delay", async (t) => {
  const scenario = Scenario.started(DELAY);
  scenario.adverts(LOWER, 5);
  scenario.configure({ ...DELAY, priority: 40 });
  scenario.adverts(LOWER, 60);
  t.equal(scenario.state, "BACKUP");
});

t.test("each delay that starts, ends, is cancelled or bypassed is said, with whom it is about", async (t) => {
  const scenario = Scenario.started(DELAY);
  scenario.adverts(LOWER, 1);
  t.same(scenario.take("info preempt"), [
    "1.000 info preempt-delay-started: (web) preempt_delay 20: 192.0.2.1 (priority 50) stays master for 20 s, unless it falls silent: ours, 100, is higher",
  ]);
  scenario.advert({ priority: 100 });
  t.same(scenario.take("info preempt"), [
    "1.000 info preempt-delay-cancelled: (web) preempt_delay 20: it is cancelled: 192.0.2.1 advertises with priority 100, which is not lower than ours, 100",
  ]);
  scenario.adverts(LOWER, 22);
  t.match(scenario.take("info preempt"), [
    /started/,
    /ended: .* it is over: lower adverts of 192.0.2.1 no longer count$/,
  ]);
  t.match(scenario.status().preemptDelayNews, { at: 22_000_000, event: "ended" });
  scenario.advert({ priority: 200 });
  t.match(
    scenario.take("info preempt"),
    [/cancelled/],
    "an equal or higher one takes back a delay that has run out",
  );
  scenario.adverts(LOWER, 2);
  scenario.take();
  scenario.advance(5);
  t.match(scenario.take("info preempt"), [
    /bypassed: .* it is bypassed: no advert from 192.0.2.1 for 3.609 s$/,
  ]);
  scenario.advert({ priority: 200 });
  scenario.adverts(LOWER, 2);
  scenario.take();
  scenario.link({ carrier: false });
  t.match(scenario.take("info preempt"), [/cancelled: .* it is cancelled: interface eth0 has no carrier$/]);
  t.match(scenario.status().preemptDelayNews, { event: "cancelled" });
});

t.test("adverts that start and cancel delays without end do not fill the log", async (t) => {
  const scenario = Scenario.started(DELAY);
  for (let round = 0; round < 1000; round += 1) {
    scenario.advert(LOWER);
    scenario.advert({ priority: 200, from: "192.0.2.3" });
  }
  t.ok(scenario.take("info preempt").length <= 20, "ten of each kind a minute");
});
