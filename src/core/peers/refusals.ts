/** Whose adverts a virtual router refuses, and why: the counters say how many, this says of whom. */
import { BoundedMap } from "../../base/bounded-map.js";
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
  readonly #known = new BoundedMap<Pick<Refusal, "source" | "reason">, Refusal>({
    most: REFUSALS_KEPT,
    isOf: (refusal, { source, reason }) => refusal.source === source && refusal.reason === reason,
  });

  note(now: Micros, source: string, reason: DropReason): void {
    const known = this.#known.get({ source, reason });
    if (known === undefined) {
      this.#known.add({ source, reason, count: 1, lastAt: now }, (one, other) => one.count < other.count);
      return;
    }
    known.count += 1;
    known.lastAt = now;
  }

  all(): readonly Refusal[] {
    return this.#known.all();
  }
}
