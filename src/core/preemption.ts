/**
 * `preempt_delay` (Keepalived's): it starts at the first lower-priority advert, an equal or higher one cancels it,
 * silence and priority 0 bypass it. After it, lower adverts are discarded and the down timer decides.
 */
import { type Micros, secondsToMicros } from "../base/time.js";
import type { Preempt } from "./config.js";
import { Deadline, type Deadlines } from "./deadlines.js";

export class Preemption {
  #elapsed = false;
  readonly #deadline: Deadline;

  constructor(
    owner: string,
    private readonly deadlines: Deadlines,
  ) {
    this.#deadline = new Deadline("preempt delay", owner, () => {
      this.#elapsed = true;
    });
  }

  /** When the running delay ends; null: none is running. */
  get endsAt(): Micros | null {
    return this.#deadline.armed ? this.#deadline.at : null;
  }

  reset(): void {
    this.#elapsed = false;
    this.deadlines.clear(this.#deadline);
  }

  /** A cold start: nobody had been master, so nothing is taken away from anybody. */
  waive(): void {
    this.deadlines.clear(this.#deadline);
    this.#elapsed = true;
  }

  /** A backup hears a lower-priority advert: whether it discards it, so that its down timer runs out. */
  mayPreempt(now: Micros, preempt: Preempt): boolean {
    if (preempt.mode === "never") return false;
    if (preempt.delaySeconds === 0 || this.#elapsed) return true;
    if (!this.#deadline.armed) {
      this.deadlines.set(this.#deadline, now + secondsToMicros(preempt.delaySeconds));
    }
    return false;
  }
}
