/** Whose adverts a virtual router refuses, and why: the counters say how many, this says of whom. */
import type { Micros } from "../../base/time.js";
import type { DropReason } from "../../wire/advert.js";

export interface Refusal {
  /** Address, or words for an unknown one. */
  readonly source: string;
  readonly reason: DropReason;
  count: number;
  lastAt: Micros;
}

/** Forged sources must not fill the memory: beyond this the one that was seen least is forgotten. */
const REFUSALS_KEPT = 16;

export class Refusals {
  /** The one known longest is first. */
  readonly #known: Refusal[] = [];

  note(now: Micros, source: string, reason: DropReason): void {
    const known = this.#known.find((refusal) => refusal.source === source && refusal.reason === reason);
    if (known !== undefined) {
      known.count += 1;
      known.lastAt = now;
      return;
    }
    if (this.#known.length >= REFUSALS_KEPT) this.#forgetOne();
    this.#known.push({ source, reason, count: 1, lastAt: now });
  }

  /** Of several the one known longest. */
  #forgetOne(): void {
    const least = this.#known.reduce((least, refusal) => (refusal.count < least.count ? refusal : least));
    this.#known.splice(this.#known.indexOf(least), 1);
  }

  all(): readonly Refusal[] {
    return [...this.#known];
  }
}
