/** Whose adverts a virtual router refuses, and why: the counters say how many, this says of whom. */
import type { Micros } from "../base/time.js";
import type { DropReason } from "./advert.js";

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
  readonly #known = new Map<string, Refusal>();

  note(now: Micros, source: string, reason: DropReason): void {
    const key = `${source} ${reason}`;
    const known = this.#known.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.lastAt = now;
      return;
    }
    if (this.#known.size >= REFUSALS_KEPT) this.#forgetOne();
    this.#known.set(key, { source, reason, count: 1, lastAt: now });
  }

  /** Of several the one known longest. */
  #forgetOne(): void {
    let least: [key: string, refusal: Refusal] | null = null;
    for (const entry of this.#known) if (least === null || entry[1].count < least[1].count) least = entry;
    if (least !== null) this.#known.delete(least[0]);
  }

  all(): readonly Refusal[] {
    return [...this.#known.values()];
  }
}
