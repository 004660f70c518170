/** Configurations of the core, for whatever test needs one: each says what it is about, the rest is a plain default. */

import type { AddressWithPrefix, IpAddress } from "../../src/base/address.js";
import { secondsToMicros } from "../../src/base/time.js";
import { ORIGINS } from "../../src/config/env/table.js";
import type {
  AnnouncementSchedule,
  CheckConfig,
  CoreConfig,
  Track,
  UnicastPeer,
  VirtualRouterConfig,
} from "../../src/core/config.js";
import { routerId } from "../../src/core/identity.js";
import type { NotifyCommand } from "../../src/core/notify.js";
import { plainVirtualAddress, type VirtualAddressConfig } from "../../src/core/virtual-address.js";
import { VRRP_GROUPS, VRRP_TTL } from "../../src/wire/vrrp.js";
import { VIRTUAL_ADDRESS, withPrefix } from "./values.js";

/** FAULT while one of these checks fails. */
export function faultTracks(...checks: readonly string[]): Track[] {
  return checks.map((check) => ({ on: { check }, effect: "fault", reversed: false }));
}

/** This check counts for the priority. */
export function weightTrack(check: string, weight: number): Track {
  return { on: { check }, effect: { weight }, reversed: false };
}

/** A plain address but for what it says. */
export type AddressOverrides = AddressWithPrefix & Partial<VirtualAddressConfig>;

export interface RouterOverrides extends Partial<Omit<VirtualRouterConfig, "id" | "virtualAddresses">> {
  /** A text may have a prefix length; without one it is that of a single address. */
  readonly virtualAddresses?: readonly (string | AddressOverrides)[];
}

/** Version 3, priority 100, one second, one virtual address, all advertised, immediate preemption, no lease. */
export function routerConfig(overrides: RouterOverrides = {}): VirtualRouterConfig {
  const { interface: on = "eth0", family = "ipv4", virtualRouterId = 1 } = overrides;
  const virtualAddresses = (overrides.virtualAddresses ?? [VIRTUAL_ADDRESS]).map((entry) => {
    const said = typeof entry === "string" ? withPrefix(entry) : entry;
    return { ...plainVirtualAddress(said, on), ...said };
  });
  return {
    id: routerId(on, family, virtualRouterId),
    name: "web",
    interface: on,
    family,
    virtualRouterId,
    version: 3,
    yieldsToVersion2: false,
    password: null,
    priority: 100,
    preempt: { mode: "immediate", delaySeconds: 0 },
    advertIntervalMicros: secondsToMicros(1),
    advertisedCount: virtualAddresses.filter(({ advertised }) => advertised).length,
    unicastPeers: [],
    multicastGroup: VRRP_GROUPS[family],
    unicastTtl: VRRP_TTL,
    unicastStrict: false,
    leaseSeconds: null,
    leftovers: "marked",
    idConflict: "hold",
    vmacs: [],
    contestedPerMinute: 20,
    announcements: announcements(),
    guardRemove: false,
    origins: ORIGINS,
    checksumPseudoHeader: true,
    tracks: [],
    fixtures: [],
    tracksInterface: true,
    missingIsFault: false,
    tracksSource: false,
    ownerWaits: false,
    answersLower: true,
    announcesToLower: true,
    answersHigher: false,
    downTimerAdverts: 3,
    notify: [],
    fifo: "none",
    ...overrides,
    virtualAddresses,
  };
}

/** Five at once a fifth of a second apart, five more after five seconds; never without a cause. */
export function announcements(overrides: Partial<AnnouncementSchedule> = {}): AnnouncementSchedule {
  const rounds = {
    times: 5,
    spacingMicros: secondsToMicros(0.2),
    againAfterMicros: secondsToMicros(5),
  };
  return {
    claimed: rounds,
    contested: rounds,
    refresh: null,
    pauseMicros: { ipv4: 0, ipv6: 0 },
    ...overrides,
  };
}

/** Of each state, unless it says another, as the daemon's own user. */
export function notifyCommand(overrides: Partial<NotifyCommand> = {}): NotifyCommand {
  return { origin: ORIGINS.interface, on: "any", command: ["/bin/notify"], user: null, ...overrides };
}

/** Each router has the id of its place, from 1, unless it says another. */
export function coreConfig(
  routers: readonly RouterOverrides[],
  overrides: Partial<Omit<CoreConfig, "routers">> = {},
): CoreConfig {
  return {
    checks: [],
    renewIntervalMicros: null,
    ...overrides,
    routers: routers.map((router, at) => routerConfig({ virtualRouterId: at + 1, ...router })),
  };
}

export function checkConfig(overrides: Partial<CheckConfig> = {}): CheckConfig {
  return { name: "probe", advisoryUntilFirstPass: false, rise: 1, fall: 1, ...overrides };
}

/** A unicast peer without a router between. */
export function onLinkPeer(address: IpAddress): UnicastPeer {
  return { address, gateway: null, leastTtl: VRRP_TTL, source: null };
}
