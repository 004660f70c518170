/** The priority that counts, and what a change of it re-arms. */
import t from "tap";
import { Core } from "../../src/core/core.js";
import type { Effect } from "../../src/core/effect.js";
import { effectivePriority } from "../../src/core/election.js";
import { coreConfig } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { ip, LINK, OUR_SOURCE, ROUTER } from "./values.js";

const DELAY = { preempt: { mode: "delay", delaySeconds: 20 } } as const;

t.test("the configured priority and what is tracked, within 1..254; an owner stays one", async (t) => {
  t.equal(effectivePriority(100, 0), 100);
  t.equal(effectivePriority(100, -10), 90);
  t.equal(effectivePriority(100, -120), 1);
  t.equal(effectivePriority(200, 80), 254);
  t.equal(effectivePriority(255, -100), 255);
  t.equal(effectivePriority(254, 1), 254);
});

t.test("the skew of a waiting backup follows its priority", async (t) => {
  const scenario = Scenario.started();
  scenario.advance(1);
  scenario.advert({ priority: 250 });
  t.equal(scenario.core.deadline()?.at, 1_000_000 + 3_609_375);
  scenario.advance(2);
  scenario.configure({ priority: 200 });
  t.equal(scenario.core.deadline()?.at, 1_000_000 + 3_218_750, "counted from the advert");
  scenario.configure({ priority: 1 });
  t.equal(scenario.core.deadline()?.at, 1_000_000 + 3_996_093);
  t.same(scenario.take("MASTER", "FAULT"), []);
});

t.test("where nobody was heard, and after a release, too", async (t) => {
  const scenario = Scenario.started();
  scenario.configure({ priority: 200 });
  t.equal(scenario.core.deadline()?.at, 3_218_750);
  scenario.advance(1);
  scenario.advert({ priority: 0 });
  t.equal(scenario.core.deadline()?.at, 1_218_750);
  scenario.configure({ priority: 100 });
  t.equal(scenario.core.deadline()?.at, 1_609_375);
});

t.test("a skew that is over already ends now, not in the past", async (t) => {
  const scenario = Scenario.started({ priority: 1 });
  scenario.advance(3.9);
  scenario.configure({ priority: 254 });
  t.equal(scenario.core.deadline()?.at, 3_900_000);
  scenario.deadline();
  t.equal(scenario.state, "MASTER");
});

t.test("a master that is not lower any more is followed again, and the delay ends", async (t) => {
  const scenario = Scenario.started({ ...DELAY, priority: 100 });
  scenario.adverts({ priority: 50 }, 5);
  scenario.take();
  scenario.configure({ ...DELAY, priority: 40 });
  t.match(scenario.take("info preempt"), [
    /cancelled: .* 192.0.2.1 advertises with priority 50, which is not lower than ours, now 40$/,
  ]);
  t.equal(scenario.status().preemptDelayEndsAt, null);
  t.equal(scenario.core.deadline()?.at, 5_000_000 + 3_843_750);
});

t.test("nor is it taken over from when its adverts were discarded already", async (t) => {
  const scenario = Scenario.started({ priority: 100 });
  scenario.adverts({ priority: 50 }, 3);
  t.equal(scenario.core.deadline()?.at, 3_609_375, "discarded");
  scenario.configure({ priority: 40 });
  scenario.adverts({ priority: 50 }, 10);
  t.equal(scenario.state, "BACKUP");
  t.same(scenario.take("MASTER"), []);
});

t.test("the next advert of a master says the new priority, its last one 0", async (t) => {
  const config = (priority: number) => coreConfig([{ priority }]);
  const core = new Core(0, config(100));
  const said: [string, number][] = [];
  const note = (effects: readonly Effect[]) => {
    for (const effect of effects) if (effect.type === "sendAdvert") said.push([effect.what, effect.priority]);
  };
  core.handle(0, { type: "link", interface: "eth0", link: LINK });
  core.handle(0, { type: "source", interface: "eth0", family: "ipv4", source: ip(OUR_SOURCE), detail: null });
  core.handle(0, { type: "lock", router: ROUTER, holder: null });
  note(core.handle(3_609_375, { type: "deadline" }));
  note(core.handle(4_000_000, { type: "configure", config: config(180) }));
  note(core.handle(4_609_375, { type: "deadline" }));
  note(core.handle(5_000_000, { type: "shutdown" }));
  t.same(said, [
    ["advert", 100],
    ["advert", 180],
    ["release", 0],
    ["release", 0],
  ]);
});

t.test("what is worth hearing changes with the priority", async (t) => {
  const scenario = Scenario.started();
  scenario.advert({ priority: 250 });
  const before = scenario.core.leaderChanges;
  scenario.configure({ priority: 50 });
  t.not(scenario.core.leaderChanges, before);
  t.equal(scenario.core.followed("eth0", "ipv4").leastPriority, 50);
});
