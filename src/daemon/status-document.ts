/** What `vrrpd status --json` shows: the core's status in the units of people, with what the kernel really holds. */
import type { Family } from "../base/address.js";
import { type Micros, microsToSeconds } from "../base/time.js";
import type { VrrpVersion } from "../core/config.js";
import type { Counters } from "../core/counters.js";
import type { State } from "../core/state.js";
import type { CoreStatus, RouterStatus } from "../core/status.js";

export interface TransitionDocument {
  /** ISO 8601 */
  readonly at: string;
  readonly from: State;
  readonly to: State;
  readonly cause: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface InstanceDocument {
  readonly name: string;
  readonly family: Family;
  readonly interface: string;
  readonly virtualRouterId: number;
  readonly version: VrrpVersion;
  readonly priority: number | null;
  readonly state: State;
  /** ISO 8601 */
  readonly since: string;
  readonly reason: string;
  readonly master: { readonly address: string; readonly priority: number } | null;
  readonly preemptDelayEndsAt: string | null;
  readonly virtualAddresses: readonly { address: string; present: boolean; problem: string | null }[];
  readonly checks: readonly { name: string; state: string; detail: string }[];
  readonly transitions: readonly TransitionDocument[];
  readonly speakers: readonly Readonly<Record<string, unknown>>[];
  readonly counters: Counters;
}

export interface StatusDocument {
  readonly version: string;
  readonly pid: number;
  readonly name: string;
  readonly startedAt: string;
  readonly interface: string | null;
  readonly interfaceReason: string;
  readonly warnings: readonly string[];
  /** How late the daemon's own deadlines were met. */
  readonly lateness: { readonly maxSeconds: number; readonly lastSeconds: number; readonly stalls: number };
  readonly lostLogLines: number;
  readonly nextDeadline: { readonly at: string; readonly reason: string; readonly owner: string } | null;
  readonly instances: readonly InstanceDocument[];
  readonly unclaimedDrops: CoreStatus["unclaimedDrops"];
}

/** Turns a point of the daemon's clock into the time of day. */
export type ToWallClock = (at: Micros) => string;

export function wallClock(nowMicros: Micros, nowMillis: number): ToWallClock {
  return (at) => new Date(nowMillis + (at - nowMicros) / 1000).toISOString();
}

/** @param present whether the kernel has this address (with prefix length) on this interface */
export function instanceDocument(
  router: RouterStatus,
  present: (interfaceName: string, address: string) => boolean,
  at: ToWallClock,
): InstanceDocument {
  return {
    name: router.name,
    family: router.family,
    interface: router.interface,
    virtualRouterId: router.virtualRouterId,
    version: router.version,
    priority: router.priority,
    state: router.state,
    since: at(router.since),
    reason: router.reason,
    master: router.master,
    preemptDelayEndsAt: router.preemptDelayEndsAt === null ? null : at(router.preemptDelayEndsAt),
    virtualAddresses: router.virtualAddresses.map(({ address, refusal }) => ({
      address,
      present: present(router.interface, address),
      problem: refusal,
    })),
    checks: router.checks.map(({ name, state, detail }) => ({ name, state, detail })),
    transitions: router.transitions.map((transition) => ({
      at: at(transition.at),
      from: transition.from,
      to: transition.to,
      cause: transition.cause.text,
      facts: transition.cause.facts,
    })),
    speakers: router.speakers.map(({ lastHeardAt, advertIntervalMicros, ...speaker }) => ({
      ...speaker,
      advertIntervalSeconds: microsToSeconds(advertIntervalMicros),
      lastHeardAt: at(lastHeardAt),
    })),
    counters: router.counters,
  };
}
