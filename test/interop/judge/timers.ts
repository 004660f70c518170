/** The times of the protocol (RFC 9568 §6.1, RFC 3768 §6.1), counted here once more: the judge trusts nobody. */
import type { Group } from "../speakers.js";

const SECOND = 1_000_000;

/**
 * What a host may be late by when it is busy, or what the reading of a log is late by. Less than the least difference
 * between a right and a wrong timer at an interval of 1 s (0.6 s of skew at priority 100, one interval).
 */
export const TOLERANCE_MICROS = 400_000;

export function skewMicros({ version, intervalSeconds }: Group, priority: number): number {
  return ((256 - priority) / 256) * (version === 2 ? SECOND : intervalSeconds * SECOND);
}

export function downMicros(group: Group, priority: number): number {
  return 3 * group.intervalSeconds * SECOND + skewMicros(group, priority);
}
