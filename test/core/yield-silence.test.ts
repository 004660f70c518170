/** A node that has yielded and invites others is silent meanwhile: what that must not cost. */
import t from "tap";
import { Scenario } from "./scenario.js";

const YIELD = { type: "yield", instances: null, until: null, force: false, persistent: false } as const;

for (const leaseSeconds of [2, 3, 5]) {
  t.test(`alone for a minute with a fast lease of ${leaseSeconds} s: it never runs out`, async (t) => {
    const scenario = Scenario.master({ leaseSeconds, priority: 200 });
    scenario.send(YIELD);
    scenario.advance(60);
    const renewedAt = scenario.take("add").map((line) => Number.parseFloat(line));
    const gaps = [...renewedAt, scenario.now / 1e6].slice(1).map((at, before) => at - renewedAt[before]!);
    t.ok(renewedAt.length > 60 / leaseSeconds);
    t.ok(Math.max(...gaps) < leaseSeconds, `${Math.max(...gaps)} s at most`);
  });
}

for (const advertIntervalMicros of [10_000, 16_000, 50_000]) {
  t.test(`silent as planned at ${advertIntervalMicros / 1000} ms, it has not stalled`, async (t) => {
    const scenario = Scenario.master({ priority: 200, advertIntervalMicros });
    scenario.send(YIELD);
    scenario.send({ type: "advertise" });
    scenario.advance(0.03);
    scenario.link({});
    scenario.advance(30);
    t.same(
      scenario.take("warn").filter((line) => line.includes("talled")),
      [],
    );
    t.equal(scenario.state, "MASTER");
    scenario.send(YIELD);
    scenario.take();
    scenario.advance(0.055);
    scenario.send({ type: "resume", instances: null });
    t.ok(scenario.take("advert").length > 0, "resumed meanwhile, it speaks at once");
  });
}
