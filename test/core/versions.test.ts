import t from "tap";
import { Scenario } from "./scenario.js";

const PASS = Buffer.from("OpenShif");
const WRONG = Buffer.from("somebody");
const TWO = { version: 2, password: PASS } as const;

t.test("[7.1-1 -] [8.4.2 -] version 3 alone drops version 2", async (t) => {
  const scenario = Scenario.started();
  scenario.adverts({ version: 2, priority: 200 }, 4);
  t.equal(scenario.state, "MASTER");
  t.equal(scenario.status().counters.drops.version, 4);
});

t.test("[7.1-1 +-] [v2-7.1-1 +-] version 2 drops version 3, and follows version 2", async (t) => {
  const scenario = Scenario.started(TWO);
  scenario.adverts({ priority: 200 }, 4);
  t.equal(scenario.state, "MASTER");
  t.equal(scenario.status().counters.drops.version, 4);
  scenario.advert({ ...TWO, priority: 200 });
  t.equal(scenario.state, "BACKUP");
});

t.test(
  "[v2-5.3.6-2 +-] version 2: authentication of another type or with another password is refused",
  async (t) => {
    const withPass = Scenario.started(TWO);
    withPass.advert({ version: 2, priority: 0, password: null });
    withPass.advert({ version: 2, priority: 0, password: WRONG });
    t.same(withPass.status().counters.drops, { "authentication-type": 1, "authentication-mismatch": 1 });
    const without = Scenario.started({ version: 2 });
    without.advert({ ...TWO, priority: 0 });
    t.same(without.status().counters.drops, { "authentication-type": 1 });
    t.equal(without.core.deadline()?.at, 3_609_375);
    t.equal(withPass.core.deadline()?.at, 3_609_375);
    withPass.advert({ ...TWO, priority: 0 });
    without.advert({ version: 2, priority: 0 });
    t.equal(withPass.core.deadline()?.at, 609_375, "our password");
    t.equal(without.core.deadline()?.at, 609_375, "none, as we have none");
  },
);

t.test("[v2-7.1-5 +-] version 2: another interval is refused, its own is taken", async (t) => {
  const scenario = Scenario.started(TWO);
  scenario.advert({ ...TWO, priority: 200, advertIntervalMicros: 2_000_000 });
  t.same(scenario.status().counters.drops, { "interval-mismatch": 1 });
  t.equal(scenario.core.deadline()?.at, 3_609_375, "and not followed");
  scenario.advance(1);
  scenario.advert({ ...TWO, priority: 200 });
  t.same(scenario.status().counters.drops, { "interval-mismatch": 1 });
  t.equal(scenario.core.deadline()?.at, 4_609_375);
});

t.test("[v2-6.1-1 +-] version 2: skew is a part of a second, not of the interval", async (t) => {
  const scenario = Scenario.started({ ...TWO, advertIntervalMicros: 5_000_000 });
  t.equal(scenario.core.deadline()?.at, 15_609_375);
  scenario.advert({ ...TWO, priority: 0, advertIntervalMicros: 5_000_000 });
  t.equal(scenario.core.deadline()?.at, 609_375);
  const three = Scenario.started({ advertIntervalMicros: 5_000_000 });
  t.equal(three.core.deadline()?.at, 18_046_875, "which is version 3");
});

const AUTO = { yieldsToVersion2: true, password: PASS } as const;

t.test(
  "[8.4.2 +] auto: a master yields to version 2 with our PASS or none, whatever its priority",
  async (t) => {
    for (const password of [PASS, null]) {
      const scenario = Scenario.master(AUTO);
      scenario.advert({ version: 2, priority: 1, password });
      t.equal(scenario.state, "BACKUP");
      t.equal(scenario.status().reason, "yields to 192.0.2.1, which speaks version 2");
    }
  },
);

t.test("[8.4.2 +] auto: a backup yields, even to a lower priority, and returns after silence", async (t) => {
  const scenario = Scenario.started(AUTO);
  scenario.adverts({ ...TWO, priority: 1 }, 600);
  t.equal(scenario.state, "BACKUP");
  t.equal(scenario.status().reason, "yields to 192.0.2.1, which speaks version 2");
  t.match(scenario.take("info yields")[0], /yields to 192.0.2.1, which speaks version 2/);
  scenario.advance(4);
  t.same(scenario.take("MASTER"), ["603.609 MASTER: no advert from 192.0.2.1 for 3.609 s"]);
});

t.test("[8.4.2 +] auto: a version 2 master that stops hands over after our skew", async (t) => {
  const scenario = Scenario.started(AUTO);
  scenario.adverts({ ...TWO, priority: 200 }, 5);
  scenario.advert({ ...TWO, priority: 0 });
  t.equal(scenario.core.deadline()?.at, 5_609_375);
});

t.test("[8.4.2 -] auto: another PASS is refused, a stranger is ignored", async (t) => {
  const scenario = Scenario.master(AUTO);
  scenario.advert({ version: 2, priority: 200, password: WRONG });
  scenario.advert({ ...TWO, priority: 200, addresses: ["203.0.113.1"] });
  t.equal(scenario.state, "MASTER");
  t.equal(scenario.status().counters.drops["authentication-mismatch"], 1);
});

t.test("[8.4.2 +-] auto without a PASS of its own: somebody's PASS is not ours", async (t) => {
  const scenario = Scenario.master({ yieldsToVersion2: true });
  scenario.advert({ ...TWO, priority: 200 });
  t.equal(scenario.state, "MASTER");
  scenario.advert({ version: 2, priority: 200 });
  t.equal(scenario.state, "BACKUP");
});

t.test(
  "[8.4.2 +] auto: an interval that the other does not share is learned from version 2 too",
  async (t) => {
    const scenario = Scenario.started(AUTO);
    scenario.advert({ ...TWO, priority: 200, advertIntervalMicros: 5_000_000 });
    t.equal(scenario.core.deadline()?.at, 15_609_375);
  },
);

t.test("[8.4.2 +] auto: what it yields to is the reason only as long as it does", async (t) => {
  const scenario = Scenario.started(AUTO);
  scenario.advert({ ...TWO, priority: 200 });
  scenario.advance(3);
  scenario.advert({ priority: 200, from: "192.0.2.3" });
  t.equal(scenario.status().reason, "ready");
});

t.test("[8.4.2 -] auto: version 3 speakers elect as ever", async (t) => {
  const scenario = Scenario.master(AUTO);
  scenario.advert({ priority: 99 });
  t.equal(scenario.state, "MASTER");
  scenario.advert({ priority: 101 });
  t.equal(scenario.state, "BACKUP");
});
