/** After the start, and after a link came up, the port may be dark: for a while a node listens and claims nothing. */
import t from "tap";
import { coreConfig } from "./configurations.js";
import { Scenario } from "./scenario.js";

const LOWER = { priority: 50 };
const PATIENT = { priority: 200, preempt: { mode: "delay", delaySeconds: 300 } } as const;

function started(router: object, grace: object): Scenario {
  return Scenario.started(coreConfig([router], grace));
}

t.test("after the start: BACKUP, and the down timer begins when the grace ends", async (t) => {
  const scenario = started({ priority: 200 }, { startGraceMicros: 30_000_000 });
  t.equal(scenario.state, "BACKUP");
  t.match(scenario.take("info grace"), [/Only listens for 30 s \(VRRPD_START_GRACE, VRRPD_LINK_GRACE\)/]);
  t.equal(scenario.status().graceEndsAt, 30_000_000);
  scenario.until(33.218);
  t.equal(scenario.state, "BACKUP");
  t.same(scenario.take("advert"), []);
  scenario.until(33.219);
  t.equal(scenario.state, "MASTER");
});

t.test("a lower master that is heard in the grace starts the delay", async (t) => {
  const scenario = started(PATIENT, { startGraceMicros: 30_000_000 });
  scenario.until(20);
  scenario.adverts(LOWER, 1);
  t.equal(scenario.status().preemptDelayEndsAt, 321_000_000);
  scenario.adverts(LOWER, 299);
  t.equal(scenario.state, "BACKUP");
});

t.test("neither silence nor a release of a master, nor preemption, claims within it", async (t) => {
  for (const last of [LOWER, { priority: 0 }, { priority: 250 }]) {
    const scenario = started({ priority: 200 }, { startGraceMicros: 30_000_000 });
    scenario.advert({ priority: 250 });
    scenario.advance(1);
    scenario.advert(last);
    scenario.until(29.999);
    t.equal(scenario.state, "BACKUP");
    scenario.until(34);
    t.equal(scenario.state, "MASTER");
  }
});

t.test("the time in INIT counts: there it listens as well", async (t) => {
  const scenario = new Scenario(coreConfig([{ priority: 200 }], { startGraceMicros: 30_000_000 }));
  scenario.link({});
  scenario.until(29);
  scenario.source("192.0.2.2");
  scenario.until(34.3);
  t.equal(scenario.state, "MASTER");
});

t.test("after a link came up, from the carrier on; a fault of another kind begins none", async (t) => {
  const scenario = started({ priority: 200 }, { linkGraceMicros: 10_000_000 });
  scenario.until(4);
  t.equal(scenario.state, "MASTER", "the link was up from the start");
  scenario.link({ carrier: false });
  scenario.until(20);
  scenario.link({});
  t.equal(scenario.state, "BACKUP");
  t.equal(scenario.status().graceEndsAt, 30_000_000);
  scenario.until(33.2);
  t.equal(scenario.state, "BACKUP");
  scenario.until(33.3);
  t.equal(scenario.state, "MASTER");
  scenario.source(null);
  scenario.source("192.0.2.2");
  t.equal(scenario.status().graceEndsAt, null);
});

t.test("an interface that appears later has just come up", async (t) => {
  const scenario = new Scenario(coreConfig([{}], { linkGraceMicros: 10_000_000 }));
  scenario.link(null);
  scenario.until(5);
  scenario.start();
  t.equal(scenario.status().graceEndsAt, 15_000_000);
});

t.test("the owner listens, too, and claims when it ends", async (t) => {
  const scenario = started({ priority: 255 }, { startGraceMicros: 5_000_000 });
  t.equal(scenario.state, "BACKUP");
  scenario.until(8.1);
  t.equal(scenario.state, "MASTER");
});
