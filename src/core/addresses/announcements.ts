/**
 * When a virtual address is announced. As often as Keepalived does it, but in rounds over all addresses: a thousand of
 * them five times back to back would trip storm control. What others make us announce has a limit besides.
 */
import { MICROS_PER_MILLISECOND, type Micros } from "../../base/time.js";
import { AnnouncementBudget } from "./announcement-budget.js";

const FIRST_MILLIS = [0, 200, 400, 600, 800] as const;
const LATER_MILLIS = [5000, 5200, 5400, 5600, 5800] as const;

const ROUND_OFFSETS_MICROS: readonly Micros[] = [...FIRST_MILLIS, ...LATER_MILLIS].map(
  (millis) => millis * MICROS_PER_MILLISECOND,
);

/** From the first rounds to the later ones. */
export const LATER_ROUNDS_AFTER_MICROS: Micros = LATER_MILLIS[0] * MICROS_PER_MILLISECOND;

/** Rounds within this span of a schedule's start are still to come, so a rival's advert need not start them anew. */
export const FIRST_ROUNDS_MICROS: Micros = Math.max(...FIRST_MILLIS) * MICROS_PER_MILLISECOND;

/** One run through the rounds. */
class Rounds {
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

  /** What a stall made late is over, and not caught up. */
  pass(now: Micros): void {
    while (this.nextAt !== null && this.nextAt <= now) this.#round += 1;
  }

  /** Whether it started less than the first rounds' span ago. */
  isFresh(now: Micros): boolean {
    return this.nextAt !== null && now - this.#startedAt < FIRST_ROUNDS_MICROS;
  }
}

/** The announcements of one address. */
export class AnnouncementSchedule {
  /** Of our own accord: the address is new here. */
  readonly #own = new Rounds();
  /** Because of what another host said, and no more often than the budget allows. */
  readonly #contested = new Rounds();
  readonly #budget: AnnouncementBudget;

  /** @param perMinute at most so many because of what others say */
  constructor(perMinute: number) {
    this.#budget = new AnnouncementBudget(perMinute);
  }

  /** When the next one is due, or null. */
  get nextAt(): Micros | null {
    const own = this.#own.nextAt;
    const contested = this.#contestedAt;
    return own === null || contested === null ? (own ?? contested) : Math.min(own, contested);
  }

  start(now: Micros): void {
    this.#own.start(now);
    this.#contested.stop();
  }

  /** Another host may be taken for the holder: the rounds anew, unless the first ones have just begun. */
  contest(now: Micros): void {
    if (!this.#own.isFresh(now) && !this.#contested.isFresh(now)) this.#contested.start(now);
  }

  /** What was to be said against another host is left unsaid. */
  concede(): void {
    this.#contested.stop();
  }

  stop(): void {
    this.#own.stop();
    this.#contested.stop();
  }

  /** True when one is due; what is late is sent once, not caught up. */
  take(now: Micros): boolean {
    if (this.nextAt === null || this.nextAt > now) return false;
    if (this.#own.nextAt === null || this.#own.nextAt > now) this.#budget.spend(now);
    this.#own.pass(now);
    this.#contested.pass(now);
    return true;
  }

  get #contestedAt(): Micros | null {
    const at = this.#contested.nextAt;
    return at === null ? null : this.#budget.availableAt(at);
  }
}
