/** The arithmetic of an election: time spans and rank. */
import { compareAddresses, type IpAddress } from "../base/address.js";
import { MICROS_PER_SECOND, type Micros } from "../base/time.js";
import type { VrrpVersion } from "../wire/advert.js";

/** The owner of the addresses (RFC 9568 §5.2.4). */
export const OWNER_PRIORITY = 255;
/** Of who does not own the addresses. */
export const LOWEST_PRIORITY = 1;
const HIGHEST_PRIORITY = 254;
/** So many adverts are missed before a backup takes over (RFC 9568 §6.1). */
export const DOWN_TIMER_ADVERTS = 3;
/** The master releases its mastership (RFC 9568 §5.2.4). */
export const RELEASE_PRIORITY = 0;

/** Below all that others can have, so that no master yields to it: whether it leaves is all that is asked. */
export const TRIAL_PRIORITY = 1;

/**
 * The priority that counts: the configured one and what is tracked, within 1..254. An owner stays one (RFC 9568 §6.1),
 * and nothing makes an owner of another (Keepalived's ways).
 * @param added the sum of what its tracks add
 */
export function effectivePriority(base: number, added: number): number {
  if (base === OWNER_PRIORITY) return base;
  return Math.min(Math.max(base + added, LOWEST_PRIORITY), HIGHEST_PRIORITY);
}

/** Skew_Time: RFC 9568 §6.1 from the interval; RFC 3768 §6.1 (version 2) from one second. */
export function skewMicros(version: VrrpVersion, priority: number, intervalMicros: Micros): Micros {
  const base = version === 2 ? MICROS_PER_SECOND : intervalMicros;
  return Math.floor(((256 - priority) * base) / 256);
}

/**
 * Active_Down_Interval (RFC 9568 §6.1), Master_Down_Interval (RFC 3768 §6.1).
 * @param adverts how many of them are missed; the standards' 3 is DOWN_TIMER_ADVERTS
 */
export function masterDownMicros(
  version: VrrpVersion,
  priority: number,
  intervalMicros: Micros,
  adverts: number,
): Micros {
  return adverts * intervalMicros + skewMicros(version, priority, intervalMicros);
}

/** Whether an advert outranks us as master: higher priority, or equal from a greater address (RFC 9568 §6.4.3). */
export function outranks(
  theirs: { priority: number; source: IpAddress },
  ours: { priority: number; source: IpAddress },
): boolean {
  if (theirs.priority !== ours.priority) return theirs.priority > ours.priority;
  return compareAddresses(theirs.source, ours.source) > 0;
}
