import t from "tap";
import type { PutBack } from "../../../src/host/netlink/companions.js";
import { gatherHostFacts } from "../../../src/host/netlink/facts.js";
import { OwnChanges } from "../../../src/host/netlink/own-changes.js";
import {
  AddressRequests,
  prepareAddresses,
  type RequestOutcome,
} from "../../../src/host/netlink/requests.js";
import { until } from "../../netns/until.js";
import {
  addPair,
  enterNamespace,
  indexOf,
  ip,
  shownAddresses,
  virtualAddresses,
  withPrefix,
} from "./support.js";

enterNamespace();
addPair("eth0", "eth1");
const index = indexOf("eth0");
const requests = new AddressRequests(new OwnChanges());
t.teardown(() => requests.close());

const all = (count: number) => Array.from({ length: count }, (_, at) => at);
const done = (count: number): RequestOutcome[] => all(count).map((address) => ({ address, result: "done" }));
const shown = (family: "inet" | "inet6") =>
  shownAddresses("eth0").filter((address) => address.family === family && address.scope === "global");

const marked = () =>
  gatherHostFacts()
    .interfaces.flatMap(({ addresses }) => addresses)
    .flatMap((address) => (address.marked ? [address.address.text] : []));

for (const [family, count] of [
  ["ipv4", 200],
  ["ipv4", 1000],
  ["ipv6", 200],
  ["ipv6", 1000],
] as const) {
  t.test(
    `${count} ${family} addresses are added and removed in one burst, each with its result`,
    async (t) => {
      const wanted = virtualAddresses(family, count);
      const batch = { prepared: prepareAddresses(index, wanted, 90), addresses: all(count) };
      t.same(requests.add([batch]), [done(count)]);
      const there = shown(family === "ipv4" ? "inet" : "inet6").map(
        ({ local, prefixlen }) => `${local}/${prefixlen}`,
      );
      t.same(new Set(there), new Set(wanted.map((entry) => `${entry.address.text}/${entry.prefixLength}`)));
      t.same(requests.add([batch]), [done(count)], "adding again renews");
      t.same(requests.remove([batch]), [done(count)]);
      t.equal(shown(family === "ipv4" ? "inet" : "inet6").length, 0);
      t.same(requests.remove([batch]), [done(count)], "removing what is not there is done");
    },
  );
}

t.test("several routers' addresses go in one burst, and each gets the answers to its own", async (t) => {
  const first = prepareAddresses(index, [withPrefix("198.51.100.1/32"), withPrefix("198.51.100.2/32")], 90);
  const second = prepareAddresses(index, [withPrefix("203.0.113.1/32"), withPrefix("2001:db8::1/128")], 90);
  const batches = [
    { prepared: first, addresses: [1] },
    { prepared: second, addresses: [1, 0] },
  ];
  const outcomes = [
    [{ address: 1, result: "done" }],
    [
      { address: 1, result: "done" },
      { address: 0, result: "done" },
    ],
  ];
  t.same(requests.add(batches), outcomes);
  const there = shownAddresses("eth0").filter(({ scope }) => scope === "global");
  t.same(there.map(({ local }) => local).sort(), ["198.51.100.2", "2001:db8::1", "203.0.113.1"]);
  t.same(requests.remove(batches), outcomes);
  t.same(requests.add([]), []);
  t.same(requests.add([{ prepared: first, addresses: [] }]), [[]]);
});

t.test(
  "an IPv4 address carries the mark and a lease, which adding again renews and which can be dropped",
  async (t) => {
    const addresses = [withPrefix("198.51.100.7/32")];
    const leased = { prepared: prepareAddresses(index, addresses, 90), addresses: [0] };
    requests.add([leased]);
    const [address] = shown("inet");
    t.match(address, { local: "198.51.100.7", prefixlen: 32, scope: "global" });
    t.same(marked(), ["198.51.100.7"], "and nobody else's address is marked");
    t.ok(address!.valid_life_time > 80 && address!.valid_life_time <= 90);
    requests.add([{ prepared: prepareAddresses(index, addresses, 900), addresses: [0] }]);
    t.ok(shown("inet")[0]!.valid_life_time > 800, "renewed with a longer one");
    requests.add([{ prepared: prepareAddresses(index, addresses, null), addresses: [0] }]);
    t.equal(shown("inet")[0]!.valid_life_time, 0xffff_ffff, "for ever");
    t.same(marked(), ["198.51.100.7"], "renewing keeps the mark");
    requests.remove([leased]);
  },
);

t.test(
  "an IPv4 address carries its label; it is removed, renewed and found without a word of it",
  async (t) => {
    const addresses = [withPrefix("198.51.100.8/32"), withPrefix("2001:db8::8/128")];
    const labels = addresses.map((entry) => ({ ...entry, label: "eth0:vip" }));
    const labelled = { prepared: prepareAddresses(index, labels, 90), addresses: [0, 1] };
    t.match(requests.add([labelled]), [[{ result: "done" }, { result: "done" }]]);
    t.equal(shown("inet")[0]!.label, "eth0:vip");
    t.match(requests.add([labelled]), [[{ result: "done" }, { result: "done" }]], "renewed");
    t.equal(shown("inet").filter(({ local }) => local === "198.51.100.8").length, 1);
    requests.remove([{ prepared: prepareAddresses(index, addresses, null), addresses: [0, 1] }]);
    t.same(
      shown("inet").filter(({ local }) => local === "198.51.100.8"),
      [],
      "removed by a configuration without a label",
    );
  },
);

t.test("IPv6 as Keepalived adds it: nodad, and /128 deprecated, with a lease and without", async (t) => {
  const addresses = [withPrefix("2001:db8::7/128"), withPrefix("2001:db8:1::7/64")];
  for (const lease of [90, null]) {
    const batch = { prepared: prepareAddresses(index, addresses, lease), addresses: [0, 1] };
    t.same(requests.add([batch]), [done(2)]);
    const host = shown("inet6").find(({ prefixlen }) => prefixlen === 128)!;
    t.match(host, {
      local: "2001:db8::7",
      nodad: true,
      deprecated: true,
      preferred_life_time: 0,
      scope: "global",
    });
    t.ok(lease === null ? host.valid_life_time === 0xffff_ffff : host.valid_life_time <= 90);
    const wider = shown("inet6").find(({ prefixlen }) => prefixlen === 64)!;
    t.equal(wider.local, "2001:db8:1::7");
    t.equal(wider.deprecated, undefined, "a wider prefix may serve as a source");
    t.match(ip("-6 route show 2001:db8:1::/64"), "2001:db8:1::/64 dev eth0", "and has its route");
    t.same(requests.remove([batch]), [done(2)]);
  }
});

t.test("an address whose lease is not renewed is removed by the kernel", async (t) => {
  const addresses = [withPrefix("198.51.100.9/32"), withPrefix("2001:db8::9/128")];
  const batch = { prepared: prepareAddresses(index, addresses, 1), addresses: [0, 1] };
  requests.add([batch]);
  t.equal(shown("inet").length + shown("inet6").length, 2);
  await until(() => shown("inet").length + shown("inet6").length === 0, { what: "both leases to run out" });
  t.same(requests.remove([batch]), [done(2)], "removing them now is done");
});

t.test("what was added here, and only that, goes when an interface is given up", async (t) => {
  const prepared = prepareAddresses(
    index,
    [withPrefix("198.51.100.20/32"), withPrefix("198.51.100.21/32")],
    90,
  );
  ip("address add 198.51.100.21/32 dev eth0");
  requests.add([{ prepared, addresses: [0] }]);
  requests.removeOwn([prepared]);
  t.match(shown("inet"), [{ local: "198.51.100.21" }]);
  requests.removeOwn([prepared, prepareAddresses(0x7fff_fffe, [withPrefix("198.51.100.20/32")], 90)]);
  t.equal(shown("inet").length, 1, "harmless when repeated, and without the interface");
  ip("address del 198.51.100.21/32 dev eth0");
});

t.test("an address of another prefix length is not touched", async (t) => {
  ip("address add 192.0.2.1/24 dev eth0");
  const batch = { prepared: prepareAddresses(index, [withPrefix("192.0.2.1/32")], 90), addresses: [0] };
  t.same(requests.remove([batch]), [done(1)]);
  t.match(shown("inet"), [{ local: "192.0.2.1", prefixlen: 24 }]);
  ip("address del 192.0.2.1/24 dev eth0");
});

t.test("what the kernel refuses is told with its errno, and does not hold back the others", async (t) => {
  const count = 600;
  const here = prepareAddresses(index, virtualAddresses("ipv4", count), 90);
  const nowhere = prepareAddresses(0x7fff_fffe, virtualAddresses("ipv4", count), 90);
  const mixed = all(count).map((at) => ({ prepared: at % 2 === 0 ? here : nowhere, addresses: [at] }));
  const outcomes = requests.add(mixed).flat();
  const refused = { result: "refused", code: "ENODEV" } as const;
  t.same(
    outcomes,
    all(count).map((address) => (address % 2 === 0 ? { address, result: "done" } : { address, ...refused })),
  );
  t.equal(shown("inet").length, count / 2);
  t.same(requests.remove(mixed).flat(), done(count), "an interface that is gone has no address left");
  t.equal(shown("inet").length, 0);
});

t.test("what goes with ours is put back as it was: address, label, lifetime and routes", async (t) => {
  const told: PutBack[] = [];
  const asking = new AddressRequests(new OwnChanges(), (results) => told.push(...results));
  t.teardown(() => asking.close());
  const addresses = [withPrefix("192.0.2.10/24"), withPrefix("192.0.2.11/24")];
  const prepared = prepareAddresses(index, addresses, 90);
  asking.add([{ prepared, addresses: [0, 1] }]);
  ip("address add 192.0.2.1/24 dev eth0 label eth0:own valid_lft 900 preferred_lft 800");
  ip("route add default via 192.0.2.254 dev eth0 src 192.0.2.1 metric 77");
  asking.remove([{ prepared, addresses: [0, 1] }]);
  t.match(shown("inet"), [{ local: "192.0.2.1", prefixlen: 24, label: "eth0:own" }]);
  t.equal(shown("inet").length, 1, "and none of ours");
  t.ok(shown("inet")[0]!.valid_life_time > 800);
  t.match(ip("route show"), /default via 192\.0\.2\.254 dev eth0 src 192\.0\.2\.1 metric 77/);
  t.match(told, [
    { name: "192.0.2.1/24", refusal: null },
    { name: "a route by 192.0.2.254", refusal: null },
  ]);
  asking.remove([{ prepared, addresses: [0] }]);
  t.equal(told.length, 2, "nothing is put back where nothing went");
  ip("address del 192.0.2.1/24 dev eth0");
});
