/**
 * Who speaks: what was last heard of each, for the election and for status. One such table belongs to each of our
 * virtual routers, and one to all ids that are not ours. How large it becomes is in the configuration, not in what
 * others send; and whoever matters cannot be pushed out by forged sources.
 */
import type { IpAddress } from "../../base/address.js";
import type { Micros } from "../../base/time.js";
import type { Advert } from "../../wire/advert.js";
import { RELEASE_PRIORITY } from "../election.js";
import { ABSENCE_INTERVALS, Hearing } from "./hearing.js";

/** How a speaker's address list relates to ours. */
export type Relation = "same" | "overlapping" | "stranger";

export interface Speaker {
  readonly interface: string;
  readonly source: IpAddress;
  advert: Advert;
  relation: Relation;
  lastHeardAt: Micros;
  adverts: number;
  readonly hearing: Hearing;
}

export type Spoken = Pick<Speaker, "interface" | "source" | "advert">;

export interface SpeakersOptions {
  /** Of those that are not always kept. */
  readonly most: number;
  /** The followed master, configured peers: their number is bounded elsewhere. */
  readonly isAlwaysKept: (speaker: Speaker) => boolean;
}

export class Speakers {
  /**
   * The one known longest is first. Not a Map: V8 links the tables that a Map has outgrown, so that those whom forged
   * sources push out without end would stay in memory until all of it is collected.
   */
  readonly #known: Speaker[] = [];

  constructor(private readonly options: SpeakersOptions) {}

  /** Notes an advert. `relate` is called only when the address list may have changed. */
  hear(now: Micros, spoken: Spoken, relate: (advert: Advert) => Relation): Speaker {
    const { interface: name, source, advert } = spoken;
    const known = this.#known.find((speaker) => isSame(speaker, spoken));
    if (known === undefined) {
      const hearing = new Hearing(now, advert.advertIntervalMicros);
      const relation = relate(advert);
      const met = { interface: name, source, advert, relation, lastHeardAt: now, adverts: 1, hearing };
      if (this.#known.length >= this.options.most) this.#forgetOne(now);
      this.#known.push(met);
      return met;
    }
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
    return [...this.#known];
  }

  /** Who has fallen silent, else who was heard least, which forged sources are; of several the one known longest. */
  #forgetOne(now: Micros): void {
    let forgotten: Speaker | null = null;
    for (const speaker of this.#known) {
      if (this.options.isAlwaysKept(speaker)) continue;
      if (forgotten === null || isWorthLess(now, speaker, forgotten)) forgotten = speaker;
    }
    if (forgotten !== null) this.#known.splice(this.#known.indexOf(forgotten), 1);
  }
}

function isSame(one: Spoken, other: Spoken): boolean {
  return (
    one.source.text === other.source.text &&
    one.advert.virtualRouterId === other.advert.virtualRouterId &&
    one.interface === other.interface
  );
}

function isWorthLess(now: Micros, one: Speaker, other: Speaker): boolean {
  const silent = isSilent(now, one);
  return silent === isSilent(now, other) ? one.adverts < other.adverts : silent;
}

function isSilent(now: Micros, { lastHeardAt, advert }: Speaker): boolean {
  return now - lastHeardAt >= ABSENCE_INTERVALS * advert.advertIntervalMicros;
}
