/** Routes and rules in the words of iproute2, as far as Keepalived takes them: how they are known, shown and written. */
import { formatWithPrefix } from "../base/address.js";
import {
  type FixedAddress,
  type Fixture,
  type FixtureKey,
  KEEPALIVED_PROTOCOL,
  MAIN_TABLE_ID,
  type NextHop,
  type Range,
  type Route,
  type RouteMetric,
  type Rule,
} from "../core/fixture.js";

/** `RTN_*` */
export const ROUTE_TYPES: Readonly<Record<string, number>> = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  brd: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
  nat: 10,
  xresolve: 11,
};
/** `RTAX_FEATURE_ECN` */
const ECN = 1;
/** Of the times that the kernel counts in parts of a millisecond. */
export const UNITS_PER_MILLISECOND: Readonly<Record<string, number>> = { rtt: 8, rttvar: 4, rto_min: 1 };

export function fixtureKey(fixture: Fixture): FixtureKey {
  return `${fixture.kind} ${fixtureWords(fixture)}` as FixtureKey;
}

export function fixtureWords(fixture: Fixture): string {
  if (fixture.kind === "route") return routeWords(fixture).join(" ");
  if (fixture.kind === "rule") return ruleWords(fixture).join(" ");
  return addressWords(fixture);
}

/** The next hops last, since nothing may stand behind them. @param more what stands before those */
export function routeWords(route: Route, more: readonly string[] = []): string[] {
  const { type, destination, from, source, tos, via, table, protocol, scope, metric, realms } = route;
  const usual = type === null ? "prepend" : "add";
  const words = [
    type !== null && routeTypeName(type),
    formatWithPrefix(destination),
    from !== null && `from ${formatWithPrefix(from)}`,
    source !== null && `src ${source.text}`,
    tos !== null && `tos ${tos}`,
    via !== null && `via ${via.text}`,
    route.interface !== null && `dev ${route.interface}`,
    table !== MAIN_TABLE_ID && `table ${table}`,
    protocol !== KEEPALIVED_PROTOCOL && `protocol ${protocol}`,
    scope !== null && `scope ${scope}`,
    metric !== null && `metric ${metric}`,
    route.onlink && "onlink",
    route.insertion !== usual && route.insertion,
    realms !== 0 && `realms ${realmsOf(realms)}`,
    route.expiresSeconds !== null && `expires ${route.expiresSeconds}`,
    route.preference !== null && `pref ${route.preference}`,
    route.ttlPropagate !== null && `ttl-propagate ${route.ttlPropagate ? "enabled" : "disabled"}`,
    ...route.metrics.map(metricWords),
    ...more,
    ...route.nextHops.map(nextHopWords),
  ];
  return words.filter((word) => word !== false);
}

export function routeTypeName(type: number): string {
  return Object.keys(ROUTE_TYPES).find((name) => ROUTE_TYPES[name] === type) ?? `${type}`;
}

function metricWords({ name, value, locked }: RouteMetric): string {
  const lock = locked ? "lock " : "";
  if (name === "features") return value === ECN ? "features ecn" : `features ${value}`;
  const units = UNITS_PER_MILLISECOND[name] ?? 1;
  return `${name} ${lock}${typeof value === "string" ? value : value / units}`;
}

function nextHopWords({ via, interface: on, weight, onlink, realms }: NextHop): string {
  const words = [
    "nexthop",
    via !== null && `via ${via.text}`,
    on !== null && `dev ${on}`,
    weight !== null && `weight ${weight}`,
    onlink && "onlink",
    realms !== 0 && `realms ${realmsOf(realms)}`,
  ];
  return words.filter((word) => word !== false).join(" ");
}

/** "source/destination" */
function realmsOf(realms: number): string {
  const source = realms >>> 16;
  return source === 0 ? `${realms}` : `${source}/${realms & 0xffff}`;
}

export function ruleWords(rule: Rule): string[] {
  const { family, inverted, from, to, priority, tos, fwmark, fwmask, realms, action } = rule;
  // Keepalived 2.2.7 passes over the word behind it.
  const needsFamily = family === "ipv6" && from === null && to === null;
  const words = [
    needsFamily && "inet6 inet6",
    inverted && "not",
    from !== null && `from ${formatWithPrefix(from)}`,
    to !== null && `to ${formatWithPrefix(to)}`,
    `priority ${priority}`,
    tos !== 0 && `tos ${tos}`,
    fwmark !== null && `fwmark ${fwmark}${fwmask === null ? "" : `/${fwmask}`}`,
    rule.iif !== null && `iif ${rule.iif}`,
    rule.oif !== null && `oif ${rule.oif}`,
    rule.suppressPrefixLength !== null && `suppress_prefixlength ${rule.suppressPrefixLength}`,
    rule.suppressGroup !== null && `suppress_ifgroup ${rule.suppressGroup}`,
    rule.tunnelId !== null && `tunnel-id ${rule.tunnelId}`,
    rule.uidRange !== null && `uidrange ${rangeOf(rule.uidRange)}`,
    rule.protocol !== null && rule.protocol !== KEEPALIVED_PROTOCOL && `protocol ${rule.protocol}`,
    rule.ipProtocol !== null && `ipproto ${rule.ipProtocol}`,
    rule.sourcePorts !== null && `sport ${rangeOf(rule.sourcePorts)}`,
    rule.destinationPorts !== null && `dport ${rangeOf(rule.destinationPorts)}`,
    realms !== 0 && `realms ${realmsOf(realms)}`,
    actionWords(action),
  ];
  return words.filter((word) => word !== false);
}

function actionWords(action: Rule["action"]): string {
  if (action.to === "table") return `table ${action.table}`;
  return action.to === "goto" ? `goto ${action.priority}` : action.to;
}

function rangeOf([first, last]: Range): string {
  return `${first}-${last}`;
}

/** With all that it wears: the kernel changes none of that where an address is there, so another dress is another one. */
function addressWords({ interface: on, ...entry }: FixedAddress): string {
  const { address, scope, label, broadcast, peer, preferredSeconds } = entry;
  const isIpv6 = address.family === "ipv6";
  const words = [
    `${formatWithPrefix(entry)} dev ${on}`,
    scope !== 0 && `scope ${scope}`,
    label !== null && `label ${label}`,
    broadcast !== null && `brd ${broadcast.text}`,
    peer !== null && `peer ${peer.text}`,
    isIpv6 && preferredSeconds !== null && `preferred_lft ${preferredSeconds}`,
    entry.noPrefixRoute && "noprefixroute",
    entry.autojoin && "autojoin",
    entry.home && "home",
    isIpv6 && !entry.nodad && "-nodad",
  ];
  return words.filter((word) => word !== false).join(" ");
}
