/** Intervals of checks in the unit of Node's timers. */
import { MICROS_PER_MILLISECOND, type Micros } from "../../base/time.js";

/** Node fires at once beyond this. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;

export function timerMillis(micros: Micros): number {
  return Math.min(MAX_TIMER_MILLIS, Math.max(1, micros / MICROS_PER_MILLISECOND));
}
