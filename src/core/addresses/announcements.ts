/**
 * When a virtual address is announced, as its schedule says: in rounds over all addresses. What others make us announce
 * has a limit besides.
 */
import type { Micros } from "../../base/time.js";
import type { AnnouncementRounds, AnnouncementSchedule } from "../config.js";
import { MinuteBudget } from "../minute-budget.js";

/** Of the virtual router. */
export interface AnnouncementSettings {
  readonly announcements: AnnouncementSchedule;
  /** At most so many because of what others say. */
  readonly contestedPerMinute: number;
}

/** One run through the rounds. */
class Rounds {
  #startedAt: Micros = 0;
  #round: number;

  #schedule: AnnouncementRounds;

  constructor(schedule: AnnouncementRounds) {
    this.#schedule = schedule;
    this.#round = this.#count;
  }

  /** What is under way by another schedule is over. */
  configure(schedule: AnnouncementRounds): void {
    const { times, spacingMicros, againAfterMicros } = this.#schedule;
    this.#schedule = schedule;
    const isSame =
      times === schedule.times &&
      spacingMicros === schedule.spacingMicros &&
      againAfterMicros === schedule.againAfterMicros;
    if (!isSame) this.stop();
  }

  /** When the next one is due, or null. */
  get nextAt(): Micros | null {
    return this.#round < this.#count ? this.#startedAt + this.#offsetOf(this.#round) : null;
  }

  start(now: Micros): void {
    this.#startedAt = now;
    this.#round = 0;
  }

  stop(): void {
    this.#round = this.#count;
  }

  /** One of those that are due. What an earlier time of the schedule has left is over, and not caught up. */
  pass(now: Micros): void {
    const elapsed = now - this.#startedAt;
    let last = this.#round;
    while (last < this.#count && this.#offsetOf(last) <= elapsed) last += 1;
    if (last === this.#round) return;
    const newest = this.#offsetOf(last - 1);
    while (this.#offsetOf(this.#round) < newest) this.#round += 1;
    this.#round += 1;
  }

  /** Rounds of the first burst may still be to come, so a rival's advert need not start them anew. */
  isFresh(now: Micros): boolean {
    const { times } = this.#schedule;
    return this.nextAt !== null && now - this.#startedAt < this.#offsetOf(times - 1);
  }

  get #count(): number {
    const { times, againAfterMicros } = this.#schedule;
    return againAfterMicros === null ? times : 2 * times;
  }

  #offsetOf(round: number): Micros {
    const { times, spacingMicros, againAfterMicros } = this.#schedule;
    return round < times ? round * spacingMicros : againAfterMicros! + (round - times) * spacingMicros;
  }
}

/** The announcements of one address. */
export class Announcements {
  /** Of our own accord: the address is new here. */
  readonly #own: Rounds;
  /** Because of what another host said, and no more often than the budget allows. */
  readonly #contested: Rounds;
  /** Of our own accord, and without a cause. */
  readonly #refresh: Rounds;
  readonly #budget: MinuteBudget;

  constructor({ announcements, contestedPerMinute }: AnnouncementSettings) {
    this.#own = new Rounds(announcements.claimed);
    this.#contested = new Rounds(announcements.contested);
    this.#refresh = new Rounds(refreshRounds(announcements));
    this.#budget = new MinuteBudget(contestedPerMinute);
  }

  /** The limit of what others cause stays as it is. */
  configure({ announcements }: AnnouncementSettings): void {
    this.#own.configure(announcements.claimed);
    this.#contested.configure(announcements.contested);
    this.#refresh.configure(refreshRounds(announcements));
  }

  /** When the next one is due, or null. */
  get nextAt(): Micros | null {
    return earliest(this.#refresh.nextAt, earliest(this.#own.nextAt, this.#contestedAt));
  }

  start(now: Micros): void {
    this.#own.start(now);
    this.#contested.stop();
  }

  refresh(now: Micros): void {
    this.#refresh.start(now);
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
    this.#refresh.stop();
  }

  isDue(now: Micros): boolean {
    return this.nextAt !== null && this.nextAt <= now;
  }

  /** True when one is due, which counts as sent then. */
  take(now: Micros): boolean {
    if (!this.isDue(now)) return false;
    if (this.#refresh.nextAt !== null) {
      this.#refresh.pass(now);
      return true;
    }
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

function refreshRounds({ refresh }: AnnouncementSchedule): AnnouncementRounds {
  return { times: refresh?.times ?? 0, spacingMicros: 0, againAfterMicros: null };
}

function earliest(one: Micros | null, other: Micros | null): Micros | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}
