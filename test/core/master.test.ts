import t from "tap";
import { Scenario } from "./scenario.js";

t.test(
  "[6.4.3-8 +-] a master that shuts down releases with priority 0, twice, and rests in INIT",
  async (t) => {
    const scenario = Scenario.master();
    scenario.until(5);
    scenario.take();
    scenario.shutdown();
    t.equal(scenario.state, "INIT");
    t.same(scenario.take("advert", "release", "remove"), [
      "5.000 release",
      "5.000 release",
      "5.000 remove 192.0.2.10/32",
    ]);
    scenario.until(60);
    t.same(scenario.take(), []);
  },
);

t.test(
  "[6.4.3-9 +] an advert each interval, from the planned time, so that lateness does not add up",
  async (t) => {
    const scenario = Scenario.master();
    scenario.until(6.7);
    t.same(scenario.take("advert"), ["4.609 advert", "5.609 advert", "6.609 advert"]);
    scenario.stall(1.2);
    scenario.deadline();
    scenario.until(8.7);
    t.same(scenario.take("advert"), ["7.900 advert", "8.609 advert"]);
  },
);

t.test("[6.4.3-9 -] no advert between two of them, and none once another is master", async (t) => {
  const scenario = Scenario.master({ advertIntervalMicros: 2_000_000 });
  const first = scenario.now / 1e6;
  scenario.until(first + 1.999999);
  t.same(scenario.take("advert"), []);
  scenario.until(first + 2);
  t.equal(scenario.take("advert").length, 1);
  scenario.advert({ priority: 200 });
  scenario.adverts({ priority: 200 }, 60);
  t.same(scenario.take("advert"), []);
});

t.test("[6.4.3-10 -] the greater address of one that releases does not end the mastership", async (t) => {
  const scenario = Scenario.master();
  scenario.until(20);
  scenario.take();
  scenario.advert({ priority: 0, from: "192.0.2.3", advertIntervalMicros: 40_950_000 });
  t.equal(scenario.state, "MASTER");
  scenario.until(60.5);
  t.equal(scenario.take("advert").length, 41, "at once, and each second from then on");
  t.same(scenario.take("remove", "BACKUP"), []);
});

t.test("[6.4.3-12 -] nothing is learned from what is discarded: the interval stays", async (t) => {
  const scenario = Scenario.master();
  scenario.until(20);
  scenario.take();
  scenario.advert({ priority: 99, from: "192.0.2.3", advertIntervalMicros: 10_000 });
  scenario.until(22.5);
  t.same(scenario.take("advert", "remove"), ["20.000 advert", "21.000 advert", "22.000 advert"]);
  t.equal(scenario.state, "MASTER");
});

t.test("[6.4.3-10 +-] priority 0: an advert at once, the timer anew, still master", async (t) => {
  const scenario = Scenario.master();
  scenario.until(20);
  scenario.take();
  scenario.advert({ priority: 0 });
  t.equal(scenario.state, "MASTER");
  scenario.until(21.2);
  t.same(scenario.take("advert"), ["20.000 advert", "21.000 advert"]);
});

t.test(
  "[6.4.3-11 +] a higher priority: backup, no priority 0, addresses removed, its interval learned",
  async (t) => {
    const scenario = Scenario.master();
    scenario.until(5);
    scenario.take();
    scenario.advert({ priority: 101, advertIntervalMicros: 500_000 });
    t.equal(scenario.state, "BACKUP");
    t.equal(scenario.core.deadline()?.at, 5_000_000 + 1_500_000 + 304_687);
    t.same(scenario.take("advert", "release", "remove", "BACKUP"), [
      "5.000 remove 192.0.2.10/32",
      "5.000 BACKUP: 192.0.2.1 has the higher priority 101",
    ]);
  },
);

t.test("[6.4.3-11 +] the same priority from a greater address: backup", async (t) => {
  const scenario = Scenario.master();
  scenario.advert({ from: "192.0.2.3" });
  t.equal(scenario.state, "BACKUP");
  t.match(scenario.status().reason, /same priority 100 and the greater address/);
});

t.test(
  "[6.4.3-11 -] [6.4.3-12 +] the same priority from a smaller address: discarded, an advert at once",
  async (t) => {
    const scenario = Scenario.master();
    scenario.until(4);
    scenario.advert({ from: "192.0.2.1" });
    t.equal(scenario.state, "MASTER");
    t.same(scenario.take("advert"), ["4.000 advert"]);
  },
);

t.test(
  "[6.4.3-11 -] [6.4.3-12 +] a lower priority: discarded, an advert at once, announced again",
  async (t) => {
    const scenario = Scenario.master();
    scenario.until(20);
    scenario.take();
    scenario.advert({ priority: 99, from: "192.0.2.3" });
    t.equal(scenario.state, "MASTER");
    scenario.nextDeadline();
    t.same(scenario.take("advert", "announce"), ["20.000 advert", "20.000 announce 192.0.2.10/32"]);
  },
);

t.test("a flood of lower adverts is answered ten times an interval, and adverts stay on time", async (t) => {
  const scenario = Scenario.master();
  scenario.until(4);
  for (let sent = 0; sent < 2000; sent += 1) {
    scenario.advert({ priority: 1 });
    scenario.advance(0.001);
  }
  const times = scenario.take("advert").map((line) => Number(line.split(" ")[0]));
  t.equal(times.length, 21, "one for each tenth of a second, both ends included");
  for (const [index, time] of times.entries()) {
    if (index > 0) t.ok(time - times[index - 1]! < 1.001, "never more than an interval apart");
  }
  scenario.until(9);
  t.equal(scenario.take("advert").length, 3, "back to one a second");
});

t.test("a rival that owns the addresses too is yielded to only from a greater address", async (t) => {
  const smaller = Scenario.started({ priority: 255 });
  smaller.advert({ priority: 255, from: "192.0.2.1" });
  t.equal(smaller.state, "MASTER");
  const greater = Scenario.started({ priority: 255 });
  greater.advert({ priority: 255, from: "192.0.2.3" });
  t.equal(greater.state, "BACKUP");
});

t.test("an answer that an earlier mastership had planned puts off none of the next", async (t) => {
  const scenario = Scenario.master({ priority: 254 });
  scenario.until(20);
  scenario.advert({ priority: 50 });
  scenario.advert({ priority: 50 });
  scenario.advert({ priority: 255, from: "192.0.2.3" });
  scenario.advert({ priority: 0, from: "192.0.2.3" });
  scenario.advance(0.01);
  t.equal(scenario.state, "MASTER");
  scenario.take();
  scenario.advert({ priority: 50 });
  t.same(scenario.take("advert"), ["20.010 advert"]);
});
