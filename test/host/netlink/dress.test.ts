/** How the kernel shows an address of each kind of dress; the expected values are those of Keepalived's addresses. */
import t from "tap";
import { parseAddress } from "../../../src/base/address.js";
import type { AddressDress } from "../../../src/core/virtual-address.js";
import { gatherHostFacts } from "../../../src/host/netlink/facts.js";
import { OwnChanges } from "../../../src/host/netlink/own-changes.js";
import { AddressRequests, prepareAddresses } from "../../../src/host/netlink/requests.js";
import { addPair, enterNamespace, indexOf, ip, shownAddresses, withPrefix } from "./support.js";

enterNamespace();
addPair("eth0", "eth1");
const requests = new AddressRequests(new OwnChanges());
const index = indexOf("eth0");
const FOREVER = 0xffff_ffff;
const address = (text: string) => parseAddress(text)!;

interface Case {
  readonly text: string;
  readonly dress: Partial<AddressDress>;
  readonly leaseSeconds?: number;
  /** As `ip -json address` shows it; undefined: it does not. */
  readonly shown: object;
}

/** By what keepalived.conf says of each. */
const CASES: Readonly<Record<string, Case>> = {
  "nothing, IPv4": {
    text: "198.51.100.1/24",
    dress: {},
    shown: { label: "eth0", scope: "global", broadcast: undefined, noprefixroute: undefined },
  },
  "scope link": { text: "198.51.100.3/28", dress: { scope: 253 }, shown: { scope: "link" } },
  "scope site": { text: "198.51.100.18/32", dress: { scope: 200 }, shown: { scope: "site" } },
  label: { text: "198.51.100.4/24", dress: { label: "eth0:vip" }, shown: { label: "eth0:vip" } },
  "a label without the interface": {
    text: "198.51.100.5/24",
    dress: { label: "foo" },
    shown: { label: "foo" },
  },
  brd: {
    text: "203.0.113.5/24",
    dress: { broadcast: address("203.0.113.255") },
    shown: { broadcast: "203.0.113.255" },
  },
  "peer, IPv4": {
    text: "198.51.100.6/32",
    dress: { peer: address("198.51.100.7") },
    shown: { local: "198.51.100.6", address: "198.51.100.7", prefixlen: 32 },
  },
  "noprefixroute, IPv4": {
    text: "198.51.100.8/24",
    dress: { noPrefixRoute: true },
    shown: { noprefixroute: true },
  },
  "preferred_lft, IPv4": {
    text: "198.51.100.9/24",
    dress: { preferredSeconds: 77 },
    shown: { preferred_life_time: FOREVER, valid_life_time: FOREVER },
  },
  "autojoin, IPv4": { text: "233.252.0.1/32", dress: { autojoin: true }, shown: { autojoin: true } },
  "nothing, /128": {
    text: "2001:db8:1::1/128",
    dress: {},
    shown: { nodad: true, deprecated: true, preferred_life_time: 0, scope: "global" },
  },
  "nothing, /64": {
    text: "2001:db8:1::2/64",
    dress: {},
    shown: { nodad: true, deprecated: undefined, preferred_life_time: FOREVER },
  },
  home: { text: "2001:db8:1::3/64", dress: { home: true }, shown: { home: true, nodad: true } },
  "-nodad": { text: "2001:db8:1::4/64", dress: { nodad: false }, shown: { nodad: undefined } },
  "noprefixroute, IPv6": {
    text: "2001:db8:1::5/64",
    dress: { noPrefixRoute: true },
    shown: { noprefixroute: true, nodad: true },
  },
  "preferred_lft of a /128": {
    text: "2001:db8:1::7/128",
    dress: { preferredSeconds: 880 },
    shown: { deprecated: undefined, preferred_life_time: 880, valid_life_time: FOREVER },
  },
  "preferred_lft forever of a /128": {
    text: "2001:db8:1::9/128",
    dress: { preferredSeconds: Number.POSITIVE_INFINITY },
    shown: { deprecated: undefined, preferred_life_time: FOREVER },
  },
  "preferred_lft 0": {
    text: "2001:db8:1::d/64",
    dress: { preferredSeconds: 0 },
    shown: { deprecated: true, preferred_life_time: 0 },
  },
  "peer, IPv6": {
    text: "2001:db8:1::b/128",
    dress: { peer: address("2001:db8:1::c") },
    shown: { local: "2001:db8:1::b", address: "2001:db8:1::c", deprecated: true },
  },
  "autojoin, IPv6": {
    text: "ff0e::db8:1/128",
    dress: { autojoin: true },
    shown: { autojoin: true, nodad: true, deprecated: true },
  },
  "scope, label and brd, IPv6": {
    text: "2001:db8:1::e/64",
    dress: { scope: 253, label: "eth0:vip", broadcast: address("192.0.2.255") },
    shown: { scope: "global", nodad: true },
  },
  "a lease shorter than preferred_lft": {
    text: "2001:db8:1::10/64",
    dress: { preferredSeconds: 8000 },
    leaseSeconds: 900,
    shown: { preferred_life_time: 900, valid_life_time: 900 },
  },
  "a lease longer than preferred_lft": {
    text: "2001:db8:1::11/64",
    dress: { preferredSeconds: 300 },
    leaseSeconds: 900,
    shown: { preferred_life_time: 300, valid_life_time: 900 },
  },
};

function shownOf(text: string): Record<string, unknown> | undefined {
  const local = withPrefix(text).address.text;
  return shownAddresses("eth0").find((one) => one.local === local) as never;
}

for (const [words, { text, dress, leaseSeconds = null, shown }] of Object.entries(CASES)) {
  t.test(`${words}: the kernel shows it so, renewed as well, and it goes`, async (t) => {
    const prepared = prepareAddresses(index, [{ ...withPrefix(text), ...dress }], leaseSeconds);
    const batch = { prepared, addresses: [0] };
    for (const round of ["added", "renewed"]) {
      t.match(requests.add([batch]), [[{ result: "done" }]], round);
      const found = shownOf(text)!;
      // The second in which it was added may have ended.
      for (const [key, value] of Object.entries(shown)) {
        const second = key.endsWith("_time") && value !== FOREVER && (value as number) > 0;
        if (second) t.ok([value, value - 1].includes(found[key] as number), `${round}: ${key} ${found[key]}`);
        else t.same(found[key], value, `${round}: ${key}`);
      }
    }
    t.match(requests.remove([batch]), [[{ result: "done" }]]);
    t.equal(shownOf(text), undefined, "removed");
  });
}

t.test("a route of the prefix, but with noprefixroute", async (t) => {
  const plain = prepareAddresses(index, [withPrefix("203.0.113.9/24")], null);
  const without = prepareAddresses(index, [{ ...withPrefix("203.0.113.9/24"), noPrefixRoute: true }], null);
  const routes = () => ip("route show dev eth0").includes("203.0.113.0/24");
  requests.add([{ prepared: plain, addresses: [0] }]);
  t.equal(routes(), true);
  requests.remove([{ prepared: plain, addresses: [0] }]);
  requests.add([{ prepared: without, addresses: [0] }]);
  t.equal(routes(), false);
  requests.remove([{ prepared: without, addresses: [0] }]);
});

t.test("the other end of a link is read, and one that is known by it alone can be removed", async (t) => {
  const dress = { peer: address("198.51.100.7") };
  requests.add([
    {
      prepared: prepareAddresses(index, [{ ...withPrefix("198.51.100.6/32"), ...dress }], null),
      addresses: [0],
    },
  ]);
  const facts = gatherHostFacts().interfaces.find(({ name }) => name === "eth0")!;
  const read = facts.addresses.find((one) => one.address.text === "198.51.100.6")!;
  t.equal(read.peer?.text, "198.51.100.7");
  const prepared = prepareAddresses(
    index,
    [{ ...withPrefix("198.51.100.6/32"), peer: read.peer ?? null }],
    null,
  );
  requests.remove([{ prepared, addresses: [0] }]);
  t.equal(shownOf("198.51.100.6/32"), undefined);
});

t.teardown(() => requests.close());
