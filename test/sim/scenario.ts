/** What a run is made of: hosts, virtual routers and faults, all drawn from one seed (generate.ts). */
import type { AddressWithPrefix, Family, IpAddress } from "../../src/base/address.js";
import { MICROS_PER_SECOND, type Micros } from "../../src/base/time.js";
import type { CheckConfig, CoreConfig, Preempt, Track, VirtualRouterConfig } from "../../src/core/config.js";
import { type RouterId, routerId } from "../../src/core/identity.js";
import type { VrrpVersion } from "../../src/wire/advert.js";
import { notifyCommand, onLinkPeer, routerConfig } from "../core/configurations.js";
import type { Fault } from "./faults/fault.js";

/** An interface beside the one that virtual routers are on. */
export const UPLINK = "eth1";

/** What all hosts agree upon for one virtual router. */
export interface RouterSpec {
  readonly virtualRouterId: number;
  readonly family: Family;
  readonly version: VrrpVersion;
  readonly yieldsToVersion2: boolean;
  readonly password: Uint8Array | null;
  readonly unicast: boolean;
  readonly unicastStrict: boolean;
  readonly guardRemove: boolean;
  readonly tracks: readonly Track[];
  readonly ownerWaits: boolean;
  readonly answersLower: boolean;
  readonly answersHigher: boolean;
  /** Every address that a host may have in its list; the first is in all lists. */
  readonly pool: readonly AddressWithPrefix[];
  readonly advertisedCount: number;
}

/** One host's own choice for one virtual router. */
export interface RouterChoice {
  readonly priority: number;
  readonly preempt: Preempt;
  /** Indexes into the pool; begins with 0. */
  readonly list: readonly number[];
}

export interface HostSpec {
  readonly index: number;
  readonly name: string;
  readonly sources: Readonly<Record<Family, IpAddress>>;
  readonly bootAt: Micros;
  readonly clockOffset: Micros;
  readonly clockRate: number;
  readonly timerLatencyMicros: Micros;
  /** Packets that arrived together are handled as one batch, or one by one. */
  readonly batches: boolean;
  readonly advertIntervalMicros: Micros;
  /** The probe never answers here (and is advisory). */
  readonly deadProbe: boolean;
  /** A virtual address that is this node's own. */
  readonly own: { readonly router: number; readonly address: number } | null;
  readonly notifies: boolean;
  readonly choices: readonly RouterChoice[];
}

export interface CheckSpec extends CheckConfig {
  readonly intervalMicros: Micros;
}

export interface Scenario {
  readonly seed: number;
  readonly hosts: readonly HostSpec[];
  readonly routers: readonly RouterSpec[];
  /** Sync groups: virtual routers by their numbers, none in two. Members have all but their addresses in common. */
  readonly groups: readonly (readonly number[])[];
  readonly checks: readonly CheckSpec[];
  /** What UPLINK is while no fault says otherwise. */
  readonly uplinkIsUp: boolean;
  readonly downTimerAdverts: number;
  readonly leaseSeconds: number | null;
  readonly renewIntervalMicros: Micros | null;
  /** How often masters ask for others that have their addresses. */
  readonly conflictProbeIntervalMicros: Micros | null;
  /** Each ends at `quietAt` at the latest. */
  readonly faults: readonly Fault[];
  readonly quietAt: Micros;
}

export const INTERFACE = "eth0";

/** The configuration that one host's daemon starts with. */
export function coreConfigOf(
  scenario: Scenario,
  host: HostSpec,
  choices: readonly RouterChoice[],
): CoreConfig {
  return {
    routers: scenario.routers.map((router, index) => configOf(scenario, host, router, choices[index]!)),
    groups: scenario.groups.map((members, index) => ({
      name: `G${index}`,
      members: members.map((member) => idOf(scenario.routers[member]!)),
      notify: [],
    })),
    checks: scenario.checks,
    renewIntervalMicros: scenario.renewIntervalMicros,
    conflictProbeIntervalMicros: scenario.conflictProbeIntervalMicros,
  };
}

export function idOf({ family, virtualRouterId }: RouterSpec): RouterId {
  return routerId(INTERFACE, family, virtualRouterId);
}

function configOf(
  scenario: Scenario,
  host: HostSpec,
  router: RouterSpec,
  choice: RouterChoice,
): VirtualRouterConfig {
  const others = scenario.hosts.filter((other) => other !== host);
  return routerConfig({
    name: `vr${router.virtualRouterId}${router.family === "ipv6" ? "_v6" : ""}`,
    interface: INTERFACE,
    family: router.family,
    virtualRouterId: router.virtualRouterId,
    version: router.version,
    yieldsToVersion2: router.yieldsToVersion2,
    password: router.password,
    priority: choice.priority,
    preempt: choice.preempt,
    advertIntervalMicros: host.advertIntervalMicros,
    virtualAddresses: choice.list.map((address) => router.pool[address]!),
    advertisedCount: Math.min(router.advertisedCount, choice.list.length),
    unicastPeers: router.unicast ? others.map((other) => onLinkPeer(other.sources[router.family])) : [],
    unicastStrict: router.unicastStrict,
    leaseSeconds: scenario.leaseSeconds,
    guardRemove: router.guardRemove,
    tracks: router.tracks,
    ownerWaits: router.ownerWaits,
    answersLower: router.answersLower,
    answersHigher: router.answersHigher,
    downTimerAdverts: scenario.downTimerAdverts,
    notify: host.notifies ? [notifyCommand()] : [],
  });
}

export function largestIntervalMicros(scenario: Scenario): Micros {
  const ours = scenario.hosts.map((host) => host.advertIntervalMicros);
  const theirs = scenario.faults.map((fault) => (fault.kind === "speaker" ? fault.intervalMicros : 0));
  return Math.max(...ours, ...theirs);
}

export function largestDelayMicros(scenario: Scenario): Micros {
  const delays = scenario.hosts.flatMap((host) => host.choices.map((choice) => choice.preempt.delaySeconds));
  const later = scenario.faults.map((fault) =>
    fault.kind === "reload" && fault.change !== "refused" && "preempt" in fault.change
      ? fault.change.preempt.delaySeconds
      : 0,
  );
  return Math.max(...delays, ...later) * MICROS_PER_SECOND;
}
