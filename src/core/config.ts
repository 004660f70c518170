/** What the core is told to do: the validated configuration, one value, already planned for this host. */
import type { Family, IpAddress } from "../base/address.js";
import type { MacAddress } from "../base/mac.js";
import type { Micros } from "../base/time.js";
import type { VrrpVersion } from "../wire/advert.js";
import type { FixtureConfig } from "./fixture.js";
import type { RouterId } from "./identity.js";
import type { NotifyCommand } from "./notify.js";
import type { SettingOrigins } from "./origin.js";
import type { VirtualAddressConfig } from "./virtual-address.js";

export type Preempt =
  | { readonly mode: "delay"; readonly delaySeconds: number }
  | { readonly mode: "never"; readonly delaySeconds: 0 }
  | { readonly mode: "immediate"; readonly delaySeconds: 0 };

/** A node that adverts are exchanged with one by one, as this host reaches it. */
export interface UnicastPeer {
  readonly address: IpAddress;
  /** The router that its route leads through; null: it is on-link, or no route to it is known. */
  readonly gateway: IpAddress | null;
  /** Adverts from its address need this TTL or hop limit at least: 1..255, and 255 without a gateway. */
  readonly leastTtl: number;
  /** What our adverts to it are sent from; null: what the interface's are. */
  readonly source: IpAddress | null;
}

/** Announcements of one address: a burst, and perhaps the same burst once more. */
export interface AnnouncementRounds {
  /** How many in a burst; at least 1. */
  readonly times: number;
  /** From one of them to the next; 0: all at once. */
  readonly spacingMicros: Micros;
  /** From the first burst's beginning to the second's, which the first has to be over by then; null: there is none. */
  readonly againAfterMicros: Micros | null;
}

/** When a master announces its addresses. */
export interface AnnouncementSchedule {
  /** Each address that is new here (Keepalived's `garp_master_repeat`, `garp_master_delay`). */
  readonly claimed: AnnouncementRounds;
  /** Another host may be taken for the holder, as after an advert of lower priority (`garp_lower_prio_*`). */
  readonly contested: AnnouncementRounds;
  /** Without a cause, all addresses (`garp_master_refresh`); null: never. */
  readonly refresh: { readonly everyMicros: Micros; readonly times: number } | null;
  /** Between two of a family on one interface (`vrrp_garp_interval`, `vrrp_gna_interval`); 0: none. */
  readonly pauseMicros: Readonly<Record<Family, Micros>>;
}

/** What a virtual router depends on, and what that does to it. A check, or the link of an interface of this host. */
export interface Track {
  readonly on: { readonly check: string } | { readonly interface: string };
  /**
   * `fault`: FAULT while it fails. A weight, not 0, is added to the priority: above 0 while it succeeds, below 0 while
   * it fails. A weight keeps away from FAULT, and does nothing to an owner (priority 255). `factor`, of a check that
   * tells a number: that number times the factor is added, at most 253; -254 and below are FAULT.
   */
  readonly effect: "fault" | { readonly weight: number } | { readonly factor: number };
  /**
   * Keepalived's `reverse`: `fault` comes with success; a weight is added at the same times with its sign turned, and so
   * is a number.
   */
  readonly reversed: boolean;
}

/**
 * An interface of its own for virtual addresses, with a virtual MAC address (RFC 9568 §7.3): a macvlan, which is made for
 * the virtual router, and is up while that is master (Keepalived's `use_vmac`).
 */
export interface Vmac {
  readonly name: string;
  /** The interface that it is on. */
  readonly on: string;
  readonly mac: MacAddress;
  /** Of the addresses that it is for. */
  readonly family: Family;
  /** Adverts leave from it, and are heard there; they leave from the interface below it (`vmac_xmit_base`); it is for addresses alone. */
  readonly adverts: "sent" | "heard" | "none";
}

/** One virtual router. */
export interface VirtualRouterConfig {
  /** The same for as long as the daemon runs, even where `interface` becomes another one. */
  readonly id: RouterId;
  /** Instance name: `ipfailover_VIP_1`. */
  readonly name: string;
  readonly interface: string;
  readonly family: Family;
  /** 1..255 */
  readonly virtualRouterId: number;
  readonly version: VrrpVersion;
  /** Yield, as BACKUP, to a version 2 speaker of this virtual router. */
  readonly yieldsToVersion2: boolean;
  /** 8 bytes of simple password for version 2; null: no authentication. */
  readonly password: Uint8Array | null;
  /** 1..255; null while the host fact that it is made from (the node address) is missing. */
  readonly priority: number | null;
  readonly preempt: Preempt;
  readonly advertIntervalMicros: Micros;
  /** In order, the advertised ones first. */
  readonly virtualAddresses: readonly VirtualAddressConfig[];
  /** Interfaces that are made for some of them, each name once; empty: all are on what is there already. */
  readonly vmacs: readonly Vmac[];
  /** How many of `virtualAddresses`, from the first, go into an advert. */
  readonly advertisedCount: number;
  /** Empty: multicast. This node's own addresses are not in it. */
  readonly unicastPeers: readonly UnicastPeer[];
  /** Where its adverts go without unicast peers, and what it hears then. */
  readonly multicastGroup: IpAddress;
  /** TTL or hop limit of its adverts to unicast peers, 0..255; to a group they have 255. */
  readonly unicastTtl: number;
  /** Refuse a unicast speaker that is not in `unicastPeers`. */
  readonly unicastStrict: boolean;
  /** Kernel lifetime of the virtual addresses in seconds; null: for ever. */
  readonly leaseSeconds: number | null;
  /**
   * What of an earlier run is ours to take: what carries our mark or looks like it; `equal`: whatever equals one of
   * `virtualAddresses` as well, since a killed Keepalived leaves no mark.
   */
  readonly leftovers: "marked" | "equal";
  /** What an advert with one of our addresses under another id does to our claim. */
  readonly idConflict: "hold" | "claim";
  /** At least 2: how often a minute others may make a master announce one virtual address. */
  readonly contestedPerMinute: number;
  readonly announcements: AnnouncementSchedule;
  /** A backup removes a virtual address that somebody else adds there. */
  readonly guardRemove: boolean;
  /** IPv4 version 3 adverts carry the checksum with the pseudo-header (RFC 5798 as deployed), else message alone. */
  readonly checksumPseudoHeader: boolean;
  readonly tracks: readonly Track[];
  /** Its interface without link or carrier is a fault (false: Keepalived's `dont_track_primary`). */
  readonly tracksInterface: boolean;
  /** An interface that does not exist is a fault from the start (Keepalived's `dynamic_interfaces`), not waited for in INIT. */
  readonly missingIsFault: boolean;
  /** No interface with the source that was asked for is a fault, not waited for (Keepalived's `track_src_ip`). */
  readonly tracksSource: boolean;
  /** Routes and rules that come and go with the mastership, in their order; each key once. */
  readonly fixtures: readonly FixtureConfig[];
  /** Priority 255 that listens for the down interval first, as all others do (Keepalived: `state BACKUP` with 255). */
  readonly ownerWaits: boolean;
  /** A master advertises at once when it hears one of lower rank, so that it yields (RFC 9568 §6.4.3). */
  readonly answersLower: boolean;
  /** It announces its addresses then, too, and when that one has fallen silent (Keepalived's strict mode does not). */
  readonly announcesToLower: boolean;
  /** A master that yields to one of higher rank advertises once more before (Keepalived's `higher_prio_send_advert`). */
  readonly answersHigher: boolean;
  /** 1..100: so many adverts have to be missed (RFC 9568 §6.1: 3). */
  readonly downTimerAdverts: number;
  /** Where its settings are: for messages alone. */
  readonly origins: SettingOrigins;
  /** Scripts that are told what becomes of it; those of one state are started in this order, as Keepalived does it. */
  readonly notify: readonly NotifyCommand[];
  /** What readers of FIFOs are told of it: its states, or its priorities as well; `none`: there is no FIFO. */
  readonly fifo: "none" | "states" | "priorities";
  /** What makes its configuration impossible on this host, a sentence: FAULT; null or left out: nothing. */
  readonly contradiction?: string | null;
}

/** A check of the service, run beside the loop by the host; its results decide over FAULT. */
export interface CheckConfig {
  /** As status shows it: `probe`, `script`, `http`, or what a file calls it. */
  readonly name: string;
  /** Until it has succeeded once, a failure is a warning, not a fault. */
  readonly advisoryUntilFirstPass: boolean;
  /** Results in a row that turn the verdict (the first result always decides). */
  readonly rise: number;
  readonly fall: number;
}

/** Virtual routers that are master together, or none of them is (Keepalived's `vrrp_sync_group`). */
export interface GroupConfig {
  readonly name: string;
  /** At least one, in the order in which they change; none is in another group. */
  readonly members: readonly RouterId[];
  /** Scripts that are told what becomes of the group; nothing is said of LOWER_PRIORITY. */
  readonly notify: readonly NotifyCommand[];
  /** Readers of FIFOs are told, too; left out: there are none. */
  readonly fifo?: boolean;
}

export interface CoreConfig {
  readonly routers: readonly VirtualRouterConfig[];
  /** Left out: none. */
  readonly groups?: readonly GroupConfig[];
  /** Routes, rules and addresses that are there whoever is master; each key once. Left out: none. */
  readonly statics?: readonly FixtureConfig[];
  readonly checks: readonly CheckConfig[];
  /** How often a master asks whether another host has its addresses; null or left out: never. */
  readonly conflictProbeIntervalMicros?: Micros | null;
  /** How long a node listens and claims nothing, after the start and after a link came up; left out: no longer than ever. */
  readonly startGraceMicros?: Micros;
  readonly linkGraceMicros?: Micros;
  /** How often leases are renewed, for the whole host at once; null: with the adverts (`fast`), or no lease. */
  readonly renewIntervalMicros: Micros | null;
}

/** Names of the checks that a virtual router depends on. */
export function checksTracked({ tracks }: Pick<VirtualRouterConfig, "tracks">): string[] {
  return tracks.flatMap(({ on }) => ("check" in on ? [on.check] : []));
}

/** Names of the interfaces that virtual routers depend on, beside their own. */
export function interfacesTracked(
  routers: readonly Pick<VirtualRouterConfig, "tracks">[],
): ReadonlySet<string> {
  return new Set(
    routers.flatMap(({ tracks }) => tracks.flatMap(({ on }) => ("interface" in on ? [on.interface] : []))),
  );
}

/** Whether a virtual router depends on this interface, beside its own. */
export function tracksLinkOf({ tracks }: Pick<VirtualRouterConfig, "tracks">, name: string): boolean {
  return tracks.some(({ on }) => "interface" in on && on.interface === name);
}

/** By what they are known by, in their order. */
export function routersById(
  routers: readonly VirtualRouterConfig[],
): ReadonlyMap<RouterId, VirtualRouterConfig> {
  return new Map(routers.map((router) => [router.id, router]));
}
