/**
 * When a virtual address is announced: at once, four more times within the first second, and five times after five
 * seconds. As many as Keepalived sends, but in rounds over all addresses: a thousand of them five times back to back
 * would trip storm control.
 */
import { MICROS_PER_MILLISECOND, type Micros } from "../base/time.js";

const ROUND_OFFSETS_MICROS: readonly Micros[] = [0, 200, 400, 600, 800, 5000, 5200, 5400, 5600, 5800].map(
  (millis) => millis * MICROS_PER_MILLISECOND,
);

/** From the first rounds to the later ones. */
export const LATER_ROUNDS_AFTER_MICROS: Micros = ROUND_OFFSETS_MICROS[5]!;

/** Rounds within this span of a schedule's start are still to come, so a rival's advert need not start them anew. */
export const FIRST_ROUNDS_MICROS: Micros = ROUND_OFFSETS_MICROS[4]!;

/** The announcements of one address. */
export class AnnouncementSchedule {
  #startedAt: Micros = 0;
  #round = ROUND_OFFSETS_MICROS.length;

  /** When the next one is due, or null. */
  get nextAt(): Micros | null {
    const offset = ROUND_OFFSETS_MICROS[this.#round];
    return offset === undefined ? null : this.#startedAt + offset;
  }

  start(now: Micros): void {
    this.#startedAt = now;
    this.#round = 0;
  }

  stop(): void {
    this.#round = ROUND_OFFSETS_MICROS.length;
  }

  /** True when one is due; what a stall made late is sent once, not caught up. */
  take(now: Micros): boolean {
    if (this.nextAt === null || this.nextAt > now) return false;
    while (this.nextAt !== null && this.nextAt <= now) this.#round += 1;
    return true;
  }

  /** Whether it started less than the first rounds' span ago. */
  isFresh(now: Micros): boolean {
    return this.nextAt !== null && now - this.#startedAt < FIRST_ROUNDS_MICROS;
  }
}
