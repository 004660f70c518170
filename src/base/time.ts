/** Time inside is integer microseconds of one monotonic clock; these turn the units of people and wires into it. */

/** A point on the monotonic clock, or a span of it, in microseconds. */
export type Micros = number;

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_MILLISECOND = 1_000;
/** VRRPv3 speaks of intervals in hundredths of a second (RFC 9568 §5.2.7). */
export const MICROS_PER_CENTISECOND = 10_000;

export function secondsToMicros(seconds: number): Micros {
  return Math.round(seconds * MICROS_PER_SECOND);
}

export function microsToSeconds(micros: Micros): number {
  return micros / MICROS_PER_SECOND;
}

/** "3.609 s", for a sentence. */
export function formatSeconds(micros: Micros): string {
  return `${Number((micros / MICROS_PER_SECOND).toFixed(3))} s`;
}

/** Node's timers fire at once beyond this. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;

/** An interval in the unit of Node's timers, as long as they can be. */
export function timerMillis(micros: Micros): number {
  return Math.min(MAX_TIMER_MILLIS, Math.max(1, micros / MICROS_PER_MILLISECOND));
}
