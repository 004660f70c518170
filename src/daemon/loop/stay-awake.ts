import type { Micros } from "../../base/time.js";
import { nowMicros } from "../../host/native.js";

/** Keeps the processor until then. @returns what time it is */
export function stayAwake(at: Micros): Micros {
  let now = nowMicros();
  while (now < at) now = nowMicros();
  return now;
}
