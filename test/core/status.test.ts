/** What status tells beside the state: who is refused, who is foreign, which timers run. */
import t from "tap";
import { Scenario } from "./scenario.js";
import { advertOf, ip, ROUTER } from "./values.js";

t.test("refusals are told by source and reason, with their number and time", async (t) => {
  const scenario = Scenario.started();
  const refused = (from: string) => scenario.refused("foreign-peer", { from, priority: 50 });
  refused("192.0.2.50");
  scenario.advance(0.5);
  refused("192.0.2.50");
  refused("192.0.2.51");
  t.match(scenario.status().refusals, [
    { source: "192.0.2.50", reason: "foreign-peer", count: 2, lastAt: 500_000 },
    { source: "192.0.2.51", reason: "foreign-peer", count: 1, lastAt: 500_000 },
  ]);
  for (let host = 0; host < 100; host += 1) refused(`198.51.100.${host}`);
  t.equal(scenario.status().refusals.length, 16, "forged sources do not fill the memory");
});

t.test("speakers of other ids are told of, a bounded number of them", async (t) => {
  const scenario = Scenario.started();
  const speaks = (virtualRouterId: number, source = "192.0.2.60") =>
    scenario.send({
      type: "foreignAdvert",
      interface: "eth0",
      family: "ipv4",
      source: ip(source),
      advert: { ...advertOf({ priority: 50 }), virtualRouterId },
    });
  speaks(77);
  speaks(77);
  t.match(scenario.core.status().foreign, [
    { address: "192.0.2.60", interface: "eth0", virtualRouterId: 77, adverts: 2, priority: 50 },
  ]);
  for (let id = 1; id <= 255; id += 1) {
    speaks(id);
    speaks(id, "192.0.2.61");
  }
  t.equal(scenario.core.status().foreign.length, 256);
});

t.test("timers are told with their time and reason, the earliest first", async (t) => {
  const scenario = Scenario.started();
  t.match(scenario.status().deadlines, [{ reason: "master down" }]);
  const master = Scenario.master();
  const reasons = master.status().deadlines.map(({ reason }) => reason);
  t.ok(reasons.includes("advertise") && reasons.includes("announce"), reasons.join());
  const times = master.status().deadlines.map(({ at }) => at);
  t.strictSame(
    times,
    [...times].sort((a, b) => a - b),
  );
});

t.test("whoever does not take part knows no master", async (t) => {
  const scenario = Scenario.started({ priority: 50 });
  scenario.adverts({ from: "192.0.2.9", priority: 200 }, 2);
  t.match(scenario.status().master, { address: "192.0.2.9", priority: 200 });
  scenario.link({ carrier: false });
  t.match(scenario.status(), { state: "FAULT", master: null });
});

t.test("sends that the kernel refused are counted, and said once a minute", async (t) => {
  const scenario = Scenario.master();
  const fail = () =>
    scenario.send({ type: "sendFailed", router: ROUTER, what: "advert", codes: ["ENOBUFS"], reached: 0 });
  fail();
  fail();
  t.equal(scenario.status().counters.sendErrors, 2);
  t.equal(scenario.take("error").length, 1);
});
