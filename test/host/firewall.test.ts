import { execFileSync } from "node:child_process";
import t from "tap";
import { parseAddress } from "../../src/base/address.js";
import { applyFirewall, type FirewallContext, removeFirewall } from "../../src/host/firewall/index.js";
import { VRRP_GROUPS } from "../../src/wire/vrrp.js";
import { enterNamespace } from "./netlink/support.js";

enterNamespace();

const IPTABLES = { backend: "iptables", chain: "VRRP_IN" } as const;
const NFTABLES = { backend: "nftables" } as const;
const BOTH = ["iptables", "ip6tables"] as const;
const GROUPS = Object.values(VRRP_GROUPS);
const peers = (...texts: string[]) => texts.map((text) => parseAddress(text)!);

function context(changes: Partial<FirewallContext> = {}): FirewallContext {
  return { name: "ipfailover", families: ["ipv4"], groups: GROUPS, unicastPeers: [], ...changes };
}

function sh(command: string): string {
  return execFileSync("sh", ["-ec", command], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

/** Rules of the chain in order, as "program address comment" with the parts that tell them apart. */
function chainRules(program: (typeof BOTH)[number]): string[] {
  return sh(`${program} -S VRRP_IN`)
    .split("\n")
    .filter((line) => line.startsWith("-A"))
    .map((line) => line.replace(/^-A VRRP_IN /, "").replaceAll('"', ""));
}

function makeChains(): void {
  for (const program of BOTH) sh(`${program} -N VRRP_IN && ${program} -A VRRP_IN -j DROP`);
}

function removeChains(): void {
  for (const program of BOTH) sh(`${program} -F VRRP_IN && ${program} -X VRRP_IN`);
}

const tables = () => sh("nft list tables").split("\n");
const accept = (match: string, name: string) =>
  `${match} -p vrrp -m comment --comment vrrpd:${name} -j ACCEPT`;

t.test("iptables: the rule is inserted at the head, once, and removed", async (t) => {
  makeChains();
  t.teardown(removeChains);
  const both = context({ families: ["ipv4", "ipv6"] });
  const first = await applyFirewall(IPTABLES, both);
  t.equal(first.actions.length, 2);
  t.same(first.warnings, []);
  t.same(await applyFirewall(IPTABLES, both), { actions: [], warnings: [] }, "a restart changes nothing");
  t.same(chainRules("iptables"), [accept("-d 224.0.0.18/32", "ipfailover"), "-j DROP"]);
  t.same(chainRules("ip6tables"), [accept("-d ff02::12/128", "ipfailover"), "-j DROP"]);
  t.equal((await removeFirewall(IPTABLES, both)).actions.length, 2);
  t.same(chainRules("iptables"), ["-j DROP"]);
  t.same(chainRules("ip6tables"), ["-j DROP"]);
  t.same(await removeFirewall(IPTABLES, both), { actions: [], warnings: [] });
});

t.test("iptables: a chain that does not exist is not created; an own table takes its place", async (t) => {
  const both = context({ families: ["ipv4", "ipv6"] });
  const outcome = await applyFirewall(IPTABLES, both);
  t.same(outcome.actions, ["the nftables table inet vrrpd_ipfailover accepts VRRP"]);
  t.match(outcome.warnings, [
    /^chain VRRP_IN does not exist in the filter table of iptables \(.+\); an own nftables table takes its place$/,
    /^chain VRRP_IN does not exist in the filter table of ip6tables /,
  ]);
  t.throws(() => chainRules("iptables"));
  const table = () => sh("nft list table inet vrrpd_ipfailover");
  t.match(table(), /ip daddr 224\.0\.0\.18 accept/);
  t.match(table(), /ip6 daddr ff02::12 accept/);
  t.equal((await removeFirewall(IPTABLES, both)).actions.length, 1);
  t.throws(table);
  t.same(await removeFirewall(IPTABLES, both), { actions: [], warnings: [] });
});

t.test("iptables: only the family without the chain gets the table", async (t) => {
  sh("iptables -N VRRP_IN");
  t.teardown(() => sh("iptables -F VRRP_IN && iptables -X VRRP_IN"));
  const both = context({ families: ["ipv4", "ipv6"] });
  await applyFirewall(IPTABLES, both);
  t.same(chainRules("iptables"), [accept("-d 224.0.0.18/32", "ipfailover")]);
  t.match(sh("nft list table inet vrrpd_ipfailover"), /ff02::12/);
  t.notMatch(sh("nft list table inet vrrpd_ipfailover"), /224\.0\.0\.18/);
  t.equal((await removeFirewall(IPTABLES, both)).actions.length, 2);
});

t.test("iptables: in unicast each peer is accepted, and a changed list is followed", async (t) => {
  makeChains();
  t.teardown(removeChains);
  const before = context({ groups: [], unicastPeers: peers("192.0.2.2", "192.0.2.3", "2001:db8::2") });
  await applyFirewall(IPTABLES, before);
  t.same(chainRules("iptables").sort(), [
    "-j DROP",
    accept("-s 192.0.2.2/32", "ipfailover"),
    accept("-s 192.0.2.3/32", "ipfailover"),
  ]);
  t.same(chainRules("ip6tables"), ["-j DROP"], "no virtual addresses of that family");
  const after = context({
    families: ["ipv4", "ipv6"],
    groups: [],
    unicastPeers: peers("192.0.2.3", "2001:db8::2"),
  });
  await applyFirewall(IPTABLES, after);
  t.same(chainRules("iptables"), [accept("-s 192.0.2.3/32", "ipfailover"), "-j DROP"]);
  t.same(chainRules("ip6tables"), [accept("-s 2001:db8::2/128", "ipfailover"), "-j DROP"]);
  t.equal((await removeFirewall(IPTABLES, context())).actions.length, 2, "whatever the list says now");
});

t.test("iptables: repetitions of our rule are removed down to one", async (t) => {
  makeChains();
  t.teardown(removeChains);
  await applyFirewall(IPTABLES, context());
  sh("iptables -A VRRP_IN -p 112 -d 224.0.0.18 -m comment --comment vrrpd:ipfailover -j ACCEPT");
  await applyFirewall(IPTABLES, context());
  t.equal(chainRules("iptables").length, 2);
});

t.test("iptables: two configurations and rules of others stay apart", async (t) => {
  makeChains();
  t.teardown(removeChains);
  sh('iptables -I VRRP_IN -p 112 -d 224.0.0.18 -m comment --comment "vrrpd:ipfailover of mine" -j ACCEPT');
  await applyFirewall(IPTABLES, context());
  await applyFirewall(IPTABLES, context({ name: "ipfailover_2" }));
  await removeFirewall(IPTABLES, context());
  t.same(chainRules("iptables"), [
    accept("-d 224.0.0.18/32", "ipfailover_2"),
    accept("-d 224.0.0.18/32", "ipfailover of mine"),
    "-j DROP",
  ]);
});

t.test("what a program refuses is an error in its own words", async (t) => {
  const refused = { backend: "iptables", chain: "-x" } as const;
  await t.rejects(applyFirewall(refused, context()), {
    code: "EFIREWALL",
    message: /^iptables failed .*option/,
  });
});

t.test("nftables: an own table holds the rules, is replaced as a whole, and removed", async (t) => {
  await applyFirewall(NFTABLES, context({ families: ["ipv4", "ipv6"] }));
  const [multicast, unicast] = [
    () => sh("nft list table inet vrrpd_ipfailover"),
    peers("192.0.2.2", "2001:db8::2"),
  ];
  t.match(multicast(), /type filter hook input priority filter; policy accept;/);
  t.match(multicast(), /meta l4proto (vrrp|112) ip daddr 224\.0\.0\.18 accept/);
  t.match(multicast(), /meta l4proto (vrrp|112) ip6 daddr ff02::12 accept/);
  await applyFirewall(NFTABLES, context({ families: ["ipv4", "ipv6"], groups: [], unicastPeers: unicast }));
  t.match(multicast(), /ip saddr 192\.0\.2\.2 accept\n.*ip6 saddr 2001:db8::2 accept/);
  t.notMatch(multicast(), /daddr/);
  t.equal((await removeFirewall(NFTABLES, context())).actions.length, 1);
  t.notOk(tables().includes("table inet vrrpd_ipfailover"));
  t.same(await removeFirewall(NFTABLES, context()), { actions: [], warnings: [] });
});

t.test("nftables: two configurations stay apart", async (t) => {
  await applyFirewall(NFTABLES, context({ name: "a" }));
  await applyFirewall(NFTABLES, context({ name: "b" }));
  await removeFirewall(NFTABLES, context({ name: "a" }));
  t.notOk(tables().includes("table inet vrrpd_a"));
  t.ok(tables().includes("table inet vrrpd_b"));
  await removeFirewall(NFTABLES, context({ name: "b" }));
});
