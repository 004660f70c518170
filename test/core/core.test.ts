import t from "tap";
import type { Effect } from "../../src/core/effect.js";
import { routerId } from "../../src/core/identity.js";
import { coreConfig, type RouterOverrides } from "./configurations.js";
import { Scenario } from "./scenario.js";

const MANY = 255;

function many(overrides: RouterOverrides = {}): Scenario {
  const routers = Array.from({ length: MANY }, (_, index) => ({
    name: `VIP_${index + 1}`,
    virtualRouterId: index + 1,
    virtualAddresses: [`198.51.100.${index + 1}`],
    ...overrides,
  }));
  return new Scenario(coreConfig(routers));
}

t.test("255 routers: one advert, one add and one announcement each, in one wake-up", async (t) => {
  const scenario = many();
  scenario.start();
  scenario.take();
  scenario.until(3.609375);
  t.equal(scenario.take().length, MANY * 4, "advert, add, transition, announce");
  scenario.until(3.8);
  t.same(scenario.take(), []);
  scenario.until(4.609375);
  t.equal(scenario.take("advert").length, MANY);
});

t.test("255 routers: a link that goes is told to each once", async (t) => {
  const scenario = many();
  scenario.start();
  scenario.until(20);
  scenario.take();
  scenario.link({ carrier: false });
  t.equal(scenario.take().length, MANY * 2, "remove, transition");
  t.equal(scenario.core.deadline(), null);
});

t.test("routers of other interfaces are left alone", async (t) => {
  const scenario = Scenario.started(coreConfig([{ name: "a" }, { name: "b", interface: "eth1" }]));
  t.same([scenario.status(0).state, scenario.status(1).state], ["BACKUP", "INIT"]);
});

t.test("an id that nobody has is a defect of the host, not an input", async (t) => {
  const scenario = Scenario.started();
  t.throws(() => scenario.advert({ router: routerId("eth0", "ipv4", 7) }), { code: "EASSERTION" });
});

t.test("what goes out is drained: no effect is handed over twice", async (t) => {
  const scenario = Scenario.started();
  const effects: Effect[] = scenario.core.handle(3_609_375, { type: "deadline" });
  t.ok(effects.length > 0);
  t.same(scenario.core.handle(3_609_375, { type: "deadline" }), []);
});

t.test("status keeps the last 50 transitions", async (t) => {
  const scenario = Scenario.started();
  for (let flap = 0; flap < 40; flap += 1) {
    scenario.link({ carrier: false });
    scenario.link({});
  }
  t.equal(scenario.status().transitions.length, 50);
  t.equal(scenario.status().transitions.at(-1)?.to, "BACKUP");
});

t.test("who is master, as status has it", async (t) => {
  const scenario = Scenario.started();
  t.equal(scenario.status().master, null);
  scenario.advert({ priority: 200 });
  t.same(scenario.status().master, { address: "192.0.2.1", priority: 200 });
  scenario.advance(4);
  t.same(scenario.status().master, { address: "192.0.2.2", priority: 100 });
  scenario.link({ carrier: false });
  t.equal(scenario.status().master, null);
});
