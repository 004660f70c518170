/** What is counted for each virtual router. */
import type { DropReason } from "../wire/advert.js";

/**
 * How often something happened since the start.
 * @asType integer
 * @minimum 0
 */
export type Count = number;

/**
 * The same, where what never happened is not listed.
 * @asType integer
 * @minimum 1
 */
export type Occurrences = number;

/** What the kernel refused, by errno name. */
export type ByErrno = Record<string, Occurrences>;

/** Refused packets by reason. */
export type Drops = Partial<Record<DropReason, Occurrences>>;

/** Of routes and rules; of this host, of static addresses as well. */
export interface FixtureCounters {
  /** Those that should have been there and had gone, and were put back. */
  routesPutBack: Count;
  /** Changes that the kernel refused. */
  routesRefused: Count;
  /** The same by errno name. */
  routesRefusedByErrno: ByErrno;
}

/** Since the start. */
export interface Counters extends FixtureCounters {
  advertsReceived: Count;
  /** That left for one destination at least. */
  advertsSent: Count;
  priorityZeroReceived: Count;
  priorityZeroSent: Count;
  becomeMaster: Count;
  releaseMaster: Count;
  /** Adverts with our id and none of our addresses. */
  strangers: Count;
  /** Adverts whose address list differs from ours. */
  addressListMismatches: Count;
  /** Adverts whose interval differs from ours. */
  intervalMismatches: Count;
  /** Virtual addresses that somebody else removed while we were master. */
  addressesMeddled: Count;
  /** Virtual addresses that the kernel removed because we renewed them too late. */
  addressesExpired: Count;
  /** Address changes that the kernel refused. */
  addressesRefused: Count;
  /** The same by errno name. */
  addressesRefusedByErrno: ByErrno;
  /** Answers of other hosts for a virtual address while we were master. */
  addressConflicts: Count;
  leaseRenewals: Count;
  /** Adverts, or batches of announcements, that the kernel refused to send. */
  sendErrors: Count;
  /** The same by errno name. */
  sendErrorsByErrno: ByErrno;
  drops: Drops;
}

export function newFixtureCounters(): FixtureCounters {
  return { routesPutBack: 0, routesRefused: 0, routesRefusedByErrno: {} };
}

export function newCounters(): Counters {
  return {
    advertsReceived: 0,
    advertsSent: 0,
    priorityZeroReceived: 0,
    priorityZeroSent: 0,
    becomeMaster: 0,
    releaseMaster: 0,
    strangers: 0,
    addressListMismatches: 0,
    intervalMismatches: 0,
    addressesMeddled: 0,
    addressesExpired: 0,
    addressesRefused: 0,
    addressesRefusedByErrno: {},
    addressConflicts: 0,
    leaseRenewals: 0,
    ...newFixtureCounters(),
    sendErrors: 0,
    sendErrorsByErrno: {},
    drops: {},
  };
}

export function countErrno(counts: ByErrno, errno: string): void {
  counts[errno] = (counts[errno] ?? 0) + 1;
}

export function countDrop(counters: { drops: Drops }, reason: DropReason): void {
  counters.drops[reason] = (counters.drops[reason] ?? 0) + 1;
}
