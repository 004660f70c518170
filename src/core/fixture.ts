/**
 * What is put into the kernel beside virtual addresses: routes and rules that come and go with a mastership, and routes,
 * rules and addresses that are there for as long as vrrpd runs. In the numbers of rtnetlink(7).
 */
import type { AddressWithPrefix, Family, IpAddress } from "../base/address.js";
import type { AddressDress } from "./virtual-address.js";

declare const brand: unique symbol;

/** Its words, as `ip route`, `ip rule` and `ip address` have them, behind its kind: unique on a host. */
export type FixtureKey = `${Fixture["kind"]} ${string}` & { readonly [brand]: "FixtureKey" };

export interface FixtureConfig {
  readonly key: FixtureKey;
  readonly fixture: Fixture;
  /** What somebody removes is put back (Keepalived's `no_track`: it is not). */
  readonly guarded: boolean;
  /** Interfaces of which one down is a fault of the virtual router. */
  readonly trackedInterfaces: readonly string[];
}

export type Fixture = Route | Rule | FixedAddress;

/** Before an equal route of others, behind it, or not at all beside it. */
export type Insertion = "prepend" | "append" | "add";

export interface Route {
  readonly kind: "route";
  readonly family: Family;
  readonly insertion: Insertion;
  /** `RTN_*`; null: unicast, and a removal asks for no type. */
  readonly type: number | null;
  readonly destination: AddressWithPrefix;
  /** IPv6: for packets from there alone; null: from anywhere. */
  readonly from: AddressWithPrefix | null;
  /** What packets are sent from; null: as the kernel chooses. */
  readonly source: IpAddress | null;
  readonly tos: number | null;
  readonly via: IpAddress | null;
  /** Its name; null: as the gateway says. */
  readonly interface: string | null;
  /** 0..2^32-1; 0: the main one. */
  readonly table: number;
  /** `RTPROT_*` */
  readonly protocol: number;
  /** `RT_SCOPE_*`; null: not said. */
  readonly scope: number | null;
  readonly metric: number | null;
  readonly onlink: boolean;
  /** Those of the source in the upper 16 bits; 0: none. */
  readonly realms: number;
  /** IPv6 */
  readonly expiresSeconds: number | null;
  /** IPv6, `ICMPV6_ROUTER_PREF_*` */
  readonly preference: number | null;
  readonly ttlPropagate: boolean | null;
  /** Each name once. */
  readonly metrics: readonly RouteMetric[];
  /** Empty: `via` and `interface` are the only way. */
  readonly nextHops: readonly NextHop[];
}

/** `RTAX_*`, as `ip route` calls it. */
export interface RouteMetric {
  readonly name: RouteMetricName;
  /** In the kernel's unit; a text for `congctl` alone. */
  readonly value: number | string;
  readonly locked: boolean;
}

export type RouteMetricName =
  | "mtu"
  | "window"
  | "rtt"
  | "rttvar"
  | "ssthresh"
  | "cwnd"
  | "advmss"
  | "reordering"
  | "hoplimit"
  | "initcwnd"
  | "features"
  | "rto_min"
  | "initrwnd"
  | "quickack"
  | "congctl"
  | "fastopen_no_cookie";

export interface NextHop {
  readonly via: IpAddress | null;
  readonly interface: string | null;
  /** 1..256; null: 1. */
  readonly weight: number | null;
  readonly onlink: boolean;
  readonly realms: number;
}

export interface Rule {
  readonly kind: "rule";
  readonly family: Family;
  /** `not` */
  readonly inverted: boolean;
  readonly from: AddressWithPrefix | null;
  readonly to: AddressWithPrefix | null;
  readonly priority: number;
  readonly tos: number;
  readonly fwmark: number | null;
  readonly fwmask: number | null;
  readonly realms: number;
  readonly suppressPrefixLength: number | null;
  readonly suppressGroup: number | null;
  /** Names of interfaces. */
  readonly iif: string | null;
  readonly oif: string | null;
  /** Decimal; null: any. */
  readonly tunnelId: string | null;
  readonly uidRange: Range | null;
  /** `RTPROT_*`; null: not said. */
  readonly protocol: number | null;
  readonly ipProtocol: number | null;
  readonly sourcePorts: Range | null;
  readonly destinationPorts: Range | null;
  readonly action: RuleAction;
}

/** The first and the last. */
export type Range = readonly [first: number, last: number];

export type RuleAction =
  | { readonly to: "table"; readonly table: number }
  /** Of the device's VRF. */
  | { readonly to: "l3mdev" }
  | { readonly to: "goto"; readonly priority: number }
  | { readonly to: "nop" | "blackhole" | "unreachable" | "prohibit" };

/** An address of this host. */
export interface FixedAddress extends AddressWithPrefix, AddressDress {
  readonly kind: "address";
  readonly interface: string;
}

/** `RTPROT_KEEPALIVED`: of routes and rules that Keepalived or vrrpd has put there. */
export const KEEPALIVED_PROTOCOL = 18;
/** `RT_TABLE_MAIN` */
export const MAIN_TABLE_ID = 254;

/** Of which nothing else is said. */
export const PLAIN_ROUTE: Omit<Route, "family" | "destination"> = {
  kind: "route",
  insertion: "prepend",
  type: null,
  from: null,
  source: null,
  tos: null,
  via: null,
  interface: null,
  table: MAIN_TABLE_ID,
  protocol: KEEPALIVED_PROTOCOL,
  scope: null,
  metric: null,
  onlink: false,
  realms: 0,
  expiresSeconds: null,
  preference: null,
  ttlPropagate: null,
  metrics: [],
  nextHops: [],
};

/** What is told by its protocol is nobody's else; an address has none that every kernel tells. */
export function bearsMark(fixture: Fixture): boolean {
  return fixture.kind !== "address" && fixture.protocol === KEEPALIVED_PROTOCOL;
}

/** Whatever it needs, as far as it is told by name. */
export function interfacesNamedBy(fixture: Fixture): string[] {
  if (fixture.kind === "address") return [fixture.interface];
  const names =
    fixture.kind === "route"
      ? [fixture.interface, ...fixture.nextHops.map((hop) => hop.interface)]
      : [fixture.iif, fixture.oif];
  return names.filter((name) => name !== null);
}

export function kindOfKey(key: FixtureKey): Fixture["kind"] {
  return key.slice(0, key.indexOf(" ")) as Fixture["kind"];
}

/** Without the kind: what people read. */
export function wordsOfKey(key: FixtureKey): string {
  return key.slice(key.indexOf(" ") + 1);
}
