/** What makes a takeover quick: it has been rehearsed, and the last moment before it is spent awake. */
import { MICROS_PER_MILLISECOND, type Micros } from "../../base/time.js";
import type { CoreConfig } from "../../core/config.js";
import { nowMicros } from "../../host/native.js";
import { Rehearsal, type RehearsalNetwork } from "./rehearsal.js";
import { stayAwake } from "./stay-awake.js";

/** So long code stays in a processor's caches, on a machine that does other things as well. */
const WARM_MICROS = 10 * MICROS_PER_MILLISECOND;
/** A takeover that is played takes less, even where all caches are cold: with less time left nothing is played. */
const PLAY_MICROS = 1 * MICROS_PER_MILLISECOND;
/** The first brings in what was cold, the second finds what is left. */
const PLAYS = 2;

export class WarmUp {
  /** null: not yet, or not possible. */
  #rehearsal: Rehearsal | null = null;
  #warmedUpAt: Micros = Number.NEGATIVE_INFINITY;

  constructor(private readonly onProblem: (sentence: string) => void) {}

  /** Without it a takeover is slower, and nothing else. @param network where adverts leave */
  rehearse(config: CoreConfig, network: RehearsalNetwork): void {
    try {
      this.#rehearsal = new Rehearsal(config, network);
    } catch (error) {
      this.onProblem(`a takeover could not be rehearsed: ${(error as Error).message}`);
    }
  }

  /** The time until a takeover is well spent: as far as there is enough of it, the takeover is played. */
  spin(at: Micros): void {
    let now = nowMicros();
    const plays = now - this.#warmedUpAt > WARM_MICROS ? PLAYS : 0;
    for (let played = 0; played < plays && at - now >= PLAY_MICROS; played += 1, now = nowMicros()) {
      this.#rehearsal?.warmUp();
    }
    this.#warmedUpAt = stayAwake(at);
  }

  close(): void {
    this.#rehearsal?.close();
  }
}
