/** What the alias of an interface with a virtual MAC address says of the one below it. */
import t from "tap";
import type { Macvlan } from "../../../src/host/netlink/macvlan.js";
import { aliasOf, beforeOf, needsBase, ownerOf } from "../../../src/host/netlink/vmac-base.js";

const BASE = { index: 2, settings: { arp_ignore: 1, arp_announce: 2 } } as unknown as Macvlan;
const BEFORE = { arp_ignore: 0, arp_announce: 1 };

function marked(alias: string): Macvlan {
  return { alias, lowerIndex: BASE.index } as Macvlan;
}

t.test("one for IPv6 says whose it is, and nothing of settings that it leaves alone", async (t) => {
  const ipv6 = marked(aliasOf("vrrpd/eth0/ipv6/1", null));
  t.equal(ownerOf(ipv6, "vrrpd/"), "vrrpd/eth0/ipv6/1");
  t.notOk(needsBase(ipv6));
  const ipv4 = marked(aliasOf("vrrpd/eth0/ipv4/1", BEFORE));
  t.equal(ownerOf(ipv4, "vrrpd/"), "vrrpd/eth0/ipv4/1");
  t.ok(needsBase(ipv4));
  t.strictSame(beforeOf(BASE, [ipv6, ipv4]), BEFORE);
  t.strictSame(beforeOf(BASE, [ipv6]), BASE.settings);
});
