import t from "tap";
import { macFromBytes } from "../../src/base/mac.js";
import { coreConfig } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { keyOf, LINK, ROUTER, VIRTUAL_ADDRESS } from "./values.js";

const MAC = macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, 0x77));
const ASKING = coreConfig([{ virtualAddresses: ["192.0.2.10", "192.0.2.11"] }], {
  conflictProbeIntervalMicros: 300_000_000,
});

/** Another host answers for the first address. */
function conflict(scenario: Scenario): void {
  scenario.send({ type: "addressConflict", router: ROUTER, address: keyOf(VIRTUAL_ADDRESS), mac: MAC });
}

/** Master at 3.609 s, asked at 5.609 s, and everything settled. */
function settled(): Scenario {
  const scenario = Scenario.master(ASKING);
  scenario.until(30);
  scenario.take();
  return scenario;
}

t.test("a master asks after two seconds and then every five minutes, a backup never", async (t) => {
  const scenario = Scenario.master(ASKING);
  scenario.until(700);
  t.same(scenario.take("probe"), [
    "5.609 probe 192.0.2.10/32 192.0.2.11/32",
    "305.609 probe 192.0.2.10/32 192.0.2.11/32",
    "605.609 probe 192.0.2.10/32 192.0.2.11/32",
  ]);
  scenario.adverts({ priority: 200, addresses: ["192.0.2.10", "192.0.2.11"] }, 700);
  t.same(scenario.take("probe"), ["701.000 probe 192.0.2.10/32 192.0.2.11/32"], "once, as it yields");
});

t.test("without an interval nobody is asked", async (t) => {
  const scenario = Scenario.master();
  scenario.until(700);
  conflict(scenario);
  scenario.advance(60);
  t.same(scenario.take("probe"), []);
});

t.test("a conflict is counted, reported with the MAC once a minute, and announced against", async (t) => {
  const scenario = settled();
  conflict(scenario);
  conflict(scenario);
  t.match(scenario.take(), [
    "30.000 error address-conflict: (web) 192.0.2.10 is also answered by 02:00:00:00:00:77",
    "30.000 announce 192.0.2.10/32",
  ]);
  t.equal(scenario.status().counters.addressConflicts, 2);
  const told = () => scenario.status().virtualAddresses.map(({ claimant }) => claimant);
  t.strictSame(told(), ["02:00:00:00:00:77", null]);
  scenario.advance(25);
  t.strictSame(told(), [null, null], "it no longer answers");
});

t.test("defended at most once in ten seconds, however often it is claimed", async (t) => {
  const scenario = settled();
  for (let claims = 0; claims < 200; claims += 1) {
    conflict(scenario);
    scenario.advance(0.1);
  }
  const announcements = scenario.take("announce").length;
  // A defence of ten announcements, and of the second one what the limit leaves of it.
  t.equal(announcements, 13);
});

t.test(
  "what is contested is asked for every ten seconds, until nobody answers; then announced",
  async (t) => {
    const scenario = settled();
    conflict(scenario);
    scenario.until(45);
    conflict(scenario);
    scenario.take();
    scenario.until(90);
    t.same(scenario.take("probe"), ["50.000 probe 192.0.2.10/32"], "heard since 40 s, not since 50 s");
    const again = settled();
    conflict(again);
    again.until(49);
    again.take();
    again.until(50.5);
    t.match(again.take("announce")[0], "50.000 announce 192.0.2.10/32", "it has let go");
    again.until(400);
    t.same(again.take("probe"), ["305.609 probe 192.0.2.10/32 192.0.2.11/32"], "as rarely as before");
  },
);

t.test("a former master that still answers is no conflict before it can have heard us", async (t) => {
  const scenario = Scenario.master(ASKING);
  conflict(scenario);
  scenario.advance(0.999);
  conflict(scenario);
  t.same(scenario.take("error"), []);
  scenario.advance(0.001);
  conflict(scenario);
  t.equal(scenario.take("error").length, 1);
});

t.test("whoever is asked for an address that is ours announces it, a backup does not", async (t) => {
  const scenario = settled();
  const probed = () =>
    scenario.send({ type: "addressProbed", router: ROUTER, address: keyOf("192.0.2.11"), mac: MAC });
  probed();
  probed();
  t.same(scenario.take(), ["30.000 announce 192.0.2.11/32"], "not again while that has just begun");
  scenario.advert({ priority: 200, addresses: ["192.0.2.10", "192.0.2.11"] });
  scenario.take();
  probed();
  t.same(scenario.take(), []);
});

t.test("a master that stalled and yields asks, so that the new one announces once more", async (t) => {
  const scenario = settled();
  scenario.stall(10);
  scenario.advert({ priority: 50, addresses: ["192.0.2.10", "192.0.2.11"] });
  t.same(scenario.take("advert", "release", "remove", "probe"), [
    "40.000 remove 192.0.2.10/32 192.0.2.11/32",
    "40.000 probe 192.0.2.10/32 192.0.2.11/32",
  ]);
});

t.test("our own frames that come back to us are neither a conflict nor a question", async (t) => {
  const scenario = settled();
  const mac = LINK.mac!;
  scenario.send({ type: "addressConflict", router: ROUTER, address: keyOf(VIRTUAL_ADDRESS), mac });
  scenario.send({ type: "addressProbed", router: ROUTER, address: keyOf(VIRTUAL_ADDRESS), mac });
  t.same(scenario.take(), []);
  t.equal(scenario.status().counters.addressConflicts, 0);
});

t.test("an address that is not there is not asked for", async (t) => {
  const scenario = new Scenario(ASKING);
  scenario.kernel = (operation, address) =>
    operation === "add" && address === "192.0.2.11/32" ? "EINVAL" : null;
  scenario.start();
  scenario.until(6);
  t.same(scenario.take("probe"), ["5.609 probe 192.0.2.10/32"]);
});

t.test("a new mastership begins without what was contested in the one before", async (t) => {
  const scenario = settled();
  conflict(scenario);
  scenario.advert({ priority: 200, addresses: ["192.0.2.10", "192.0.2.11"] });
  t.equal(scenario.state, "BACKUP");
  scenario.take();
  scenario.until(44);
  t.equal(scenario.state, "MASTER");
  t.same(scenario.take("probe"), ["35.609 probe 192.0.2.10/32 192.0.2.11/32"]);
  scenario.until(100);
  t.same(scenario.take("probe", "announce"), [], "nobody has let go of anything");
});
