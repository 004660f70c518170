/** Whoever measures the daemon at work (the metrics do); nobody by default. Called on the loop: must be quick. */
import type { Micros } from "../../base/time.js";
import type { Effect } from "../../core/effect.js";

export interface Observer {
  /** A deadline of the core was met, this late. */
  onDeadline(lateMicros: Micros): void;
  /** When effects have been carried out, or are about to be. */
  onEffects(now: Micros, effects: readonly Effect[]): void;
  onCheckStarted(check: string): void;
  onCheckEnded(check: string, tookMicros: Micros): void;
}
