/** Virtual addresses and sources of a file, planned for a host. */
import t from "tap";
import { type HostFacts, type Plan, plan, promotionWarning } from "../../../src/config/index.js";
import { FIRST_LOOK, held, host } from "../support.js";
import { readText } from "./support.js";

const HOST = host({
  eth0: ["192.0.2.40/24", "192.0.2.41/24"],
  eth1: ["203.0.113.1/24"],
  lo: ["198.51.100.1/32"],
});

function instance(lines: string, name = "VI_1", id = 51, on = "eth0"): string {
  return `vrrp_instance ${name} {\ninterface ${on}\nvirtual_router_id ${id}\npriority 100\n${lines}\n}\n`;
}

function planned(text: string, facts: HostFacts = HOST): Plan {
  return plan(readText(text), facts, FIRST_LOOK);
}

function routerOf(made: Plan, at = 0) {
  return [...made.routers.values()][at]!;
}

const sourceOf = (text: string, facts: HostFacts, at = 0) => routerOf(planned(text, facts), at).source;
const vips = (...lines: string[]) => `virtual_ipaddress {\n${lines.join("\n")}\n}`;

t.test(
  "each address is on its interface, the advertised ones first, and only those are counted",
  async (t) => {
    const { config } = routerOf(
      planned(
        instance(
          `virtual_ipaddress_excluded {\n2001:db8::5/64 dev eth1\n}\n${vips("192.0.2.101/24", "203.0.113.5/24 dev eth1 label eth1:x")}`,
        ),
      ),
    );
    t.match(config.virtualAddresses, [
      { address: { text: "192.0.2.101" }, interface: "eth0", advertised: true, label: null },
      { address: { text: "203.0.113.5" }, interface: "eth1", advertised: true, label: "eth1:x" },
      { address: { text: "2001:db8::5" }, interface: "eth1", advertised: false },
    ]);
    t.equal(config.advertisedCount, 2);
  },
);

t.test("another interface is tracked, once and not with no_track; the instance's own is not", async (t) => {
  const tracks = (...lines: string[]) => routerOf(planned(instance(vips(...lines)))).config.tracks;
  const fault = { on: { interface: "eth1" }, effect: "fault", reversed: false };
  t.same(tracks("192.0.2.101 dev eth0", "203.0.113.5 dev eth1", "203.0.113.6 dev eth1"), [fault]);
  t.same(tracks("192.0.2.101", "203.0.113.5 dev eth1 no_track"), []);
});

t.test(
  "an address that stands twice in an instance is one; in two instances it is a contradiction",
  async (t) => {
    const twice = planned(
      instance(vips("192.0.2.101/24", "192.0.2.101/24", "192.0.2.101/32", "192.0.2.101/24 dev eth1")),
    );
    t.equal(routerOf(twice).config.virtualAddresses.length, 3);
    const lines = vips("203.0.113.5/24 dev eth1");
    const both = planned(instance(lines) + instance(lines, "VI_2", 52));
    t.equal(routerOf(both, 0).contradiction, null);
    t.match(
      routerOf(both, 1).config.contradiction,
      /^VI_2 and VI_1 both have 203\.0\.113\.5\/24 on eth1; only one of them can$/,
    );
    const apart = planned(
      instance(vips("192.0.2.101/24")) + instance(vips("192.0.2.101/24 dev eth1"), "VI_2", 52),
    );
    t.equal(routerOf(apart, 1).contradiction, null, "on two interfaces they are two");
  },
);

t.test("a source is the interface's first address, but for virtual ones that were left behind", async (t) => {
  const first = (...addresses: Parameters<typeof held>[]) =>
    sourceOf(instance(vips("192.0.2.101/24")), host({ eth0: addresses.map((one) => held(...one)) })).address
      ?.text;
  t.equal(first(["192.0.2.7/32"], ["192.0.2.40/24"]), "192.0.2.7", "however it ranks");
  t.equal(first(["192.0.2.101/24"], ["192.0.2.40/24"]), "192.0.2.40", "left by a killed Keepalived");
  t.equal(first(["192.0.2.9/24", { marked: true }], ["192.0.2.40/24"]), "192.0.2.40");
  t.equal(first(["192.0.2.101/24"]), "192.0.2.101", "the only one is the node's own");
  const owner = instance(vips("192.0.2.101/24")).replace("priority 100", "priority 255");
  const facts = host({ eth0: ["192.0.2.101/24", "192.0.2.40/24"] });
  t.equal(sourceOf(owner, facts).address?.text, "192.0.2.101", "an owner's is its own");
  const six = instance(vips("2001:db8::101/64"));
  const sixes = host({ eth0: ["2001:db8::1/64", "fe80::2/64", "fe80::1/64"] });
  t.equal(sourceOf(six, sixes).address?.text, "fe80::2");
});

t.test("a static address is the node's own, though it is marked", async (t) => {
  const marked = { marked: true };
  const facts = host({ eth0: [held("192.0.2.7/24", marked)] });
  const statics = (...lines: string[]) =>
    `static_ipaddress {\n${lines.join("\n")}\n}\n${instance(vips("192.0.2.101/24"))}`;
  const source = (text: string, addresses = facts) => sourceOf(text, addresses).address?.text;
  const made = planned(statics("192.0.2.7/24 dev eth0"), facts);
  t.equal(routerOf(made).source.address?.text, "192.0.2.7");
  t.equal(made.interfaces[0]!.nodeAddress?.text, "192.0.2.7");
  t.equal(
    promotionWarning(made, "eth0", facts, () => false),
    null,
    "it comes first in its subnet",
  );
  t.equal(
    source(statics("192.0.2.7/25 dev eth0", "192.0.2.8/24 dev eth0", "192.0.2.7/24 dev eth1")),
    undefined,
  );
  const virtual = host({ eth0: [held("192.0.2.101/24", marked)] });
  t.equal(source(statics("192.0.2.101/24 dev eth0"), virtual), undefined, "what is virtual comes and goes");
});

t.test("a source that is asked for may be anywhere on this host", async (t) => {
  const asked = (source: string) => instance(`mcast_src_ip ${source}\n${vips("192.0.2.101")}`);
  t.same(sourceOf(asked("192.0.2.41"), HOST), { address: held("192.0.2.41").address, detail: null });
  t.match(sourceOf(asked("198.51.100.1"), HOST), { address: { text: "198.51.100.1" }, elsewhere: "lo" });
  t.match(sourceOf(asked("198.51.100.9"), HOST), {
    address: null,
    detail: /198\.51\.100\.9, which this host does not have yet$/,
  });
});

t.test("each instance of an interface has its own source", async (t) => {
  const text =
    instance(`mcast_src_ip 192.0.2.41\n${vips("192.0.2.101")}`) +
    instance(vips("192.0.2.102"), "VI_2", 52) +
    instance(`mcast_src_ip fe80::9\n${vips("2001:db8::101/64")}`, "VI_6", 53);
  const facts = host({ eth0: ["192.0.2.40/24", "192.0.2.41/24", "fe80::1/64", "fe80::9/64"] });
  const made = planned(text, facts);
  t.same(
    [...made.routers.values()].map(({ source }) => source.address?.text),
    ["192.0.2.41", "192.0.2.40", "fe80::9"],
  );
});
