/** What adverts are sent from: one rule for node address, source, and what the peers expect. */
import t from "tap";
import type { InterfaceAddress } from "../../src/core/input.js";
import { held, host, ip, planOf } from "./support.js";

type Addresses = Parameters<typeof host>[0][string];

const V4 = { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100" };
const V6 = { OPENSHIFT_HA_VIRTUAL_IPS: "2001:db8::100" };

/** Text of the source, or the sentence that says why there is none. */
function sourceOf(
  family: "ipv4" | "ipv6",
  addresses: Addresses,
  env: Readonly<Record<string, string>> = {},
  defaultRouteSource: string | null = null,
): string {
  const route = { interface: "eth0", source: defaultRouteSource === null ? null : ip(defaultRouteSource) };
  const planned = planOf({ ...(family === "ipv4" ? V4 : V6), ...env }, host({ eth0: addresses }, route));
  const { address, detail } = planned.sources[family];
  return address?.text ?? (detail as string);
}

const linkLocal = (text: string, more: Partial<InterfaceAddress> = {}) =>
  held(text, { scope: "link", ...more });

t.test("[7.2-3 +-] IPv4: the node address, whatever other programs put before it", (t) => {
  const addresses = [
    "192.0.2.100/32",
    "198.51.100.7/32",
    held("192.0.2.11/24", { secondary: true }),
    held("192.0.2.12/24", { label: "eth0:vip" }),
    "192.0.2.1/24",
    "192.0.2.2/24",
  ];
  t.equal(sourceOf("ipv4", addresses), "192.0.2.1");
  t.equal(planOf(V4, host({ eth0: addresses })).nodeAddress?.text, "192.0.2.1");
  t.equal(sourceOf("ipv4", addresses, {}, "192.0.2.2"), "192.0.2.2", "the default route's source");
  t.equal(sourceOf("ipv4", addresses, {}, "198.51.100.7"), "198.51.100.7", "even of a single host");
  t.equal(sourceOf("ipv4", addresses, {}, "203.0.113.1"), "192.0.2.1", "not one that is elsewhere");
  const deprecated = held("192.0.2.1/24", { deprecated: true });
  t.equal(sourceOf("ipv4", [deprecated, "192.0.2.2/24"]), "192.0.2.2");
  t.equal(sourceOf("ipv4", ["192.0.2.7/32"]), "192.0.2.7", "a single host's where there is no other");
  t.end();
});

t.test("IPv4: a secondary address behind a virtual one is the node's, behind another it is not", (t) => {
  const own = held("192.0.2.40/24", { secondary: true });
  const nodeAddress = (...addresses: Addresses) => planOf(V4, host({ eth0: addresses })).nodeAddress?.text;
  t.equal(nodeAddress("192.0.2.100/24", own), "192.0.2.40");
  t.equal(nodeAddress(own, "192.0.2.100/24"), "192.0.2.40");
  t.equal(nodeAddress(held("192.0.2.7/24", { marked: true }), own), "192.0.2.40", "of an earlier list");
  t.equal(nodeAddress("192.0.2.1/24", own), "192.0.2.1");
  t.equal(nodeAddress(own, "192.0.2.100/25"), "192.0.2.40", "its primary went a moment ago");
  const behindAnother = held("198.51.100.7/25", { secondary: true });
  t.equal(nodeAddress(behindAnother, "198.51.100.1/25", "192.0.2.100/24"), "198.51.100.1");
  t.end();
});

t.test("IPv4: without one any other that is not virtual, 169.254/16 last", (t) => {
  const autoconfigured = held("169.254.3.4/16", { scope: "link" });
  const secondary = held("192.0.2.11/24", { secondary: true });
  t.equal(sourceOf("ipv4", [autoconfigured, secondary]), "192.0.2.11");
  t.equal(sourceOf("ipv4", [autoconfigured]), "169.254.3.4");
  t.end();
});

t.test("[7.2-3 -] IPv4: virtual addresses alone are none, but for one that is the node's own", (t) => {
  const marked = held("192.0.2.11/32", { marked: true });
  const virtual = held("192.0.2.100/32", { marked: true });
  t.equal(sourceOf("ipv4", [virtual, marked]), "eth0 has no IPv4 address of its own");
  t.equal(sourceOf("ipv4", []), "eth0 has no IPv4 address of its own");
  t.equal(sourceOf("ipv4", ["192.0.2.100/24"]), "192.0.2.100");
  t.end();
});

t.test("[7.2-3 +-] IPv6, multicast: the first link-local address that is not tentative", (t) => {
  const tentative = linkLocal("fe80::1/64", { tentative: true });
  const deprecated = linkLocal("fe80::3/64", { deprecated: true });
  t.equal(sourceOf("ipv6", ["2001:db8::1/64", tentative, deprecated, linkLocal("fe80::2/64")]), "fe80::2");
  t.equal(sourceOf("ipv6", ["2001:db8::1/64", tentative]), "the IPv6 address fe80::1 of eth0 is tentative");
  t.equal(sourceOf("ipv6", ["2001:db8::1/64"]), "eth0 has no link-local IPv6 address");
  const virtual = { OPENSHIFT_HA_VIRTUAL_IPS: "fe80::2/64" };
  t.equal(sourceOf("ipv6", [linkLocal("fe80::2/64")], virtual), "eth0 has no link-local IPv6 address");
  t.end();
});

t.test("IPv6, unicast: of the scope of each peer", (t) => {
  const addresses = [
    linkLocal("fe80::1/64"),
    held("2001:db8::aaaa/64", { temporary: true }),
    held("2001:db8::bbbb/64", { deprecated: true }),
    held("2001:db8::cccc/64", { tentative: true }),
    "2001:db8::100/128",
    "2001:db8::dddd/128",
    "2001:db8::1/64",
  ];
  const toPeers = (peers: string, on: Addresses = addresses) =>
    planOf(
      { ...V6, OPENSHIFT_HA_UNICAST_PEERS: peers },
      host({ eth0: on }),
    ).core.routers[0]!.unicastPeers.map(({ source }) => source?.text ?? null);
  t.same(toPeers("2001:db8::2"), ["2001:db8::1"]);
  t.same(toPeers("fe80::2"), ["fe80::1"]);
  t.same(toPeers("2001:db8::2,fe80::2"), ["2001:db8::1", "fe80::1"], "of both scopes, each its own");
  t.same(toPeers("2001:db8::2,2001:db8::dddd"), ["2001:db8::dddd"], "the one that the list has");
  t.same(toPeers("2001:db8::2", addresses.slice(0, 6)), ["2001:db8::dddd"], "else of a single host");
  t.same(toPeers("2001:db8::2", addresses.slice(0, 4)), ["2001:db8::aaaa"], "else a temporary one");
  t.same(toPeers("2001:db8::2", [addresses[0]!, addresses[2]!]), ["2001:db8::bbbb"], "deprecated at last");
  t.same(toPeers("2001:db8::2", [addresses[0]!, addresses[3]!]), [null], "never a tentative one");
  const strict = { OPENSHIFT_HA_UNICAST_PEERS: "fe80::2,2001:db8::2" };
  t.equal(
    sourceOf("ipv6", [linkLocal("fe80::1/64")], strict),
    "eth0 has no global IPv6 address, which the peer 2001:db8::2 needs",
    "a peer that could not hear us is waited for",
  );
  t.end();
});

t.test("IPv6, unicast: of several global ones that which the route prefers", (t) => {
  const addresses = ["2001:db8:1::1/64", "2001:db8:2::1/64"];
  const env = { ...V6, OPENSHIFT_HA_UNICAST_PEERS: "2001:db8:2::2" };
  const planned = (source: string) =>
    planOf(
      env,
      host({ eth0: addresses }, null, 1500, {
        "2001:db8:2::2": { interface: "eth0", gateway: null, source: ip(source) },
      }),
    ).sources.ipv6.address?.text;
  t.equal(planned("2001:db8:2::1"), "2001:db8:2::1");
  t.equal(planned("2001:db8::100"), "2001:db8:1::1", "but never a virtual one");
  t.end();
});

t.test("a source variable is obeyed, and waited for", (t) => {
  const addresses = ["192.0.2.10/24", "192.0.2.11/24", linkLocal("fe80::1/64"), linkLocal("fe80::5/64")];
  const both = {
    MULTICAST_SOURCE_IPADDRESS: "192.0.2.11, fe80::5",
    OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100,2001:db8::100",
  };
  t.equal(sourceOf("ipv4", addresses, both), "192.0.2.11");
  t.equal(sourceOf("ipv6", addresses, both), "fe80::5");
  t.equal(planOf(both, host({ eth0: addresses })).nodeAddress?.text, "192.0.2.10", "priorities stay");
  const lacking = { MULTICAST_SOURCE_IPADDRESS: "192.0.2.77" };
  t.match(
    sourceOf("ipv4", addresses, lacking),
    "MULTICAST_SOURCE_IPADDRESS asks for 192.0.2.77, which eth0 does not have yet",
  );
  const unicast = { OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.3", UNICAST_SOURCE_IPADDRESS: "192.0.2.11" };
  t.equal(sourceOf("ipv4", addresses, { ...unicast, ...lacking }), "192.0.2.11");
  t.match(planOf({ ...unicast, ...lacking }, host({ eth0: addresses })).sentences, [
    /^MULTICAST_SOURCE_IPADDRESS does not count: OPENSHIFT_HA_UNICAST_PEERS is set, which means unicast$/,
  ]);
  t.end();
});

t.test("routes: what lies behind a router needs less, and what is unknown counts as near", (t) => {
  const peers = "192.0.2.3,198.51.100.3,203.0.113.3,203.0.113.4";
  const routes = {
    "192.0.2.3": { interface: "eth0", gateway: null, source: ip("192.0.2.10") },
    "198.51.100.3": { interface: "eth0", gateway: ip("192.0.2.1"), source: ip("192.0.2.10") },
    "203.0.113.3": { interface: "eth1", gateway: ip("203.0.113.1"), source: null },
  };
  const facts = host({ eth0: ["192.0.2.10/24"], eth1: [] }, null, 1500, routes);
  const planned = (env: Readonly<Record<string, string>>) =>
    planOf({ ...V4, OPENSHIFT_HA_UNICAST_PEERS: peers, ...env }, facts);
  const leastOf = (env: Readonly<Record<string, string>>) =>
    planned(env).core.routers[0]!.unicastPeers.map(({ leastTtl }) => leastTtl);
  t.same(leastOf({}), [255, 1, 255, 255]);
  t.same(leastOf({ VRRPD_UNICAST_MIN_TTL: "253" }), [255, 253, 255, 255]);
  const elsewhere = /^the route to the peer 203\.0\.113\.3 leaves by eth1, but adverts .* on eth0$/;
  t.match(planned({}).sentences, [
    elsewhere,
    /any distance.*198\.51\.100\.3 \(by 192\.0\.2\.1\).*VRRPD_UNICAST_MIN_TTL/,
  ]);
  t.match(planned({ VRRPD_UNICAST_MIN_TTL: "1" }).sentences, [elsewhere], "said to be meant");
  t.equal(planned({ VRRPD_UNICAST_MIN_TTL: "1" }).sentences.length, 1);
  t.end();
});
