/** What a configuration may ask of an election beside the standard: who answers whom, who waits, and how long. */
import t from "tap";
import { Scenario } from "./scenario.js";

t.test("a master answers a lower advert at once, or keeps its time", async (t) => {
  for (const answersLower of [true, false]) {
    const scenario = Scenario.master({ answersLower });
    scenario.advance(0.5);
    scenario.take();
    scenario.advert({ priority: 50 });
    t.equal(scenario.take("advert").length, answersLower ? 1 : 0, `answersLower ${answersLower}`);
    t.equal(scenario.state, "MASTER");
  }
});

t.test("a release is answered all the same, and bridges learn again where the addresses are", async (t) => {
  const scenario = Scenario.master({ answersLower: false });
  scenario.until(30);
  scenario.advance(0.2);
  scenario.take();
  scenario.advert({ priority: 50 });
  scenario.advance(0.3);
  t.not(scenario.take("announce").length, 0);
  scenario.take();
  scenario.advert({ priority: 0 });
  t.equal(scenario.take("advert").length, 1);
});

t.test(
  "a master that announces nothing to lower ones says nothing of its addresses, then or later",
  async (t) => {
    const scenario = Scenario.master({ announcesToLower: false });
    scenario.until(30);
    scenario.take();
    scenario.advert({ priority: 50 });
    scenario.until(35);
    t.same(scenario.take("announce"), [], "not when it is heard, nor when it is silent");
    scenario.advert({ priority: 0 });
    scenario.until(50);
    t.same(scenario.take("announce"), [], "nor when it has released");
  },
);

t.test("a master that yields says nothing, or speaks once more", async (t) => {
  for (const answersHigher of [false, true]) {
    const scenario = Scenario.master({ answersHigher });
    scenario.advance(0.5);
    scenario.take();
    scenario.advert({ priority: 200 });
    t.equal(scenario.take("advert").length, answersHigher ? 1 : 0, `answersHigher ${answersHigher}`);
    t.equal(scenario.state, "BACKUP");
    scenario.advert({ priority: 200 });
    t.same(scenario.take("advert"), []);
  }
});

t.test("an owner that waits listens for the down interval, and takes over from a lower master", async (t) => {
  const owner = { priority: 255, ownerWaits: true };
  const alone = Scenario.started(owner);
  t.equal(alone.state, "BACKUP");
  t.equal(alone.core.deadline()?.at, 3_003_906);
  alone.nextDeadline();
  t.equal(alone.state, "MASTER");
  const beside = Scenario.started(owner);
  beside.adverts({ priority: 100 }, 3.2, 0.9);
  t.equal(beside.state, "MASTER");
  t.equal(Scenario.started({ priority: 255 }).state, "MASTER", "the others claim at once");
});

t.test("as many adverts are missed as the configuration says", async (t) => {
  for (const [adverts, micros] of [
    [1, 1_609_375],
    [3, 3_609_375],
    [100, 100_609_375],
  ] as const) {
    const scenario = Scenario.started({ downTimerAdverts: adverts });
    t.equal(scenario.core.deadline()?.at, micros);
    scenario.advance(1);
    scenario.advert({ priority: 200 });
    t.equal(scenario.core.deadline()?.at, 1_000_000 + micros);
    scenario.advert({ priority: 0 });
    t.equal(scenario.core.deadline()?.at, 1_609_375, "a release has nothing to do with it");
  }
});

t.test("the followed master is not forgotten while the backup still waits for it", async (t) => {
  const scenario = Scenario.started({ downTimerAdverts: 10 });
  scenario.advert({ priority: 200, from: "192.0.2.200" });
  scenario.until(8);
  scenario.advert({ priority: 150, from: "192.0.2.150" });
  t.same(
    scenario.core.followed("eth0", "ipv4").sources.map(({ text }) => text),
    ["192.0.2.200"],
  );
});
