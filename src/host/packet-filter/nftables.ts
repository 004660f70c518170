/** The rules of nftables as `nft -j list ruleset` prints them (libnftables-json(5)). */
import type { Action, Chain, Matching, Rule } from "./model.js";
import { all, not } from "./model.js";
import { type FilterPacket, isInterface, isNewConnection, isWithin, VRRP_NAMES } from "./packet.js";

type Json = Readonly<Record<string, unknown>>;

interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly type?: string;
  readonly hook?: string;
  readonly dev?: string | readonly string[];
  readonly policy?: string;
}

interface NftRule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly expr: readonly Json[];
}

/** One base chain that the packet enters, with the chains of its table. */
export interface EnteredChain {
  /** "inet filter input" */
  readonly name: string;
  readonly base: string;
  readonly chains: ReadonlyMap<string, Chain>;
}

const HOOKS = {
  in: ["ingress", "prerouting", "input"],
  out: ["output", "postrouting", "egress"],
} as const;
/** iptables' own tables: `iptables -S` says better what is in them. */
const BUILT_IN: readonly string[] = ["INPUT", "OUTPUT", "FORWARD", "PREROUTING", "POSTROUTING"];

export function readNftables(listing: string, packet: FilterPacket): EnteredChain[] {
  const entries = (JSON.parse(listing) as { nftables: readonly Json[] }).nftables;
  const chains = entries.flatMap((entry) => ("chain" in entry ? [entry.chain as NftChain] : []));
  const rules = entries.flatMap((entry) => ("rule" in entry ? [entry.rule as NftRule] : []));
  return chains
    .filter((chain) => enters(packet, chain) && !BUILT_IN.includes(chain.name))
    .map((base) => ({
      name: `${base.family} ${base.table} ${base.name}`,
      base: base.name,
      chains: tableOf(base, chains, rules, packet),
    }));
}

function enters(packet: FilterPacket, { family, hook, type, dev }: NftChain): boolean {
  if (hook === undefined || type === "nat") return false;
  const families = { ipv4: ["ip", "inet"], ipv6: ["ip6", "inet"], arp: ["arp"] }[packet.kind];
  const devices = dev === undefined ? null : [dev].flat();
  if (devices !== null && !devices.includes(packet.interface)) return false;
  if (family !== "netdev" && !families.includes(family)) return false;
  return (HOOKS[packet.direction] as readonly string[]).includes(hook);
}

function tableOf(
  base: NftChain,
  chains: readonly NftChain[],
  rules: readonly NftRule[],
  packet: FilterPacket,
): Map<string, Chain> {
  const isHere = (one: { family: string; table: string }) =>
    one.family === base.family && one.table === base.table;
  return new Map(
    chains.filter(isHere).map(({ name, hook, policy }) => {
      const own = rules.filter((rule) => isHere(rule) && rule.chain === name);
      const end = hook === undefined ? null : policy === "drop" ? "drop" : "accept";
      return [name, { rules: own.map((rule) => readRule(rule, packet)), policy: end }] as const;
    }),
  );
}

/** What says nothing about which packets are meant. */
const WITHOUT_CONDITION: readonly string[] = ["counter", "log", "mangle", "notrack", "comment"];

function readRule({ expr, table, chain }: NftRule, packet: FilterPacket): Rule {
  const conditions: Matching[] = [];
  let action: Action = { type: "continue" };
  for (const statement of expr) {
    const found = actionOf(statement);
    if (found !== null) action = found;
    else if ("match" in statement) conditions.push(matches(statement.match as Json, packet));
    else if (!Object.keys(statement).some((key) => WITHOUT_CONDITION.includes(key))) conditions.push(null);
  }
  return { text: `a rule of table ${table}, chain ${chain}`, matching: all(conditions), action };
}

function actionOf(statement: Json): Action | null {
  if ("accept" in statement) return { type: "accept" };
  if ("drop" in statement || "reject" in statement) return { type: "drop" };
  if ("return" in statement) return { type: "return" };
  for (const type of ["jump", "goto"] as const) {
    if (type in statement) return { type, chain: String((statement[type] as Json).target) };
  }
  return null;
}

function matches({ op, left, right }: Json, packet: FilterPacket): Matching {
  const matching = compare(left, right, packet);
  if (op === "!=") return not(matching);
  return op === "==" || op === "in" ? matching : null;
}

function compare(left: unknown, right: unknown, packet: FilterPacket): Matching {
  if (typeof left !== "object" || left === null) return null;
  const values = valuesOf(right);
  if (values === null) return null;
  const any = (test: (value: string) => Matching): Matching => {
    const found = values.map(test);
    if (found.includes(true)) return true;
    return found.includes(null) ? null : false;
  };
  if ("meta" in left) return compareMeta((left.meta as Json).key, any, packet);
  if ("ct" in left) return (left.ct as Json).key === "state" ? isNewConnection(values) : null;
  if (!("payload" in left)) return null;
  const { protocol, field } = left.payload as Json;
  return comparePayload(String(protocol), String(field), any, packet);
}

type Any = (test: (value: string) => Matching) => Matching;

function compareMeta(key: unknown, any: Any, packet: FilterPacket): Matching {
  const { kind, direction } = packet;
  switch (key) {
    case "l4proto":
      return kind !== "arp" && any((value) => VRRP_NAMES.includes(value));
    case "nfproto":
      return any((value) => value === kind);
    case "protocol":
      return any((value) => value === { ipv4: "ip", ipv6: "ip6", arp: "arp" }[kind]);
    case "iifname":
    case "iif":
      return direction === "in" && any((value) => isInterface(packet.interface, value));
    case "oifname":
    case "oif":
      return direction === "out" && any((value) => isInterface(packet.interface, value));
    default:
      return null;
  }
}

/** Protocols that the packet does not have. */
const OTHERS: readonly string[] = ["tcp", "udp", "icmp", "icmpv6", "sctp", "dccp", "udplite", "igmp"];

function comparePayload(protocol: string, field: string, any: Any, packet: FilterPacket): Matching {
  if (OTHERS.includes(protocol)) return false;
  if (protocol !== "ip" && protocol !== "ip6") return null;
  if (packet.kind !== (protocol === "ip" ? "ipv4" : "ipv6")) return false;
  if (field === "protocol" || field === "nexthdr") return any((value) => VRRP_NAMES.includes(value));
  if (field === "daddr") return any((value) => isWithin(packet.destination, value));
  if (field === "saddr") return any((value) => isWithin(packet.source, value));
  return null;
}

/** Words, prefixes as "address/length"; null where it is something else (a named set, a range). */
function valuesOf(right: unknown): string[] | null {
  if (typeof right === "number") return [String(right)];
  if (typeof right === "string") return right.startsWith("@") ? null : [right];
  if (Array.isArray(right)) return join(right);
  if (typeof right !== "object" || right === null) return null;
  if ("set" in right) return join([right.set].flat());
  if (!("prefix" in right)) return null;
  const { addr, len } = right.prefix as Json;
  return [`${addr}/${len}`];
}

function join(values: readonly unknown[]): string[] | null {
  const found = values.map(valuesOf);
  return found.includes(null) ? null : found.flatMap((one) => one!);
}
