/** How regularly a speaker is heard: an estimate of the share of its adverts that did not arrive. */
import type { Micros } from "../../base/time.js";

/** Adverts of a window; the estimate spans the present window and the one before it. */
const WINDOW_ADVERTS = 100;
/** After so many intervals without an advert (more than any down interval) it was away, which is no loss. */
export const ABSENCE_INTERVALS = 4;

export class Hearing {
  #startedAt: Micros;
  #lastAt: Micros;
  /** Since the window's start, the advert that started it left out. */
  #heard = 0;
  #earlier = { heard: 0, due: 0 };

  constructor(
    now: Micros,
    private intervalMicros: Micros,
  ) {
    this.#startedAt = now;
    this.#lastAt = now;
  }

  /**
   * @param released the speaker said that it stops
   * @param count so many adverts came since the last call, this one included
   */
  hear(now: Micros, intervalMicros: Micros, released: boolean, count = 1): void {
    const gap = now - this.#lastAt - (count - 1) * this.intervalMicros;
    this.#lastAt = now;
    if (released || intervalMicros !== this.intervalMicros || gap >= ABSENCE_INTERVALS * intervalMicros) {
      this.intervalMicros = intervalMicros;
      this.#begin(now, { heard: 0, due: 0 });
      return;
    }
    this.#heard += count;
    if (this.#heard >= WINDOW_ADVERTS) this.#begin(now, { heard: this.#heard, due: this.#due() });
  }

  /** 0..1; null: heard too little to tell. Adverts out of turn (answers to a rival) hide losses. */
  loss(): number | null {
    const due = this.#earlier.due + this.#due();
    if (due === 0) return null;
    return Math.max(0, 1 - (this.#earlier.heard + this.#heard) / due);
  }

  #begin(now: Micros, earlier: { heard: number; due: number }): void {
    this.#startedAt = now;
    this.#heard = 0;
    this.#earlier = earlier;
  }

  #due(): number {
    return Math.round((this.#lastAt - this.#startedAt) / this.intervalMicros);
  }
}
