/** What is counted for each virtual router. */
import type { DropReason } from "../wire/advert.js";

export interface Counters {
  advertsReceived: number;
  /** That left for one destination at least. */
  advertsSent: number;
  priorityZeroReceived: number;
  priorityZeroSent: number;
  becomeMaster: number;
  releaseMaster: number;
  /** Adverts with our id and none of our addresses. */
  strangers: number;
  /** Adverts whose address list differs from ours. */
  addressListMismatches: number;
  /** Adverts whose interval differs from ours. */
  intervalMismatches: number;
  /** Virtual addresses that somebody else removed while we were master. */
  addressesMeddled: number;
  /** Virtual addresses that the kernel removed because we renewed them too late. */
  addressesExpired: number;
  /** Address changes that the kernel refused. */
  addressesRefused: number;
  /** The same by errno name. */
  addressesRefusedByErrno: Record<string, number>;
  /** Answers of other hosts for a virtual address while we were master. */
  addressConflicts: number;
  leaseRenewals: number;
  /** Adverts, or batches of announcements, that the kernel refused to send. */
  sendErrors: number;
  /** The same by errno name. */
  sendErrorsByErrno: Record<string, number>;
  drops: Partial<Record<DropReason, number>>;
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
    sendErrors: 0,
    sendErrorsByErrno: {},
    drops: {},
  };
}

export function countErrno(counts: Record<string, number>, errno: string): void {
  counts[errno] = (counts[errno] ?? 0) + 1;
}

export function countDrop(
  counters: { drops: Partial<Record<DropReason, number>> },
  reason: DropReason,
): void {
  counters.drops[reason] = (counters.drops[reason] ?? 0) + 1;
}
