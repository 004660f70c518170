/** The daemon's clock and the time of day. */
import type { Micros } from "../../base/time.js";
import type { Time } from "./types.js";

/** Turns a point of the daemon's clock into the time of day. */
export type ToWallClock = (at: Micros) => Time;

/** Both clocks read at the same moment. */
export function wallClock(nowMicros: Micros, nowMillis: number): ToWallClock {
  return (at) => new Date(nowMillis + (at - nowMicros) / 1000).toISOString();
}
