/** A node that comes up beside a lower master waits its whole delay, whenever it heard of it first; silence alone is none. */
import t from "tap";
import { checkConfig, coreConfig, faultTracks } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { kernelAddress, OUR_SOURCE } from "./values.js";

const PATIENT = { priority: 200, preempt: { mode: "delay", delaySeconds: 300 } } as const;
const LOWER = { priority: 50 };

/** Everything is there but the first result of a check. */
function waiting(router: object): Scenario {
  const scenario = new Scenario(
    coreConfig([{ ...router, tracks: faultTracks("probe") }], {
      checks: [checkConfig({ advisoryUntilFirstPass: false })],
    }),
  );
  scenario.start();
  return scenario;
}

for (const [what, at] of [
  ["at once", 0.1],
  ["after one lost advert", 1.3],
  ["after two", 2.3],
  ["just before its down timer ends", 3.2],
] as const) {
  t.test(`a lower master that is heard ${what}: the whole delay from then on`, async (t) => {
    const scenario = Scenario.started(PATIENT);
    scenario.until(at);
    scenario.advert(LOWER);
    t.equal(scenario.status().preemptDelayEndsAt, Math.round((at + 300) * 1e6));
    scenario.adverts(LOWER, 300);
    t.equal(scenario.state, "BACKUP");
    scenario.adverts(LOWER, 4);
    t.equal(scenario.state, "MASTER");
  });
}

t.test("nodes that start together elect the highest: its down timer ends first", async (t) => {
  const [high, low] = [Scenario.started(PATIENT), Scenario.started({ ...PATIENT, priority: 100 })];
  high.until(3.3);
  low.until(3.3);
  t.equal(high.state, "MASTER");
  t.equal(low.state, "BACKUP");
});

t.test("a stall right after the start cuts nothing short", async (t) => {
  const scenario = Scenario.started(PATIENT);
  scenario.stall(2.9);
  scenario.advert(LOWER);
  scenario.deadline();
  scenario.adverts(LOWER, 290);
  t.equal(scenario.state, "BACKUP");
});

t.test("what an earlier run left behind makes no difference", async (t) => {
  const scenario = new Scenario(PATIENT);
  scenario.link({});
  scenario.addresses([kernelAddress("192.0.2.2/24"), kernelAddress("192.0.2.10", { marked: true })]);
  scenario.source(OUR_SOURCE);
  scenario.until(2.5);
  scenario.advert(LOWER);
  t.equal(scenario.status().preemptDelayEndsAt, 302_500_000);
});

t.test("a master that was heard in INIT is followed, with its interval, and the delay runs", async (t) => {
  const scenario = waiting(PATIENT);
  scenario.until(10);
  scenario.advert({ ...LOWER, advertIntervalMicros: 5_000_000 });
  scenario.until(12);
  scenario.check("pass");
  t.equal(scenario.state, "BACKUP");
  t.same(scenario.status().master, { address: "192.0.2.1", priority: 50 });
  t.equal(scenario.status().preemptDelayEndsAt, 312_000_000, "from when this node takes part");
  scenario.until(12 + 15 + 1.09);
  t.equal(scenario.state, "BACKUP", "it waits for three of the master's intervals");
  scenario.until(12 + 15 + 1.1);
  t.equal(scenario.state, "MASTER", "and then silence decides");
});

t.test("a higher master that was heard in FAULT is followed", async (t) => {
  const scenario = waiting(PATIENT);
  scenario.check("fail");
  t.equal(scenario.state, "FAULT");
  scenario.advert({ priority: 250, advertIntervalMicros: 10_000_000 });
  scenario.check("pass");
  t.same(scenario.status().master, { address: "192.0.2.1", priority: 250 });
  scenario.until(30);
  t.equal(scenario.state, "BACKUP");
  t.equal(scenario.status().preemptDelayEndsAt, null);
});

for (const [what, heard] of [
  ["released", [LOWER, { priority: 0 }]],
  ["a stranger", [{ ...LOWER, addresses: ["203.0.113.1"] }]],
] as const) {
  t.test(`one that was heard in INIT and was or is ${what} counts for nothing`, async (t) => {
    const scenario = waiting(PATIENT);
    for (const one of heard) scenario.advert(one);
    scenario.check("pass");
    t.equal(scenario.status().master, null);
    t.equal(scenario.status().preemptDelayEndsAt, null);
    scenario.until(3.3);
    t.equal(scenario.state, "MASTER");
  });
}

t.test("another's release takes nothing away from the master that was heard", async (t) => {
  const scenario = waiting(PATIENT);
  scenario.advert(LOWER);
  scenario.advert({ priority: 0, from: "192.0.2.3" });
  scenario.check("pass");
  t.same(scenario.status().master, { address: "192.0.2.1", priority: 50 });
});

t.test("one that fell silent long before this node takes part counts for nothing", async (t) => {
  const scenario = waiting(PATIENT);
  scenario.advert(LOWER);
  scenario.until(3.3);
  scenario.check("pass");
  t.equal(scenario.status().master, null);
});

for (const [what, fail, recover] of [
  ["a check failed", (one: Scenario) => one.check("fail"), (one: Scenario) => one.check("pass")],
  ["its link was lost", (one: Scenario) => one.link({ carrier: false }), (one: Scenario) => one.link({})],
] as const) {
  t.test(`the master that a backup followed when ${what} is followed afterwards`, async (t) => {
    const scenario = waiting(PATIENT);
    scenario.check("pass");
    scenario.until(2);
    scenario.advert({ ...LOWER, advertIntervalMicros: 5_000_000 });
    scenario.until(4);
    fail(scenario);
    scenario.until(5);
    recover(scenario);
    t.same(scenario.status().master, { address: "192.0.2.1", priority: 50 });
    t.equal(scenario.status().preemptDelayEndsAt, 305_000_000, "from when this node takes part again");
    scenario.until(5 + 15 + 1.09);
    t.equal(scenario.state, "BACKUP", "a moment without taking part shortens no silence");
    scenario.until(5 + 15 + 1.1);
    t.equal(scenario.state, "MASTER");
  });

  t.test(`a master that had released when ${what} is not`, async (t) => {
    const scenario = waiting(PATIENT);
    scenario.check("pass");
    scenario.advert(LOWER);
    scenario.advert({ priority: 0 });
    fail(scenario);
    recover(scenario);
    t.equal(scenario.status().master, null);
  });
}

t.test("whom a master had followed before its own mastership is not followed after a fault", async (t) => {
  const scenario = waiting({ priority: 200 });
  scenario.check("pass");
  scenario.advert({ priority: 250, advertIntervalMicros: 1_000_000 });
  scenario.until(4);
  t.equal(scenario.state, "MASTER");
  scenario.check("fail");
  scenario.check("pass");
  t.equal(scenario.status().master, null);
});

t.test("one that was followed, and silent for long since, counts for nothing", async (t) => {
  const scenario = waiting(PATIENT);
  scenario.check("pass");
  scenario.advert({ priority: 250 });
  scenario.check("fail");
  scenario.until(4);
  scenario.check("pass");
  t.equal(scenario.status().master, null);
});

t.test("the owner waits for nobody", async (t) => {
  const scenario = waiting({ ...PATIENT, priority: 255 });
  scenario.advert(LOWER);
  scenario.check("pass");
  t.equal(scenario.state, "MASTER");
});

t.test("without patience the lower master that was heard in INIT is known, and not followed", async (t) => {
  const scenario = waiting({ priority: 200 });
  scenario.advert(LOWER);
  scenario.check("pass");
  scenario.adverts(LOWER, 3.3);
  t.equal(scenario.state, "MASTER");
});

t.test("nopreempt stays nopreempt", async (t) => {
  const scenario = Scenario.started({ priority: 200, preempt: { mode: "never", delaySeconds: 0 } });
  scenario.until(2.5);
  scenario.advert(LOWER);
  scenario.adverts(LOWER, 30);
  t.equal(scenario.state, "BACKUP");
});
