/** What makes a takeover quick: it has been rehearsed, and the last moment before it is spent awake. */
import { MICROS_PER_MILLISECOND, type Micros } from "../../base/time.js";
import type { CoreConfig } from "../../core/config.js";
import { nowMicros } from "../../host/native.js";
import { Rehearsal } from "./rehearsal.js";

/** So long code stays in a processor's caches, on a machine that does other things as well. */
const WARM_MICROS = 10 * MICROS_PER_MILLISECOND;

export class WarmUp {
  /** null: not yet, or not possible. */
  #rehearsal: Rehearsal | null = null;
  #warmedUpAt: Micros = Number.NEGATIVE_INFINITY;

  constructor(private readonly onProblem: (sentence: string) => void) {}

  /** Without it a takeover is slower, and nothing else. */
  rehearse(config: CoreConfig): void {
    try {
      this.#rehearsal = new Rehearsal(config);
    } catch (error) {
      this.onProblem(`a takeover could not be rehearsed: ${(error as Error).message}`);
    }
  }

  /** The time until a takeover is well spent. */
  spin(at: Micros): void {
    if (nowMicros() - this.#warmedUpAt > WARM_MICROS) this.#rehearsal?.warmUp();
    do this.#warmedUpAt = nowMicros();
    while (this.#warmedUpAt < at);
  }

  close(): void {
    this.#rehearsal?.close();
  }
}
