/** Counters as Keepalived counts: the one place that says which of ours each of its names is. */
import type { Counters } from "../../core/counters.js";

export interface KeepalivedCounters {
  readonly advertsReceived: number;
  readonly advertsSent: number;
  readonly becomeMaster: number;
  readonly releaseMaster: number;
  readonly lengthErrors: number;
  readonly ttlErrors: number;
  readonly invalidType: number;
  readonly intervalErrors: number;
  readonly addressListErrors: number;
  /** Keepalived tells an unknown kind from one that is not ours; both are the same here. */
  readonly authenticationTypeErrors: number;
  readonly authenticationFailures: number;
  readonly priorityZeroReceived: number;
  readonly priorityZeroSent: number;
}

type Reason = keyof Counters["drops"];

export function keepalivedCounters(counters: Counters): KeepalivedCounters {
  const refused = (...reasons: readonly Reason[]) =>
    reasons.reduce((sum, reason) => sum + (counters.drops[reason] ?? 0), 0);
  return {
    advertsReceived: counters.advertsReceived,
    advertsSent: counters.advertsSent,
    becomeMaster: counters.becomeMaster,
    releaseMaster: counters.releaseMaster,
    lengthErrors: refused("length", "truncated"),
    ttlErrors: refused("ttl", "peer-ttl", "min-ttl", "foreign-peer-ttl"),
    invalidType: refused("type"),
    intervalErrors: refused("interval-mismatch", "zero-interval"),
    addressListErrors: counters.addressListMismatches + refused("no-addresses"),
    authenticationTypeErrors: refused("authentication-type"),
    authenticationFailures: refused("authentication-mismatch"),
    priorityZeroReceived: counters.priorityZeroReceived,
    priorityZeroSent: counters.priorityZeroSent,
  };
}

/** As numbers, in its order. */
export const STATE_NUMBERS = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3 } as const;
