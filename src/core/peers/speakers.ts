/**
 * Who speaks: what was last heard of each, for the election and for status. One such table belongs to each of our
 * virtual routers, and one to all ids that are not ours. How large it becomes is in the configuration, not in what
 * others send; and whoever matters cannot be pushed out by forged sources.
 */
import type { IpAddress } from "../../base/address.js";
import { BoundedMap } from "../../base/bounded-map.js";
import type { Micros } from "../../base/time.js";
import type { Advert } from "../../wire/advert.js";
import { outranks, RELEASE_PRIORITY } from "../election.js";
import { Hearing } from "./hearing.js";

/** After so many intervals without an advert, more than any usual down interval, it has fallen silent. */
const SILENT_INTERVALS = 4;
/** A master that gave way and claims again was silent for its down interval, which is a little longer. */
const SERIES_INTERVALS = 3;
/** Of each speaker. */
const CHALLENGES_KEPT = 16;

/** How a speaker's address list relates to ours. */
export type Relation = "same" | "overlapping" | "stranger";

export interface Speaker {
  readonly interface: string;
  readonly source: IpAddress;
  advert: Advert;
  relation: Relation;
  lastHeardAt: Micros;
  adverts: number;
  /** Its present series of adverts, without a longer pause: since when, and how many. */
  seriesSince: Micros;
  seriesAdverts: number;
  /** When it began to advertise beside this node, which is the better master: the last few times; null: never. */
  challengedAt: Micros[] | null;
  readonly hearing: Hearing;
}

export interface Spoken extends Pick<Speaker, "interface" | "source" | "advert"> {
  /** So many, all alike, came one after the other; left out: 1. */
  readonly count?: number;
}

export interface SpeakersOptions {
  /** Of those that are not always kept. */
  readonly most: number;
  /** The followed master, configured peers: their number is bounded elsewhere. */
  readonly isAlwaysKept: (speaker: Speaker) => boolean;
}

export class Speakers {
  readonly #known: BoundedMap<Spoken, Speaker>;

  constructor(private readonly options: SpeakersOptions) {
    this.#known = new BoundedMap<Spoken, Speaker>({ most: options.most, isOf: isSame });
  }

  /** Notes an advert. `relate` is called only when the address list may have changed. */
  hear(now: Micros, spoken: Spoken, relate: (advert: Advert) => Relation): Speaker {
    const { interface: name, source, advert, count = 1 } = spoken;
    const known = this.#known.get(spoken);
    if (known === undefined) {
      const hearing = new Hearing(now, advert.advertIntervalMicros);
      const relation = relate(advert);
      const met: Speaker = {
        interface: name,
        source,
        advert,
        relation,
        lastHeardAt: now,
        adverts: count,
        seriesSince: now,
        seriesAdverts: count,
        challengedAt: null,
        hearing,
      };
      this.#known.add(met, (one, other) => isWorthLess(now, one, other), this.options.isAlwaysKept);
      return met;
    }
    // A decoder that recognises repeated bytes hands over the very same value: nothing to compare then.
    if (known.advert !== advert) {
      known.advert = advert;
      known.relation = relate(advert);
    }
    if (advert.priority === RELEASE_PRIORITY || isSilent(now, known, SERIES_INTERVALS + count - 1)) {
      known.seriesSince = now;
      known.seriesAdverts = 0;
    }
    known.seriesAdverts += count;
    known.lastHeardAt = now;
    known.adverts += count;
    known.hearing.hear(now, advert.advertIntervalMicros, advert.priority === RELEASE_PRIORITY, count);
    return known;
  }

  all(): Speaker[] {
    return this.#known.all();
  }
}

function isSame(one: Spoken, other: Spoken): boolean {
  return (
    one.source.text === other.source.text &&
    one.advert.virtualRouterId === other.advert.virtualRouterId &&
    one.interface === other.interface
  );
}

/** Who has fallen silent, else who was heard least, which forged sources are. */
function isWorthLess(now: Micros, one: Speaker, other: Speaker): boolean {
  const silent = isSilent(now, one);
  return silent === isSilent(now, other) ? one.adverts < other.adverts : silent;
}

function isSilent(now: Micros, { lastHeardAt, advert }: Speaker, intervals = SILENT_INTERVALS): boolean {
  return now - lastHeardAt >= intervals * advert.advertIntervalMicros;
}

/** It speaks as master beside this node, which is the better one. */
export function noteChallenge(speaker: Speaker): void {
  const { seriesSince, lastHeardAt } = speaker;
  if (seriesSince !== lastHeardAt) return;
  speaker.challengedAt ??= [];
  speaker.challengedAt.push(lastHeardAt);
  if (speaker.challengedAt.length > CHALLENGES_KEPT) speaker.challengedAt.shift();
}

/** Who is outranked by a master has reason to be silent. @param best that master */
export function excuseOutranked(
  speakers: readonly Speaker[],
  best: { readonly priority: number; readonly source: IpAddress },
): void {
  for (const { advert, source, relation, hearing } of speakers) {
    if (relation === "stranger" || source.text === best.source.text) continue;
    if (outranks(best, { priority: advert.priority, source })) hearing.excuse();
  }
}
