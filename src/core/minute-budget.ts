/**
 * How often others may make us do something: a token bucket, of which half a minute's worth may go at once and the rest
 * comes back evenly. So no minute sees more than the limit, and whatever lasts is still answered in the end.
 */
import { MICROS_PER_SECOND, type Micros } from "../base/time.js";

const MINUTE_MICROS: Micros = 60 * MICROS_PER_SECOND;

export class MinuteBudget {
  readonly #capacity: number;
  /** From one token to the next. */
  readonly #refillMicros: Micros;
  /** When the bucket is full again: that alone says how much is in it. */
  #fullAt: Micros = Number.NEGATIVE_INFINITY;

  /** @param perMinute at least 2 */
  constructor(perMinute: number) {
    this.#capacity = Math.floor(perMinute / 2);
    this.#refillMicros = Math.ceil(MINUTE_MICROS / (perMinute - this.#capacity));
  }

  /** The earliest time, from `from` on, at which one may be spent. */
  availableAt(from: Micros): Micros {
    return Math.max(from, this.#fullAt - (this.#capacity - 1) * this.#refillMicros);
  }

  spend(now: Micros): void {
    this.#fullAt = Math.max(now, this.#fullAt) + this.#refillMicros;
  }
}
