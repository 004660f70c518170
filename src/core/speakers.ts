/** Who speaks for our virtual router: what was last heard of each, kept for the election and for status. */
import type { IpAddress } from "../base/address.js";
import type { Micros } from "../base/time.js";
import type { Advert } from "./advert.js";
import { RELEASE_PRIORITY } from "./election.js";
import { Hearing } from "./hearing.js";

/** How a speaker's address list relates to ours. */
export type Relation = "same" | "overlapping" | "stranger";

export interface Speaker {
  readonly source: IpAddress;
  advert: Advert;
  relation: Relation;
  lastHeardAt: Micros;
  adverts: number;
  readonly hearing: Hearing;
}

/** Forged sources must not fill the memory: beyond this the speaker known longest is forgotten. */
const SPEAKERS_KEPT = 64;

export class Speakers {
  readonly #known = new Map<string, Speaker>();

  /** Notes an advert. `relate` is called only when the address list may have changed. */
  hear(now: Micros, source: IpAddress, advert: Advert, relate: (advert: Advert) => Relation): Speaker {
    const known = this.#known.get(source.text);
    if (known === undefined) return this.#meet(now, source, advert, relate(advert));
    // A decoder that recognises repeated bytes hands over the very same value: nothing to compare then.
    if (known.advert !== advert) {
      known.advert = advert;
      known.relation = relate(advert);
    }
    known.lastHeardAt = now;
    known.adverts += 1;
    known.hearing.hear(now, advert.advertIntervalMicros, advert.priority === RELEASE_PRIORITY);
    return known;
  }

  all(): Speaker[] {
    return [...this.#known.values()];
  }

  #meet(now: Micros, source: IpAddress, advert: Advert, relation: Relation): Speaker {
    if (this.#known.size >= SPEAKERS_KEPT) this.#known.delete(this.#known.keys().next().value as string);
    const hearing = new Hearing(now, advert.advertIntervalMicros);
    const speaker: Speaker = { source, advert, relation, lastHeardAt: now, adverts: 1, hearing };
    this.#known.set(source.text, speaker);
    return speaker;
  }
}
