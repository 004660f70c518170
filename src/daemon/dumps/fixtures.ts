/** Routes, rules and static addresses as Keepalived's dumps show them. */
import {
  type AddressWithPrefix,
  formatWithPrefix,
  type IpAddress,
  isSingleHost,
} from "../../base/address.js";
import { printable } from "../../base/text.js";
import { routeTypeName, UNITS_PER_MILLISECOND } from "../../config/index.js";
import {
  type Fixture,
  type FixtureConfig,
  KEEPALIVED_PROTOCOL,
  MAIN_TABLE_ID,
  type NextHop,
  type Route,
  type RouteMetric,
  type RouteMetricName,
  type Rule,
} from "../../core/fixture.js";
import { addressLine } from "./address.js";

type Words = readonly (string | false)[];

const UNICAST = 1;
const PREFERENCES: Readonly<Record<number, string>> = { 0: "medium", 1: "high", 3: "low" };
/** In this order, whatever the file's is. */
const METRICS: readonly RouteMetricName[] = [
  "congctl",
  "rtt",
  "rttvar",
  "rto_min",
  "features",
  "mtu",
  "window",
  "ssthresh",
  "cwnd",
  "advmss",
  "reordering",
  "hoplimit",
  "initcwnd",
  "initrwnd",
  "quickack",
];

/** Those of this kind. */
export function fixtureLines(all: readonly FixtureConfig[], kind: Fixture["kind"]): string[] {
  return all.filter(({ fixture }) => fixture.kind === kind).map(fixtureLine);
}

export function fixtureLine({ fixture, guarded }: FixtureConfig): string {
  if (fixture.kind === "address")
    return addressLine({ ...fixture, tracked: guarded, advertised: false }, true);
  const words = fixture.kind === "route" ? routeWords(fixture, guarded) : ruleWords(fixture, guarded);
  return printable(words.filter((word) => word !== false).join(" "));
}

function routeWords(route: Route, guarded: boolean): Words {
  const { type, from, source, tos, via, table, protocol, scope, metric, family, metrics } = route;
  const metricOf = (name: RouteMetricName) => metrics.filter((one) => one.name === name).map(metricWords);
  // One that names no interface is not tracked.
  const tracked = guarded && route.interface !== null;
  return [
    route.insertion,
    type !== null && type !== UNICAST && routeTypeName(type),
    bare(route.destination),
    from !== null && `from ${bare(from)}`,
    source !== null && `src ${source.text}`,
    tos !== null && `tos ${tos}`,
    via !== null && `via ${viaWords(via)}`,
    route.interface !== null && `dev ${route.interface}`,
    table !== MAIN_TABLE_ID && `table ${table}`,
    (guarded || protocol !== KEEPALIVED_PROTOCOL) && `proto ${protocol}`,
    scope !== null && `scope ${scope}`,
    metric !== null && `metric ${metric}`,
    family === "ipv4" && route.onlink && "onlink",
    realmsWords(route.realms),
    route.expiresSeconds !== null && `expires ${route.expiresSeconds}sec`,
    ...METRICS.flatMap(metricOf),
    route.preference !== null && `pref ${PREFERENCES[route.preference] ?? "unknown"}`,
    ...metricOf("fastopen_no_cookie"),
    route.ttlPropagate !== null && `ttl-propagate ${route.ttlPropagate ? "enabled" : "disabled"}`,
    ...route.nextHops.map(nextHopWords),
    !tracked && "no_track",
  ];
}

function metricWords({ name, value, locked }: RouteMetric): string {
  const units = UNITS_PER_MILLISECOND[name];
  if (name === "features") return "features ecn";
  const lock = locked ? "lock " : "";
  if (units === undefined || typeof value === "string") return `${name} ${lock}${value}`;
  const millis = value / units;
  return `${name} ${lock}${millis >= 1000 ? `${millis / 1000}s` : `${millis}ms`}`;
}

function nextHopWords({ via, interface: on, weight, onlink, realms }: NextHop): string {
  const words = [
    "nexthop",
    via !== null && `via ${viaWords(via)}`,
    on !== null && `dev ${on}`,
    weight !== null && `weight ${weight}`,
    onlink && "onlink",
    realmsWords(realms),
  ];
  return words.filter((word) => word !== false).join(" ");
}

function ruleWords(rule: Rule, guarded: boolean): Words {
  const { family, inverted, from, to, priority, tos, fwmark, fwmask, realms, action } = rule;
  const hex = (value: number) => `0x${value.toString(16)}`;
  return [
    from === null && to === null && family === "ipv6" && "inet6",
    inverted && "not",
    `from ${from === null ? "all" : bare(from)}`,
    to !== null && `to ${bare(to)}`,
    `priority ${priority}`,
    `tos ${hex(tos)}`,
    fwmark !== null && `fwmark ${hex(fwmark)}${fwmask === null ? "" : `/${hex(fwmask)}`}`,
    rule.iif !== null && `iif ${rule.iif}`,
    rule.oif !== null && `oif ${rule.oif}`,
    rule.suppressPrefixLength !== null && `suppress_prefixlen ${rule.suppressPrefixLength}`,
    rule.suppressGroup !== null && `suppress_ifgroup ${rule.suppressGroup}`,
    rule.tunnelId !== null && `tunnel-id ${rule.tunnelId}`,
    rule.uidRange !== null && `uidrange ${rule.uidRange.join("-")}`,
    action.to === "l3mdev" && "l3mdev",
    rule.protocol !== null && `protocol ${rule.protocol}`,
    rule.ipProtocol !== null && `ipproto ${rule.ipProtocol}`,
    rule.sourcePorts !== null && `sport ${rule.sourcePorts.join("-")}`,
    rule.destinationPorts !== null && `dport ${rule.destinationPorts.join("-")}`,
    realms !== 0 && `realms ${realms >>> 16}/${realms & 0xffff}`,
    actionWords(action),
    !guarded && "no_track",
  ];
}

function actionWords(action: Rule["action"]): string {
  if (action.to === "table") return `lookup ${action.table}`;
  if (action.to === "l3mdev") return "lookup 0";
  if (action.to === "goto") return `goto ${action.priority}`;
  return action.to === "nop" ? "nop" : `type ${action.to}`;
}

function bare(entry: AddressWithPrefix): string {
  return isSingleHost(entry) ? entry.address.text : formatWithPrefix(entry);
}

function viaWords({ family, text }: IpAddress): string {
  return `${family === "ipv6" ? "inet6" : "inet"} ${text}`;
}

function realmsWords(realms: number): string | false {
  if (realms === 0) return false;
  return realms > 0xffff ? `realms ${realms >>> 16}/${realms & 0xffff}` : `realm ${realms}`;
}
