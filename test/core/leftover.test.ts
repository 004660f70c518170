import t from "tap";
import { isAlone, isLeftover } from "../../src/core/addresses/leftover.js";
import type { InterfaceAddress } from "../../src/core/input.js";
import { Scenario } from "./scenario.js";
import { kernelAddress, ROUTER } from "./values.js";

const OWN = kernelAddress("192.0.2.2/24");
const BARE = kernelAddress("192.0.2.10");

const LEASE_SECONDS = 90;

function leftover(
  address: InterfaceAddress,
  others: readonly InterfaceAddress[],
  leaseSeconds: number | null = LEASE_SECONDS,
  equalPrefixes: readonly number[] = [],
  elsewherePrefixes: readonly number[] = [],
): boolean {
  const virtual = ["192.0.2.10", "192.0.2.11", "2001:db8::10", "2001:db8::11"];
  const leased = (seconds: number | null) => ({ leaseSeconds: seconds, equalPrefixes, elsewherePrefixes });
  const signs = new Map(virtual.map((text) => [text, leased(leaseSeconds)]));
  signs.set("192.0.2.12", leased(3600));
  return isLeftover(address, leased(leaseSeconds), () =>
    isAlone(address, { all: [...others, address], signs }),
  );
}

t.test(
  "a leftover has our mark, or what is left of our lease, or is bare beside another address",
  async (t) => {
    t.equal(leftover(kernelAddress("192.0.2.10/24", { marked: true }), [OWN]), true);
    t.equal(leftover(kernelAddress("192.0.2.10/24", { validSeconds: 60 }), [OWN]), true);
    t.equal(leftover(BARE, [OWN]), true);
    t.equal(leftover(kernelAddress("192.0.2.10/24"), [OWN]), false, "not bare");
    const six = kernelAddress("2001:db8::10", { nodad: true });
    t.equal(leftover(six, [kernelAddress("fe80::1/64")]), true, "as we add it");
    t.equal(leftover(kernelAddress("2001:db8::10"), [kernelAddress("2001:db8::1/64")]), true);
  },
);

t.test("a lifetime above ours, without our mark, is that of the node's own address", async (t) => {
  const dhcp = (validSeconds: number) => kernelAddress("192.0.2.10", { validSeconds });
  t.equal(leftover(dhcp(3600), []), false, "the only address");
  t.equal(leftover(dhcp(3600), [OWN]), false, "beside another");
  t.equal(leftover(dhcp(91), [OWN]), false);
  t.equal(leftover(dhcp(90), [OWN]), true);
  t.equal(leftover(dhcp(90), [OWN], 30), false, "the lease that is configured counts");
  t.equal(leftover(dhcp(90), [OWN], null), true, "without one the usual lease");
  t.equal(leftover(dhcp(3600), [OWN], null), false);
  t.equal(leftover({ ...dhcp(3600), marked: true }, [OWN]), true, "an earlier run had a longer lease");
  const six = kernelAddress("2001:db8::10", { validSeconds: 3600, nodad: true });
  t.equal(leftover(six, [kernelAddress("2001:db8::1/64"), kernelAddress("fe80::1/64")]), false);
});

t.test("the address that a node lives on is its own, however it looks", async (t) => {
  t.equal(leftover(BARE, []), false);
  t.equal(leftover(BARE, [kernelAddress("2001:db8::1/64")]), false, "the only one of its family");
  t.equal(
    leftover(kernelAddress("192.0.2.10", { validSeconds: 20 }), []),
    false,
    "at the end of a DHCP lease",
  );
  t.equal(
    leftover(BARE, [kernelAddress("192.0.2.11")]),
    false,
    "the other one is virtual, and may go as well",
  );
  const dhcp = kernelAddress("192.0.2.11", { validSeconds: 3600 });
  t.equal(leftover(BARE, [dhcp]), true, "the other one is virtual and stays");
  const leased = kernelAddress("192.0.2.12", { validSeconds: 3600 });
  t.equal(leftover(BARE, [leased]), false, "the other one has the lease of its own virtual router");
  t.equal(
    leftover(BARE, [kernelAddress("192.0.2.99", { marked: true })]),
    false,
    "the other one ends by itself",
  );
  const six = kernelAddress("2001:db8::10", { validSeconds: 20 });
  t.equal(leftover(six, [kernelAddress("fe80::1/64")]), false, "nobody reaches it by a link-local address");
  t.equal(leftover(kernelAddress("192.0.2.10", { marked: true }), []), true, "the mark says whose it is");
});

t.test(
  "where that is asked for, what equals a virtual address is a leftover, with the same prefix alone",
  async (t) => {
    const equal = (text: string, others: readonly InterfaceAddress[], prefixes = [24]) =>
      leftover(kernelAddress(text), others, null, prefixes);
    t.equal(equal("192.0.2.10/24", [OWN]), true);
    t.equal(equal("192.0.2.10/25", [OWN]), false, "another prefix");
    t.equal(
      leftover(kernelAddress("192.0.2.10/24"), [], null, [24], [24]),
      true,
      "the only one of another interface",
    );
    t.equal(equal("192.0.2.10/24", []), false, "the only address");
    t.equal(
      equal("192.0.2.10/24", [kernelAddress("192.0.2.11/24")]),
      true,
      "one of several, as a killed Keepalived leaves them",
    );
    t.equal(
      equal("192.0.2.10/24", [kernelAddress("192.0.2.11/25")]),
      true,
      "the other one does not equal its own",
    );
    t.equal(
      equal("2001:db8::10/64", [kernelAddress("fe80::1/64")], [64]),
      false,
      "the only one of its family",
    );
    t.equal(equal("2001:db8::10/64", [kernelAddress("2001:db8::1/64")], [64]), true);
  },
);

t.test("an equal address is removed on a backup at start, and taken over by a master", async (t) => {
  const settings = { virtualAddresses: ["192.0.2.10/24"], leftovers: "equal" } as const;
  const equal = kernelAddress("192.0.2.10/24");
  const backup = new Scenario(settings);
  backup.link({});
  backup.addresses([OWN, equal]);
  t.same(backup.take("remove"), ["0.000 remove 192.0.2.10/24"]);
  const alone = new Scenario(settings);
  alone.link({});
  alone.addresses([equal]);
  t.same(alone.take("remove"), [], "but for the only one");
  t.equal(alone.status().virtualAddresses[0]?.presence, "own");
  const marked = new Scenario({ ...settings, leftovers: "marked" });
  marked.link({});
  marked.addresses([OWN, equal]);
  t.same(marked.take("remove"), [], "nor without being asked");
  const owner = Scenario.master(settings);
  owner.changed("removed", equal);
  owner.changed("added", equal);
  owner.advance(1);
  t.equal(owner.status().virtualAddresses[0]?.presence, "ours");
});

t.test("leftovers are removed at start, but only once the lock is held", async (t) => {
  const scenario = new Scenario({ virtualAddresses: ["192.0.2.10", "192.0.2.11", "192.0.2.12"] });
  scenario.lockHolder = undefined;
  scenario.link({});
  scenario.addresses([OWN, BARE, kernelAddress("192.0.2.12/24")]);
  scenario.until(5);
  t.same(scenario.take("remove"), []);
  scenario.send({ type: "lock", router: ROUTER, holder: null });
  t.same(scenario.take("remove"), ["5.000 remove 192.0.2.10/32"], "and never the node's own");
});

t.test("leftovers are removed at start in whatever order the facts come", async (t) => {
  const facts: Record<string, (scenario: Scenario) => void> = {
    link: (scenario) => scenario.link({}),
    source: (scenario) => scenario.source("192.0.2.2"),
    addresses: (scenario) => scenario.addresses([OWN, BARE]),
  };
  for (const order of [
    ["link", "source", "addresses"],
    ["link", "addresses", "source"],
    ["source", "link", "addresses"],
    ["addresses", "source", "link"],
  ]) {
    const scenario = new Scenario();
    for (const fact of order) facts[fact]!(scenario);
    t.same(scenario.take("remove"), ["0.000 remove 192.0.2.10/32"], order.join(", "));
    scenario.advance(1);
    t.same(scenario.take("warn"), [], "and is not taken for somebody's meddling");
  }
});

t.test("a leftover whose removal is refused is tried again", async (t) => {
  const scenario = new Scenario();
  scenario.kernel = () => "ENOBUFS";
  scenario.link({});
  scenario.addresses([OWN, BARE]);
  scenario.take();
  scenario.kernel = () => null;
  scenario.advance(0.2);
  t.same(scenario.take("remove"), ["0.100 remove 192.0.2.10/32"]);
});

t.test("an address that appears on a backup is reported after 100 ms, and left there", async (t) => {
  const scenario = Scenario.started();
  scenario.advert({ priority: 200 });
  scenario.take();
  scenario.changed("added", BARE);
  scenario.advance(0.099999);
  t.same(scenario.take(), []);
  scenario.advance(0.000001);
  t.match(scenario.take(), [
    /warn address-on-backup: \(web\) 192.0.2.10\/32: somebody added it on a backup$/,
  ]);
  scenario.advance(2);
  t.same(scenario.take("remove"), []);
});

t.test("with guardRemove it is removed as well", async (t) => {
  const scenario = Scenario.started({ guardRemove: true });
  scenario.advert({ priority: 200 });
  scenario.take();
  scenario.changed("added", BARE);
  scenario.advance(0.1);
  t.match(scenario.take("warn", "remove"), [/it is removed$/, "0.100 remove 192.0.2.10/32"]);
});

t.test("the echo of our own last add is not taken for somebody's", async (t) => {
  const scenario = Scenario.master({ guardRemove: true });
  scenario.advert({ priority: 200 });
  scenario.take();
  scenario.changed("added", BARE);
  scenario.changed("removed", BARE);
  scenario.advance(1);
  t.same(scenario.take("warn", "remove"), []);
});

t.test("the node's own address, added later, is not reported as somebody's, nor guarded", async (t) => {
  const scenario = Scenario.started({ guardRemove: true });
  scenario.advert({ priority: 200 });
  scenario.changed("added", kernelAddress("192.0.2.10/24"));
  scenario.advance(1);
  t.same(scenario.take("remove"), []);
});

t.test("a master takes a leftover over and removes it at the end", async (t) => {
  const scenario = Scenario.started();
  scenario.changed("added", BARE);
  scenario.until(5);
  t.equal(scenario.status().virtualAddresses[0]?.presence, "ours");
  scenario.take();
  scenario.shutdown();
  t.same(scenario.take("remove"), ["5.000 remove 192.0.2.10/32"]);
});

t.test("a leftover that the kernel refuses to renew is removed at the end all the same", async (t) => {
  const scenario = Scenario.started();
  scenario.changed("added", BARE);
  scenario.kernel = (operation) => (operation === "add" ? "ENOMEM" : null);
  scenario.until(5);
  scenario.take();
  scenario.shutdown();
  t.same(scenario.take("remove"), ["5.000 remove 192.0.2.10/32"]);
});

t.test("an address that comes later and is all that the interface has is the node's own", async (t) => {
  const scenario = Scenario.started({ guardRemove: true });
  scenario.changed("added", BARE, true);
  t.equal(scenario.status().virtualAddresses[0]?.presence, "own");
  scenario.until(5);
  scenario.shutdown();
  t.same(scenario.take("remove", "add"), []);
  const many = Scenario.started({ virtualAddresses: ["192.0.2.10", "192.0.2.11"] });
  many.addresses([BARE, kernelAddress("192.0.2.11")]);
  t.same(many.take("remove"), [], "nor both of two that are all it has");
});
