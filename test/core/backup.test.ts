import t from "tap";
import { Scenario } from "./scenario.js";
import { advertOf, ip, ROUTER } from "./values.js";

t.test(
  "[6.4.2-6 +-] [6.4.3-8 -] a backup that shuts down cancels its down timer and rests in INIT",
  async (t) => {
    const scenario = Scenario.started();
    scenario.take();
    scenario.shutdown();
    t.equal(scenario.state, "INIT");
    t.equal(scenario.core.deadline(), null);
    scenario.until(60);
    t.same(scenario.take("advert", "release", "add", "MASTER"), []);
  },
);

t.test("[6.4.2-7 +-] the down timer ends: advert, every address announced, master", async (t) => {
  const scenario = Scenario.started({ virtualAddresses: ["192.0.2.10", "192.0.2.11"] });
  scenario.until(3.609374);
  t.same(scenario.take("advert", "add", "announce"), [], "not a microsecond before");
  scenario.until(3.609375);
  t.equal(scenario.state, "MASTER");
  t.same(scenario.take("advert", "add", "announce"), [
    "3.609 advert",
    "3.609 add 192.0.2.10/32 192.0.2.11/32",
    "3.609 announce 192.0.2.10/32 192.0.2.11/32",
  ]);
  scenario.until(4.609375);
  t.same(scenario.take("advert"), ["4.609 advert"]);
});

t.test("[6.4.2-7 +] silence counts from when an advert arrived, not from when it was read", async (t) => {
  const scenario = Scenario.started();
  const { core } = scenario;
  const heard = (priority: number) =>
    ({
      type: "advert",
      router: ROUTER,
      source: ip("192.0.2.3"),
      listed: true,
      advert: advertOf({ priority }),
    }) as const;
  core.handle(1_000_000, heard(200), 4_000);
  t.equal(core.deadline()!.at, 996_000 + 3_609_375);
  core.handle(2_000_000, heard(200));
  t.equal(core.deadline()!.at, 2_000_000 + 3_609_375);
  core.handle(3_000_000, heard(0), 4_000);
  t.equal(core.deadline()!.at, 2_996_000 + 609_375, "a release too");
});

t.test("[6.4.2-7 -] a master that speaks keeps the backup silent", async (t) => {
  const scenario = Scenario.started();
  scenario.adverts({ priority: 200 }, 60);
  t.equal(scenario.state, "BACKUP");
  t.same(scenario.take("advert", "add", "announce"), []);
});

t.test("[6.4.2-8 +] priority 0 sets the down timer to the skew, and says so", async (t) => {
  const scenario = Scenario.started();
  scenario.until(1);
  scenario.advert({ priority: 200 });
  scenario.until(2);
  scenario.advert({ priority: 0 });
  t.equal(scenario.core.deadline()?.at, 2_609_375);
  scenario.take();
  scenario.until(2.609375);
  t.same(scenario.take("MASTER"), ["2.609 MASTER: 192.0.2.1 released the mastership (priority 0)"]);
  t.equal(scenario.status().counters.priorityZeroReceived, 1);
});

t.test("[6.4.2-8 -] a better backup that was faster is followed", async (t) => {
  const scenario = Scenario.started();
  scenario.until(1);
  scenario.advert({ priority: 0 });
  scenario.advance(0.3);
  scenario.advert({ from: "192.0.2.3", priority: 180 });
  scenario.adverts({ from: "192.0.2.3", priority: 180 }, 10);
  t.equal(scenario.state, "BACKUP");
  scenario.take();
  scenario.advance(4);
  t.match(scenario.take("MASTER"), [/no advert from 192.0.2.3 for 3.609 s/], "the release is forgotten");
});

t.test(
  "[6.4.2-8 -] priority 1 is no release, and a stranger's priority 0 is nobody's we follow",
  async (t) => {
    const scenario = Scenario.started();
    scenario.until(1);
    scenario.advert({ priority: 200 });
    scenario.advert({ priority: 1, from: "192.0.2.3" });
    scenario.advert({ priority: 0, from: "192.0.2.3", addresses: ["203.0.113.1"] });
    t.equal(scenario.core.deadline()?.at, 4_609_375);
  },
);

t.test("[6.4.2-8 +] the skew is that of the learned interval", async (t) => {
  const scenario = Scenario.started();
  scenario.advert({ priority: 200, advertIntervalMicros: 2_000_000 });
  scenario.advert({ priority: 0, advertIntervalMicros: 2_000_000 });
  t.equal(scenario.core.deadline()?.at, 1_218_750);
});

t.test("[6.4.2-9 +] an equal or higher advert: its interval is learned, the timer armed anew", async (t) => {
  for (const priority of [100, 101, 254]) {
    const scenario = Scenario.started();
    scenario.until(1);
    scenario.advert({ priority, advertIntervalMicros: 500_000 });
    t.equal(scenario.core.deadline()?.at, 1_000_000 + 1_500_000 + 304_687, `priority ${priority}`);
  }
});

t.test("[6.4.2-9 +] without preemption a lower advert does the same", async (t) => {
  const scenario = Scenario.started({ preempt: { mode: "never", delaySeconds: 0 } });
  scenario.until(1);
  scenario.advert({ priority: 50, advertIntervalMicros: 500_000 });
  t.equal(scenario.core.deadline()?.at, 1_000_000 + 1_500_000 + 304_687);
});

t.test("[6.4.2-9 -] the timer that was armed before does not fire any more", async (t) => {
  const scenario = Scenario.started();
  scenario.until(3.609374);
  scenario.advert({ priority: 100 });
  scenario.until(7.218748);
  t.equal(scenario.state, "BACKUP");
  t.same(scenario.take("advert", "add", "MASTER"), []);
  scenario.until(7.218749);
  t.equal(scenario.state, "MASTER");
});

t.test(
  "[6.4.2-10 +-] with preemption a lower advert is discarded: neither timer nor interval change",
  async (t) => {
    const scenario = Scenario.started();
    scenario.until(1);
    scenario.advert({ priority: 99, advertIntervalMicros: 500_000 });
    t.equal(scenario.core.deadline()?.at, 3_609_375);
    scenario.take();
    scenario.adverts({ priority: 99 }, 2.7);
    t.same(scenario.take("MASTER"), ["3.609 MASTER: 192.0.2.1 has the lower priority 99"]);
  },
);

t.test("silence of a followed master is named with its length", async (t) => {
  const scenario = Scenario.started();
  scenario.until(1);
  scenario.advert({ priority: 200 });
  scenario.take();
  scenario.until(10);
  t.same(scenario.take("MASTER"), ["4.609 MASTER: no advert from 192.0.2.1 for 3.609 s"]);
});

t.test("from 40.95 s to 10 ms and back: the interval of the last advert counts", async (t) => {
  const scenario = Scenario.started();
  scenario.advert({ priority: 200, advertIntervalMicros: 40_950_000 });
  t.equal(scenario.core.deadline()?.at, 3 * 40_950_000 + 24_953_906);
  scenario.advance(1);
  scenario.advert({ priority: 200, advertIntervalMicros: 10_000 });
  t.equal(scenario.core.deadline()?.at, 1_000_000 + 30_000 + 6_093);
  scenario.advert({ priority: 200, advertIntervalMicros: 40_950_000 });
  scenario.advance(100);
  t.equal(scenario.state, "BACKUP");
});

t.test("a backup that became master and backup again starts from its own interval", async (t) => {
  const scenario = Scenario.started();
  scenario.advert({ priority: 200, advertIntervalMicros: 10_000 });
  scenario.until(1);
  t.equal(scenario.state, "MASTER");
  scenario.link({ carrier: false });
  scenario.link({});
  t.equal(scenario.core.deadline()?.at, 1_000_000 + 3_609_375);
});
