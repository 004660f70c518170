/** Nodes that start together elect the highest at once; a node that comes up beside a master waits its delay. */
import t from "tap";
import { Scenario } from "./scenario.js";
import { kernelAddress } from "./values.js";

const PATIENT = { priority: 200, preempt: { mode: "delay", delaySeconds: 300 } } as const;
const LOWER = { priority: 50 };

t.test("nobody spoke for more than interval and skew: a first lower advert begins no delay", async (t) => {
  const scenario = Scenario.started(PATIENT);
  scenario.until(1.3);
  scenario.advert(LOWER);
  scenario.adverts(LOWER, 2);
  t.equal(scenario.state, "MASTER");
  t.equal(scenario.status().since, 3_218_750, "at the end of the first down interval");
});

t.test("a master that is heard within its interval and our skew was there before", async (t) => {
  const scenario = Scenario.started(PATIENT);
  scenario.until(1.21875);
  scenario.advert(LOWER);
  t.equal(scenario.status().preemptDelayEndsAt, 301_218_750);
  scenario.adverts(LOWER, 299);
  t.equal(scenario.state, "BACKUP");
});

t.test("the master's interval counts, not ours", async (t) => {
  const scenario = Scenario.started(PATIENT);
  scenario.until(3);
  scenario.advert({ ...LOWER, advertIntervalMicros: 5_000_000 });
  t.not(scenario.status().preemptDelayEndsAt, null);
});

t.test("whoever else was heard first ends the cold start", async (t) => {
  const scenario = Scenario.started(PATIENT);
  scenario.until(0.5);
  scenario.advert({ priority: 220, from: "192.0.2.3" });
  scenario.until(2.5);
  scenario.advert(LOWER);
  t.not(scenario.status().preemptDelayEndsAt, null);
});

t.test("a stranger does not end the cold start", async (t) => {
  const scenario = Scenario.started(PATIENT);
  scenario.until(0.5);
  scenario.advert({ priority: 220, from: "192.0.2.3", addresses: ["203.0.113.1"] });
  scenario.until(2.5);
  scenario.advert(LOWER);
  scenario.until(4);
  t.equal(scenario.state, "MASTER");
});

t.test("a leftover address was found: this node had been master, so it waits", async (t) => {
  const scenario = new Scenario(PATIENT);
  scenario.link({});
  scenario.addresses([kernelAddress("192.0.2.2/24"), kernelAddress("192.0.2.10", { marked: true })]);
  scenario.source("192.0.2.2");
  scenario.until(2.5);
  scenario.advert(LOWER);
  t.not(scenario.status().preemptDelayEndsAt, null);
});

t.test("recovery from FAULT is no cold start", async (t) => {
  const scenario = Scenario.started(PATIENT);
  scenario.link({ carrier: false });
  scenario.link({});
  scenario.until(2.5);
  scenario.advert(LOWER);
  t.not(scenario.status().preemptDelayEndsAt, null);
});

t.test("nopreempt stays nopreempt", async (t) => {
  const scenario = Scenario.started({ priority: 200, preempt: { mode: "never", delaySeconds: 0 } });
  scenario.until(2.5);
  scenario.advert(LOWER);
  scenario.adverts(LOWER, 30);
  t.equal(scenario.state, "BACKUP");
});
