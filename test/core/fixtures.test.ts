/** Routes and rules of a virtual router, and what is static: wanted against actual. */
import t from "tap";
import { fixtureKey } from "../../src/config/fixture-words.js";
import {
  type FixedAddress,
  type FixtureConfig,
  PLAIN_ROUTE,
  type Route,
  type Rule,
} from "../../src/core/fixture.js";
import { PLAIN_DRESS } from "../../src/core/virtual-address.js";
import { coreConfig } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { ip } from "./values.js";

function route(network: string, more: Partial<Route> = {}, guarded = true): FixtureConfig {
  const destination = { address: ip(network), prefixLength: 24 };
  const fixture: Route = { ...PLAIN_ROUTE, family: "ipv4", destination, ...more };
  return { key: fixtureKey(fixture), fixture, guarded, trackedInterfaces: [] };
}

/** As `no_track` makes one. */
const RULE: Rule = {
  kind: "rule",
  family: "ipv4",
  inverted: false,
  from: { address: ip("192.0.2.0"), prefixLength: 24 },
  to: null,
  priority: 100,
  tos: 0,
  fwmark: null,
  fwmask: null,
  realms: 0,
  suppressPrefixLength: null,
  suppressGroup: null,
  iif: null,
  oif: null,
  tunnelId: null,
  uidRange: null,
  protocol: null,
  ipProtocol: null,
  sourcePorts: null,
  destinationPorts: null,
  action: { to: "table", table: 100 },
};

const A = route("198.51.100.0");
const B = route("203.0.113.0");
const KEY_A = "route 198.51.100.0/24";
const KEY_B = "route 203.0.113.0/24";

const shown = (scenario: Scenario) =>
  scenario
    .status()
    .fixtures.map(({ key, present, refusal }) => `${key} ${present}${refusal ? ` ${refusal}` : ""}`);

t.test("a master adds them behind its addresses, and takes them out before these", async (t) => {
  const scenario = Scenario.started({ fixtures: [A, B] });
  scenario.take();
  while (scenario.state !== "MASTER") scenario.nextDeadline();
  t.same(
    scenario.take("add").map((line) => line.replace(/^\S+ /, "")),
    ["add 192.0.2.10/32", `add ${KEY_A}, ${KEY_B}`],
  );
  t.same(shown(scenario), [`${KEY_A} true`, `${KEY_B} true`]);
  scenario.shutdown();
  t.same(
    scenario.take("remove").map((line) => line.replace(/^\S+ /, "")),
    [`remove ${KEY_A}, ${KEY_B}`, "remove 192.0.2.10/32"],
  );
  t.equal(scenario.fixtures.size, 0);
});

t.test("what an earlier run left goes at the start, if it bears the mark", async (t) => {
  const others = route("192.0.2.0", { protocol: 4 }, false);
  const scenario = new Scenario({ fixtures: [A, others] });
  scenario.fixtures.add(A.key).add(others.key);
  scenario.start();
  t.same([...scenario.fixtures], [others.key]);
});

t.test("of what does not bear the mark, only what this process has added goes", async (t) => {
  const found: FixtureConfig = { ...A, key: fixtureKey(RULE), fixture: RULE, guarded: false };
  const added = route("192.0.2.0", { protocol: 4 }, false);
  const scenario = new Scenario({ fixtures: [found, added] });
  scenario.fixtures.add(found.key);
  scenario.start();
  t.same([...scenario.fixtures], [found.key], "at the start");
  const lead = () => {
    while (scenario.state !== "MASTER") scenario.nextDeadline();
  };
  lead();
  t.same([...scenario.fixtures], [found.key, added.key]);
  scenario.advert({ priority: 200 });
  t.equal(scenario.state, "BACKUP");
  t.same([...scenario.fixtures], [found.key]);
  scenario.fixtures.clear();
  lead();
  t.same([...scenario.fixtures], [found.key, added.key]);
  t.equal(scenario.status().counters.routesPutBack, 0);
  scenario.shutdown();
  t.equal(scenario.fixtures.size, 0, "now both are ours");
});

t.test("what several have stays until the last of them lets it go", async (t) => {
  const free = route("192.0.2.0", { protocol: 4 }, false);
  const both = [{ fixtures: [A, free] }, { name: "other", virtualRouterId: 9, fixtures: [A, free] }];
  const lead = (scenario: Scenario) => {
    while ([0, 1].some((at) => scenario.status(at).state !== "MASTER")) scenario.nextDeadline();
  };
  const scenario = new Scenario(coreConfig(both));
  scenario.start();
  lead(scenario);
  scenario.take();
  scenario.advert({ priority: 200 });
  t.equal(scenario.state, "BACKUP");
  t.same([...scenario.fixtures], [A.key, free.key], "the other is master still");
  t.same(shown(scenario), [`${KEY_A} false`, `${free.key} false`]);
  lead(scenario);
  t.equal(scenario.status().counters.routesPutBack, 0);
  scenario.send({ type: "configure", config: coreConfig([both[0]!, { ...both[1], fixtures: [] }]) });
  t.same([...scenario.fixtures], [A.key, free.key], "the first is master again");
  scenario.shutdown();
  t.equal(scenario.fixtures.size, 0);
});

t.test("a removal that was refused is not tried again once another one wants it", async (t) => {
  const scenario = Scenario.master({ fixtures: [A] });
  scenario.kernel = (operation, what) => (operation === "remove" && what === A.key ? "ENOBUFS" : null);
  scenario.configure({ fixtures: [] });
  scenario.kernel = () => null;
  scenario.send({ type: "configure", config: { ...coreConfig([{}]), statics: [A] } });
  scenario.advance(5);
  t.same([...scenario.fixtures], [A.key]);
  t.equal(scenario.core.status().staticCounters.routesPutBack, 0);
});

t.test("a master finds what was there already, and nothing was lost", async (t) => {
  const scenario = Scenario.started({ fixtures: [A] });
  scenario.fixtures.add(A.key);
  while (scenario.state !== "MASTER") scenario.nextDeadline();
  t.same(shown(scenario), [`${KEY_A} true`]);
  t.equal(scenario.status().counters.routesPutBack, 0);
});

t.test("what has gone is put back, counted and said; what is not guarded is left alone", async (t) => {
  const free = route("192.0.2.0", {}, false);
  const scenario = Scenario.master({ fixtures: [A, free] });
  scenario.send({ type: "fixturesDoubted" });
  t.same(scenario.take("warn"), [], "nothing has gone");
  scenario.fixtures.clear();
  scenario.send({ type: "fixturesDoubted" });
  t.same([...scenario.fixtures], [A.key]);
  t.match(scenario.take("warn"), [
    /route-lost: \(web\) route 198.51.100.0\/24: it was gone, and was put back/,
  ]);
  t.equal(scenario.status().counters.routesPutBack, 1);
});

t.test("a backup asks for nothing when something of the host changes", async (t) => {
  const scenario = Scenario.started({ fixtures: [A] });
  scenario.take();
  scenario.send({ type: "fixturesDoubted" });
  t.same(scenario.take(), []);
});

t.test("what the kernel refuses is tried again, ever later, and at once when the host changes", async (t) => {
  const scenario = Scenario.started({ fixtures: [A] });
  scenario.kernel = (operation, what) => (operation === "add" && what === A.key ? "ENETUNREACH" : null);
  while (scenario.state !== "MASTER") scenario.nextDeadline();
  t.same(shown(scenario), [`${KEY_A} false the kernel refuses to add it: ENETUNREACH`]);
  t.equal(
    scenario.status().deadlines.some(({ reason }) => reason === "reconcile routes"),
    true,
  );
  const from = scenario.now;
  scenario.take();
  scenario.until(from / 1e6 + 8);
  const tries = scenario.take(`add ${KEY_A}`).map((line) => Math.round(Number.parseFloat(line) - from / 1e6));
  t.same(tries, [1, 3, 7]);
  t.equal(scenario.status().counters.routesRefused, 4);
  t.same(scenario.status().counters.routesRefusedByErrno, { ENETUNREACH: 4 });
  scenario.kernel = () => null;
  scenario.send({ type: "fixturesDoubted" });
  t.same(shown(scenario), [`${KEY_A} true`]);
  t.equal(scenario.status().counters.routesPutBack, 0, "it had not been there");
});

t.test("a removal that is refused is tried again, after the end too", async (t) => {
  const scenario = Scenario.master({ fixtures: [A] });
  scenario.kernel = (operation, what) => (operation === "remove" && what === A.key ? "ENOBUFS" : null);
  scenario.shutdown();
  t.same([...scenario.fixtures], [A.key]);
  scenario.kernel = () => null;
  scenario.advance(2);
  t.equal(scenario.fixtures.size, 0);
});

t.test("another configuration: what is new comes, what is gone goes, the rest is not touched", async (t) => {
  const scenario = Scenario.master({ fixtures: [A] });
  scenario.configure({ fixtures: [A, B] });
  t.same(
    scenario.take("add", "remove").map((line) => line.replace(/^\S+ /, "")),
    [`add ${KEY_B}`],
  );
  scenario.configure({ fixtures: [B] });
  t.same(
    scenario.take("add", "remove").map((line) => line.replace(/^\S+ /, "")),
    [`remove ${KEY_A}`],
  );
  t.same([...scenario.fixtures], [B.key]);
});

t.test("a virtual router that leaves the configuration leaves none behind, refused or not", async (t) => {
  const scenario = Scenario.master({ fixtures: [A] });
  scenario.kernel = (operation, what) => (operation === "remove" && what === A.key ? "ENOBUFS" : null);
  scenario.send({
    type: "configure",
    config: coreConfig([{ virtualRouterId: 9, name: "other" }]),
  });
  t.same([...scenario.fixtures], [A.key]);
  scenario.kernel = () => null;
  scenario.advance(2);
  t.equal(scenario.fixtures.size, 0);
});

t.test("what is static comes with the lock, is put back, and goes at the end", async (t) => {
  const statics = [A, route("192.0.2.0", {}, false)];
  const scenario = new Scenario({ ...coreConfig([{}]), statics });
  scenario.lockHolder = "another vrrpd";
  scenario.start();
  t.equal(scenario.fixtures.size, 0, "another daemon has them there");
  scenario.send({ type: "lock", router: scenario.router, holder: null });
  t.equal(scenario.fixtures.size, 2);
  scenario.fixtures.clear();
  scenario.send({ type: "fixturesDoubted" });
  t.same([...scenario.fixtures], [A.key]);
  t.equal(scenario.core.status().staticCounters.routesPutBack, 1);
  scenario.send({ type: "configure", config: { ...coreConfig([{}]), statics: [B] } });
  t.same([...scenario.fixtures], [B.key]);
  scenario.shutdown();
  t.equal(scenario.fixtures.size, 0);
});

function address(text: string, more: Partial<FixedAddress> = {}): FixtureConfig {
  const entry = { address: ip(text), prefixLength: 24 };
  const fixture: FixedAddress = { ...PLAIN_DRESS, ...entry, kind: "address", interface: "eth0", ...more };
  return { key: fixtureKey(fixture), fixture, guarded: true, trackedInterfaces: [] };
}

t.test("a static address that was there before stays, at the end and when its line goes", async (t) => {
  const config = address("192.0.2.77");
  const scenario = new Scenario({ ...coreConfig([{}]), statics: [config] });
  scenario.fixtures.add(config.key);
  scenario.start();
  scenario.send({ type: "configure", config: { ...coreConfig([{}]), statics: [] } });
  t.same([...scenario.fixtures], [config.key]);
  scenario.send({ type: "configure", config: { ...coreConfig([{}]), statics: [config] } });
  scenario.shutdown();
  t.same([...scenario.fixtures], [config.key]);
});

t.test("a static address that wears something else is put there anew", async (t) => {
  const before = address("192.0.2.77");
  const scenario = new Scenario({ ...coreConfig([{}]), statics: [before] });
  scenario.start();
  for (const more of [{ label: "eth0:a" }, { scope: 253 }, { broadcast: ip("192.0.2.255") }]) {
    scenario.take();
    const after = address("192.0.2.77", more);
    scenario.send({ type: "configure", config: { ...coreConfig([{}]), statics: [after] } });
    t.match(scenario.take("add", "remove"), [/ remove address 192\.0\.2\.77\/24 dev/, / add /]);
    t.same([...scenario.fixtures], [after.key]);
  }
});

t.test("a stalled master asks for nothing, and for all of them when it goes on", async (t) => {
  const scenario = Scenario.master({ fixtures: [A] });
  scenario.now += 60_000_000;
  scenario.send({ type: "fixturesDoubted" });
  scenario.send({ type: "deadline" });
  scenario.take();
  scenario.fixtures.clear();
  scenario.send({ type: "fixturesDoubted" });
  t.equal(scenario.fixtures.size, 0, "it listens");
  scenario.advance(10);
  t.equal(scenario.state, "MASTER");
  t.same([...scenario.fixtures], [A.key]);
});
