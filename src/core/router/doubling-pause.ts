/** How long to wait before the next attempt of what the kernel has refused: ever longer, up to a minute. */
import { MICROS_PER_SECOND, type Micros } from "../../base/time.js";

const FIRST_MICROS: Micros = MICROS_PER_SECOND;
export const LONGEST_PAUSE_MICROS: Micros = 60 * MICROS_PER_SECOND;

export class DoublingPause {
  #nextMicros = FIRST_MICROS;
  #endedAt: Micros = Number.NEGATIVE_INFINITY;

  /** The first of a row. One that comes soon after the end of another goes on where that was: it has not held. */
  first(now: Micros): Micros {
    if (now - this.#endedAt > LONGEST_PAUSE_MICROS) this.#nextMicros = FIRST_MICROS;
    return this.next();
  }

  next(): Micros {
    const pause = this.#nextMicros;
    this.#nextMicros = Math.min(2 * pause, LONGEST_PAUSE_MICROS);
    return pause;
  }

  /** An attempt has succeeded. */
  end(now: Micros): void {
    this.#endedAt = now;
  }
}
