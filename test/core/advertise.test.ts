/** Adverts that are due go out before what has arrived is read, so that a flood of packets does not make them late. */
import t from "tap";
import { Scenario } from "./scenario.js";

/** The next deadline has come, and something less than a deadline is told. */
function overdue(scenario: Scenario, lateSeconds: number): void {
  scenario.take();
  scenario.now = scenario.core.deadline()!.at;
  scenario.stall(lateSeconds);
  scenario.send({ type: "advertise" });
}

/** A master whose next deadline is its advert. */
function settled(): Scenario {
  const scenario = Scenario.master();
  scenario.until(30);
  return scenario;
}

t.test("[6.4.3-9 +] a master's advert goes out, and the next one an interval after its time", async (t) => {
  const scenario = settled();
  const due = scenario.core.deadline()!.at;
  overdue(scenario, 0.3);
  t.match(scenario.take(), [/advert$/]);
  t.equal(scenario.core.deadline()!.at, due + 1_000_000);
  scenario.send({ type: "advertise" });
  t.same(scenario.take(), [], "once");
});

t.test("nothing goes out before its time", async (t) => {
  const scenario = settled();
  scenario.take();
  scenario.now = scenario.core.deadline()!.at - 1;
  scenario.send({ type: "advertise" });
  t.same(scenario.take(), []);
});

t.test("one that is late by an interval waits: another may be master by now", async (t) => {
  const scenario = settled();
  overdue(scenario, 1);
  t.same(scenario.take(), []);
  scenario.advert({ priority: 200 });
  scenario.deadline();
  t.equal(scenario.state, "BACKUP");
  t.same(scenario.take("advert", "release"), []);
});

t.test("a down timer waits until the adverts that have arrived are read", async (t) => {
  const scenario = Scenario.started();
  scenario.advert({ priority: 200 });
  overdue(scenario, 0);
  t.equal(scenario.state, "BACKUP");
  scenario.advert({ priority: 200 });
  scenario.deadline();
  t.equal(scenario.state, "BACKUP");
});
