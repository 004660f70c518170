/** The monotonic clock of one simulated host: it starts anywhere, runs a little too fast or too slow, never stands. */
import type { Micros } from "../../src/base/time.js";

export class DriftingClock {
  #last = Number.NEGATIVE_INFINITY;

  /** @param rate local microseconds for one of the simulated world */
  constructor(
    private readonly offset: Micros,
    private readonly rate: number,
  ) {}

  /** The local time at a time of the world; each reading is later than the one before. */
  read(worldTime: Micros): Micros {
    this.#last = Math.max(this.#last + 1, Math.floor(this.offset + worldTime * this.rate));
    return this.#last;
  }

  /** The first time of the world at which this clock shows `local`. */
  toWorld(local: Micros): Micros {
    return Math.ceil((local - this.offset) / this.rate);
  }
}
