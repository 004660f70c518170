/** Packet filters read as the programs print them, and the packet put to them. */
import t from "tap";
import { readIptables } from "../../../src/host/packet-filter/iptables.js";
import { judge } from "../../../src/host/packet-filter/model.js";
import { readNftables } from "../../../src/host/packet-filter/nftables.js";
import type { FilterPacket } from "../../../src/host/packet-filter/packet.js";

const ADVERT: FilterPacket = {
  kind: "ipv4",
  direction: "in",
  interface: "ens3",
  destination: "224.0.0.18",
  source: null,
};

/** @param rules of the table filter; "-P INPUT DROP" and "-N CHAIN" as one would type them. */
function iptables(rules: readonly string[], packet = ADVERT) {
  const declared = new Map([["INPUT", "ACCEPT"]]);
  for (const [command, name = "", policy = "-"] of rules.map((rule) => rule.split(" "))) {
    if (command !== "-A") declared.set(name, policy);
  }
  const chains = [...declared].map(([name, policy]) => `:${name} ${policy} [0:0]`);
  const appended = rules.filter((rule) => rule.startsWith("-A"));
  const [entered] = readIptables(["*filter", ...chains, ...appended, "COMMIT"].join("\n"), packet);
  return judge(entered!.chains, entered!.base).verdict;
}

t.test("iptables: rules, policies, jumps and what cannot be told", async (t) => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ["accept", "no rule", []],
    ["drop", "the policy", ["-P INPUT DROP"]],
    ["accept", "an accept before the policy", ["-P INPUT DROP", "-A INPUT -p vrrp -j ACCEPT"]],
    ["accept", "by number and group", ["-P INPUT DROP", "-A INPUT -d 224.0.0.18/32 -p 112 -j ACCEPT"]],
    ["drop", "another interface", ["-P INPUT DROP", "-A INPUT -i eth0 -p vrrp -j ACCEPT"]],
    ["accept", "a wildcard", ["-P INPUT DROP", "-A INPUT -i ens+ -j ACCEPT"]],
    ["drop", "another protocol", ["-A INPUT -p tcp -j ACCEPT", "-A INPUT -j DROP"]],
    [
      "drop",
      "established is not new",
      [
        "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "-A INPUT -j REJECT --reject-with icmp-host-prohibited",
      ],
    ],
    ["drop", "multicast as a net", ["-A INPUT -d 224.0.0.0/4 -j DROP"]],
    ["accept", "all but", ["-A INPUT ! -d 224.0.0.0/4 -j DROP"]],
    ["drop", "a jump", ["-N SITE", "-A INPUT -j SITE", "-A SITE -p vrrp -j DROP"]],
    ["accept", "a return", ["-N SITE", "-A INPUT -j SITE", "-A SITE -p vrrp -j RETURN", "-A SITE -j DROP"]],
    ["maybe-drop", "a source that may be a peer's", ["-A INPUT -s 192.0.2.0/24 -j DROP"]],
    ["maybe-drop", "an extension that is not known", ["-A INPUT -m limit --limit 5/sec -j DROP"]],
    [
      "maybe-drop",
      "an accept that may not match",
      ["-P INPUT DROP", "-A INPUT -m mac --mac-source 02:00:00:00:00:01 -j ACCEPT"],
    ],
    ["accept", "a log goes on", ['-A INPUT -j LOG --log-prefix "in: "']],
    [
      "accept",
      "a quoted comment",
      ["-P INPUT DROP", '-A INPUT -p 112 -m comment --comment "vrrp -j DROP" -j ACCEPT'],
    ],
    ["drop", "a loop of jumps ends", ["-P INPUT DROP", "-N A", "-A INPUT -j A", "-A A -j A"]],
  ];
  for (const [verdict, what, rules] of cases) t.equal(iptables(rules), verdict, what);
});

t.test("iptables: the tables before and after, each on its way", async (t) => {
  const listing = [
    "# Generated",
    "*raw",
    ":PREROUTING ACCEPT [0:0]",
    ":OUTPUT ACCEPT [0:0]",
    "-A PREROUTING -d 224.0.0.18/32 -j DROP",
    "COMMIT",
    "*mangle",
    ":INPUT ACCEPT [0:0]",
    ":POSTROUTING ACCEPT [0:0]",
    "-A INPUT -j TOS --set-tos 0x10/0x3f",
    "-A POSTROUTING -p vrrp -j DROP",
    "COMMIT",
    "*nat",
    ":POSTROUTING DROP [0:0]",
    "COMMIT",
  ].join("\n");
  const verdicts = (packet: FilterPacket) =>
    readIptables(listing, packet).map(
      ({ table, base, chains }) => `${table} ${base} ${judge(chains, base).verdict}`,
    );
  t.strictSame(verdicts(ADVERT), ["raw PREROUTING drop", "mangle PREROUTING accept", "mangle INPUT accept"]);
  t.strictSame(verdicts({ ...ADVERT, direction: "out", source: "192.0.2.40" }), [
    "raw OUTPUT accept",
    "mangle OUTPUT accept",
    "mangle POSTROUTING drop",
  ]);
});

const chain = (more: object) => ({
  chain: {
    family: "inet",
    table: "filter",
    name: "input",
    type: "filter",
    hook: "input",
    prio: 0,
    policy: "accept",
    ...more,
  },
});
const rule = (expr: readonly object[], more: object = {}) => ({
  rule: { family: "inet", table: "filter", chain: "input", expr, ...more },
});
const match = (left: object, right: unknown, op = "==") => ({ match: { op, left, right } });
const payload = (protocol: string, field: string) => ({ payload: { protocol, field } });
const meta = (key: string) => ({ meta: { key } });

function nftables(entries: readonly object[], packet = ADVERT) {
  const entered = readNftables(JSON.stringify({ nftables: [{ metainfo: {} }, ...entries] }), packet);
  return entered.map(({ base, chains }) => judge(chains, base).verdict);
}

t.test("nftables: what nft prints as JSON", async (t) => {
  const drop = { drop: null };
  const cases: readonly (readonly [readonly string[], string, readonly object[]])[] = [
    [["drop"], "the policy", [chain({ policy: "drop" })]],
    [
      ["accept"],
      "protocol by name",
      [chain({ policy: "drop" }), rule([match(meta("l4proto"), "vrrp"), { accept: null }])],
    ],
    [
      ["drop"],
      "protocol by number",
      [chain({}), rule([match(payload("ip", "protocol"), 112), { counter: {} }, drop])],
    ],
    [
      ["accept"],
      "ports are of other protocols",
      [chain({}), rule([match(payload("tcp", "dport"), { set: [22, 80] }), drop])],
    ],
    [
      ["drop"],
      "a set",
      [chain({}), rule([match(payload("ip", "daddr"), { set: ["224.0.0.1", "224.0.0.18"] }), drop])],
    ],
    [
      ["drop"],
      "a prefix",
      [chain({}), rule([match(payload("ip", "daddr"), { prefix: { addr: "224.0.0.0", len: 24 } }), drop])],
    ],
    [
      ["accept"],
      "not in a prefix",
      [
        chain({}),
        rule([match(payload("ip", "daddr"), { prefix: { addr: "224.0.0.0", len: 24 } }, "!="), drop]),
      ],
    ],
    [["maybe-drop"], "a named set", [chain({}), rule([match(payload("ip", "daddr"), "@blocked"), drop])]],
    [["accept"], "another interface", [chain({}), rule([match(meta("iifname"), "eth0"), drop])]],
    [
      ["drop"],
      "new connections",
      [
        chain({}),
        rule([match({ ct: { key: "state" } }, ["established", "related"], "in"), { accept: null }]),
        rule([{ reject: {} }]),
      ],
    ],
    [["maybe-drop"], "a limit", [chain({}), rule([{ limit: { rate: 5, per: "second" } }, drop])]],
    [["accept"], "IPv6 rules", [chain({}), rule([match(payload("ip6", "daddr"), "ff02::12"), drop])]],
    [[], "the other direction", [chain({ hook: "output", policy: "drop" })]],
    [[], "another family", [chain({ family: "ip6", policy: "drop" })]],
    [[], "iptables' own table", [chain({ family: "ip", name: "INPUT", policy: "drop" })]],
  ];
  for (const [verdicts, what, entries] of cases) t.strictSame(nftables(entries), verdicts, what);
  const arp: FilterPacket = { ...ADVERT, kind: "arp", destination: null };
  const arpChain = chain({ family: "arp", policy: "drop" });
  t.strictSame(nftables([arpChain], arp), ["drop"]);
  t.strictSame(nftables([arpChain]), []);
});
