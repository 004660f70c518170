/** A route as rtnetlink(7) has it: the message that puts it there, and the one that removes exactly it. */
import { LITTLE_ENDIAN } from "../../base/bytes.js";
import type { Insertion, NextHop, Route, RouteMetric, RouteMetricName } from "../../core/fixture.js";
import { AF_INET, AF_INET6, Flags, FlagsNew, MessageType } from "./constants.js";
import { attribute, joined, message, nested, uint8, uint32 } from "./message.js";

/** `RTA_*` */
const Attribute = {
  destination: 1,
  source: 2,
  oif: 4,
  gateway: 5,
  priority: 6,
  prefsrc: 7,
  metrics: 8,
  multipath: 9,
  flow: 11,
  table: 15,
  preference: 20,
  expires: 23,
  ttlPropagate: 26,
} as const;

/** `RTAX_*` */
const METRICS: Readonly<Record<RouteMetricName, number>> = {
  mtu: 2,
  window: 3,
  rtt: 4,
  rttvar: 5,
  ssthresh: 6,
  cwnd: 7,
  advmss: 8,
  reordering: 9,
  hoplimit: 10,
  initcwnd: 11,
  features: 12,
  rto_min: 13,
  initrwnd: 14,
  quickack: 15,
  congctl: 16,
  fastopen_no_cookie: 17,
};
/** `RTAX_LOCK`: a bit for each metric that path discovery does not change. */
const METRIC_LOCKS = 1;

/** Without any further flag the kernel puts a route before an equal one. */
const INSERTIONS: Readonly<Record<Insertion, number>> = {
  prepend: Flags.REQUEST | FlagsNew.CREATE,
  append: Flags.REQUEST | FlagsNew.CREATE | FlagsNew.APPEND,
  add: Flags.REQUEST | FlagsNew.CREATE | FlagsNew.EXCL,
};

/** `RTN_UNICAST` */
const UNICAST = 1;
/** `RT_SCOPE_NOWHERE`: of a removal, any. */
const ANY_SCOPE = 255;
/** `RTNH_F_ONLINK` */
const ONLINK = 4;
const ROUTE_HEADER_BYTES = 12;
const NEXT_HOP_HEADER_BYTES = 8;
/** A larger one is in an attribute. */
const LARGEST_TABLE_IN_HEADER = 255;

export interface EncodedFixture {
  readonly add: Uint8Array;
  readonly remove: Uint8Array;
}

/** @returns null: an interface that it names is not there */
export function encodeRoute(
  route: Route,
  indexOf: (interfaceName: string) => number | null,
): EncodedFixture | null {
  const names = [route.interface, ...route.nextHops.map((hop) => hop.interface)];
  if (names.some((name) => name !== null && indexOf(name) === null)) return null;
  const attributes = attributesOf(route, indexOf);
  const added = header(route, route.scope ?? 0, route.type ?? UNICAST);
  const removed = header(route, route.scope ?? ANY_SCOPE, route.type ?? 0);
  return {
    add: message(MessageType.NEWROUTE, INSERTIONS[route.insertion], [added, ...attributes]),
    remove: message(MessageType.DELROUTE, Flags.REQUEST, [removed, ...attributes]),
  };
}

/** `struct rtmsg` */
function header(route: Route, scope: number, type: number): Uint8Array {
  const bytes = new Uint8Array(ROUTE_HEADER_BYTES);
  bytes.set([
    route.family === "ipv6" ? AF_INET6 : AF_INET,
    route.destination.prefixLength,
    route.from?.prefixLength ?? 0,
    route.tos ?? 0,
    route.table > LARGEST_TABLE_IN_HEADER ? 0 : route.table,
    route.protocol,
    scope,
    type,
  ]);
  new DataView(bytes.buffer).setUint32(8, route.onlink ? ONLINK : 0, LITTLE_ENDIAN);
  return bytes;
}

function attributesOf(route: Route, indexOf: (name: string) => number | null): Uint8Array[] {
  const { destination, from, source, via, table, metric, realms, metrics, nextHops } = route;
  const parts = [
    destination.prefixLength > 0 && attribute(Attribute.destination, destination.address.bytes),
    table > LARGEST_TABLE_IN_HEADER && uint32(Attribute.table, table),
    from !== null && attribute(Attribute.source, from.address.bytes),
    source !== null && attribute(Attribute.prefsrc, source.bytes),
    via !== null && attribute(Attribute.gateway, via.bytes),
    route.interface !== null && uint32(Attribute.oif, indexOf(route.interface)!),
    metric !== null && uint32(Attribute.priority, metric),
    realms !== 0 && uint32(Attribute.flow, realms),
    route.expiresSeconds !== null && uint32(Attribute.expires, route.expiresSeconds),
    route.preference !== null && uint8(Attribute.preference, route.preference),
    route.ttlPropagate !== null && uint8(Attribute.ttlPropagate, route.ttlPropagate ? 1 : 0),
    metrics.length > 0 && nested(Attribute.metrics, metricsOf(metrics)),
    nextHops.length > 0 &&
      attribute(Attribute.multipath, joined(nextHops.map((hop) => nextHopOf(hop, indexOf)))),
  ];
  return parts.filter((part) => part !== false);
}

function metricsOf(metrics: readonly RouteMetric[]): Uint8Array[] {
  const locks = metrics.reduce((bits, { name, locked }) => (locked ? bits | (1 << METRICS[name]) : bits), 0);
  const parts = metrics.map(({ name, value }) =>
    typeof value === "string"
      ? attribute(METRICS[name], Buffer.from(`${value}\0`))
      : uint32(METRICS[name], value),
  );
  return locks === 0 ? parts : [...parts, uint32(METRIC_LOCKS, locks)];
}

/** `struct rtnexthop`, and the attributes behind it. */
function nextHopOf(hop: NextHop, indexOf: (name: string) => number | null): Uint8Array {
  const { via, realms, weight, onlink } = hop;
  const parts = [
    ...(via === null ? [] : [attribute(Attribute.gateway, via.bytes)]),
    ...(realms === 0 ? [] : [uint32(Attribute.flow, realms)]),
  ];
  const head = new Uint8Array(NEXT_HOP_HEADER_BYTES);
  const view = new DataView(head.buffer);
  view.setUint16(
    0,
    parts.reduce((sum, part) => sum + part.length, NEXT_HOP_HEADER_BYTES),
    LITTLE_ENDIAN,
  );
  view.setUint8(2, onlink ? ONLINK : 0);
  view.setUint8(3, (weight ?? 1) - 1);
  view.setInt32(4, hop.interface === null ? 0 : indexOf(hop.interface)!, LITTLE_ENDIAN);
  return joined([head, ...parts]);
}
