/** Virtual addresses on other interfaces than the virtual router's, and those that no advert lists. */
import t from "tap";
import { macFromBytes } from "../../src/base/mac.js";
import { CONFLICT_PROBE_INTERVAL_MICROS } from "../../src/core/addresses/conflicts.js";
import type { InterfaceAddress, LinkState } from "../../src/core/input.js";
import { type AddressOverrides, coreConfig, routerConfig } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { kernelAddress, LINK, withPrefix } from "./values.js";

const OTHER: LinkState = { ...LINK, index: 3, mac: macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, 3)) };
const there = (text: string, more: Partial<AddressOverrides> = {}): AddressOverrides => {
  return { ...withPrefix(text), interface: "eth1", ...more };
};
const BOTH = { virtualAddresses: ["192.0.2.10", there("203.0.113.10/24")] };
const OWN = kernelAddress("203.0.113.1/24");

function link(scenario: Scenario, change: Partial<LinkState> | null): void {
  scenario.send({ type: "link", interface: "eth1", link: change && { ...OTHER, ...change } });
}

function addresses(scenario: Scenario, all: readonly InterfaceAddress[]): void {
  scenario.send({ type: "addresses", interface: "eth1", addresses: all });
}

function changed(
  scenario: Scenario,
  on: string,
  change: "added" | "removed",
  address: InterfaceAddress,
): void {
  scenario.send({ type: "addressChanged", interface: on, change, address, alone: false });
}

/** Both interfaces are there. */
function started(config: Parameters<typeof Scenario.started>[0] = BOTH): Scenario {
  const scenario = Scenario.started(config);
  link(scenario, {});
  addresses(scenario, [OWN]);
  return scenario;
}

function mastered(config: Parameters<typeof Scenario.started>[0] = BOTH): Scenario {
  const scenario = started(config);
  for (let wait = 0; scenario.state !== "MASTER" && wait < 100; wait += 1) scenario.nextDeadline();
  scenario.take();
  return scenario;
}

const presences = (scenario: Scenario) =>
  scenario.status().virtualAddresses.map(({ interface: on, presence }) => `${on} ${presence}`);

t.test("what changes on one interface is about the addresses of that one alone", async (t) => {
  const same = { virtualAddresses: ["192.0.2.10", there("192.0.2.10")] };
  const scenario = mastered(same);
  t.same(presences(scenario), ["eth0 ours", "eth1 ours"]);
  changed(scenario, "eth1", "removed", kernelAddress("192.0.2.10"));
  t.same(presences(scenario), ["eth0 ours", "eth1 absent"]);
  scenario.deadline();
  t.match(scenario.take("add", "warn"), [
    /warn .*192\.0\.2\.10\/32 dev eth1: somebody removed it/,
    /add 192/,
  ]);
  t.same(presences(scenario), ["eth0 ours", "eth1 ours"]);
});

t.test("leftovers on it are found and removed when its addresses are known, however late", async (t) => {
  const scenario = Scenario.started(BOTH);
  scenario.advance(1);
  scenario.take();
  link(scenario, {});
  addresses(scenario, [OWN, kernelAddress("203.0.113.10/24", { marked: true })]);
  t.same(scenario.take("remove"), ["1.000 remove 203.0.113.10/24"]);
  changed(scenario, "eth1", "added", kernelAddress("203.0.113.10/24", { marked: true }));
  scenario.advance(0.2);
  t.match(scenario.take("remove", "warn"), [/somebody added it on a backup/], "later it is somebody's doing");
});

t.test("an interface that appears leaves alone what was added on another one", async (t) => {
  const scenario = Scenario.started(BOTH);
  changed(scenario, "eth0", "added", kernelAddress("192.0.2.10", { marked: true }));
  scenario.advance(1);
  scenario.take();
  link(scenario, {});
  addresses(scenario, [OWN]);
  t.same(scenario.take("remove"), []);
});

t.test("its interface away and back: the address is put back, the mastership goes on", async (t) => {
  const scenario = mastered();
  link(scenario, null);
  t.same(presences(scenario), ["eth0 ours", "eth1 absent"]);
  t.equal(scenario.state, "MASTER");
  link(scenario, { index: 9 });
  addresses(scenario, []);
  scenario.take();
  scenario.advance(0.2);
  t.same(scenario.take("add"), [`${(scenario.now / 1e6 - 0.1).toFixed(3)} add 203.0.113.10/24`]);
  t.same(presences(scenario), ["eth0 ours", "eth1 ours"]);
});

t.test("its interface missing: tried again, and served from when it comes", async (t) => {
  const scenario = Scenario.started(BOTH);
  let missing = true;
  scenario.kernel = (operation, address) =>
    missing && operation === "add" && address.startsWith("203") ? "ENODEV" : null;
  link(scenario, null);
  for (let wait = 0; scenario.state !== "MASTER" && wait < 100; wait += 1) scenario.nextDeadline();
  t.match(scenario.take("announce"), [/announce 192\.0\.2\.10\/32$/], "nothing is said of the other one");
  missing = false;
  link(scenario, {});
  addresses(scenario, []);
  scenario.advance(6);
  t.same(presences(scenario), ["eth0 ours", "eth1 ours"]);
  t.ok(scenario.take("announce").some((line) => line.includes("203.0.113.10/24")));
});

t.test("its interface down and up, or with another MAC address: announced there anew", async (t) => {
  const scenario = mastered();
  scenario.advance(20);
  scenario.take();
  link(scenario, { carrier: false });
  t.same(scenario.take("announce"), []);
  t.equal(scenario.state, "MASTER");
  link(scenario, {});
  t.match(scenario.take("announce"), [/announce 203\.0\.113\.10\/24$/]);
  scenario.advance(20);
  scenario.take();
  link(scenario, { mac: macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, 4)) });
  t.match(scenario.take("announce"), [/announce 203\.0\.113\.10\/24$/]);
});

t.test("a claim there: the MAC address of that interface is our own, that of the other is not", async (t) => {
  const config = { conflictProbeIntervalMicros: CONFLICT_PROBE_INTERVAL_MICROS };
  const scenario = mastered(coreConfig([BOTH], config));
  scenario.advance(3);
  const [, entry] = scenario.core.status().routers[0]!.virtualAddresses;
  const address = "eth1/203.0.113.10/24" as never;
  scenario.send({ type: "addressConflict", router: scenario.router, address, mac: OTHER.mac! });
  t.same(scenario.take("error"), []);
  scenario.send({ type: "addressConflict", router: scenario.router, address, mac: LINK.mac! });
  t.match(scenario.take("error"), [/203\.0\.113\.10 is also answered by 02:00:00:00:00:02/]);
  t.equal(entry!.interface, "eth1");
});

t.test(
  "an excluded address is added and announced, whatever its family, and no advert is about it",
  async (t) => {
    const excluded = { ...withPrefix("2001:db8::10"), advertised: false };
    const scenario = Scenario.started({ virtualAddresses: ["192.0.2.10", excluded] });
    scenario.advance(1);
    scenario.advert({ priority: 200, addresses: ["192.0.2.10"] });
    t.equal(scenario.status().speakers[0]!.relation, "same", "the list is complete without it");
    scenario.advert({ priority: 200, addresses: ["192.0.2.10", "2001:db8::10"] });
    t.equal(scenario.status().speakers[0]!.relation, "overlapping", "and one with it is another");
    scenario.advance(5);
    t.equal(scenario.state, "MASTER");
    const lines = scenario.take("add", "announce");
    t.match(lines[0], /add 192\.0\.2\.10\/32,? 2001:db8::10\/128/);
    t.match(lines[1], /announce 192\.0\.2\.10\/32,? 2001:db8::10\/128/);
    const foreign = advertOfExcluded();
    scenario.send(foreign);
    t.same(scenario.take("error"), [], "nor is it when another virtual router lists it");
  },
);

function advertOfExcluded() {
  const address = withPrefix("2001:db8::10").address;
  const advert = { version: 3, virtualRouterId: 9, priority: 100, advertIntervalMicros: 1_000_000 } as const;
  const more = { addresses: [address], addressCount: 1, password: null, checksumForm: null } as const;
  return {
    ...({ type: "foreignAdvert", interface: "eth0", family: "ipv4" } as const),
    ...{ source: withPrefix("192.0.2.9").address, advert: { ...advert, ...more } },
  };
}

t.test("without any address it is master of nothing, and says so to nobody's harm", async (t) => {
  const scenario = Scenario.started({ virtualAddresses: [] });
  scenario.advance(5);
  t.equal(scenario.state, "MASTER");
  t.same(scenario.take("add", "announce"), []);
});

t.test("two prefixes of one address are two addresses", async (t) => {
  const scenario = mastered({ virtualAddresses: ["192.0.2.10/32", "192.0.2.10/24"] });
  changed(scenario, "eth0", "removed", kernelAddress("192.0.2.10/24"));
  t.same(presences(scenario), ["eth0 ours", "eth0 absent"]);
  scenario.addresses([kernelAddress("192.0.2.10/32", { marked: true })]);
  t.same(presences(scenario), ["eth0 ours", "eth0 absent"]);
});

t.test(
  "planned again on another interface of the virtual router, the others stay where they are",
  async (t) => {
    const [before] = coreConfig([BOTH]).routers;
    const scenario = new Scenario({ ...coreConfig([]), routers: [before!] });
    scenario.send({ type: "link", interface: "eth0", link: null });
    const after = { ...routerConfig({ ...BOTH, interface: "eth5" }), id: before!.id };
    scenario.send({ type: "configure", config: { ...coreConfig([]), routers: [after] } });
    t.same(presences(scenario), ["eth5 absent", "eth1 absent"]);
  },
);
