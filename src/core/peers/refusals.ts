/** Whose adverts a virtual router refuses, and why: the counters say how many, this says of whom. */
import { BoundedMap } from "../../base/bounded-map.js";
import type { Micros } from "../../base/time.js";
import type { Advert, DropReason } from "../../wire/advert.js";
import type { Relation } from "./speakers.js";

export interface Refusal {
  /** Address, or words for an unknown one. */
  readonly source: string;
  readonly reason: DropReason;
  count: number;
  readonly since: Micros;
  lastAt: Micros;
  /** What the last one said, where it is well-formed. */
  said: Said | null;
}

export interface Said {
  readonly advert: Advert;
  /** Its addresses against ours. */
  readonly relation: Relation;
}

/** Forged sources must not fill the memory: beyond this the one that was seen least is forgotten. */
const REFUSALS_KEPT = 16;

export class Refusals {
  readonly #known = new BoundedMap<Pick<Refusal, "source" | "reason">, Refusal>({
    most: REFUSALS_KEPT,
    isOf: (refusal, { source, reason }) => refusal.source === source && refusal.reason === reason,
  });

  /** @param relate is called only when what was said may have changed */
  note(
    now: Micros,
    source: string,
    reason: DropReason,
    advert: Advert | null = null,
    relate: ((advert: Advert) => Relation) | null = null,
  ): void {
    const known = this.#known.get({ source, reason });
    if (known === undefined) {
      const said = saidBy(null, advert, relate);
      const met = { source, reason, count: 1, since: now, lastAt: now, said };
      this.#known.add(met, (one, other) => one.count < other.count);
      return;
    }
    known.said = saidBy(known.said, advert, relate);
    known.count += 1;
    known.lastAt = now;
  }

  all(): readonly Refusal[] {
    return this.#known.all();
  }
}

function saidBy(
  before: Said | null,
  advert: Advert | null,
  relate: ((advert: Advert) => Relation) | null,
): Said | null {
  if (advert === null || relate === null) return before;
  return before?.advert === advert ? before : { advert, relation: relate(advert) };
}
