/**
 * When one that could not be made is tried again: ever later, for links may change all the time; at once where what was
 * in its way has gone.
 */
import type { Micros } from "../../base/time.js";
import { DoublingPause } from "../../core/router/doubling-pause.js";

/** Indexes of interfaces; null: there is none. */
export interface Around {
  /** The one that it is to be on. */
  readonly lower: number | null;
  /** The one that has its name. */
  readonly there: number | null;
}

export class Attempts {
  /** null: the last one has succeeded, or there was none. */
  #retryAt: Micros | null = null;
  #lower: number | null = null;
  /** Somebody else's, of the same name. */
  #obstacle: number | null = null;
  readonly #pause = new DoublingPause();

  get retryAt(): Micros | null {
    return this.#retryAt;
  }

  succeeded(now: Micros): void {
    if (this.#retryAt !== null) this.#pause.end(now);
    this.#retryAt = null;
  }

  /** @param isTaken what has its name is in the way */
  failed(now: Micros, { lower, there }: Around, isTaken: boolean): void {
    this.#retryAt = now + (this.#retryAt === null ? this.#pause.first(now) : this.#pause.next());
    this.#lower = lower;
    this.#obstacle = isTaken ? there : null;
  }

  /** Not tried: another one on the same interface has failed, and is tried first. */
  waitUntil(at: Micros, { lower }: Around): void {
    this.#retryAt = at;
    this.#lower = lower;
    this.#obstacle = null;
  }

  isDue(now: Micros, { lower, there }: Around): boolean {
    if (this.#retryAt === null || now >= this.#retryAt || lower !== this.#lower) return true;
    return this.#obstacle !== null && there !== this.#obstacle;
  }
}
