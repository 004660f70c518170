/** Who speaks, on our interfaces, for virtual routers that are not ours: kept for status alone. */
import type { Family, IpAddress } from "../base/address.js";
import type { Micros } from "../base/time.js";
import type { Advert } from "./advert.js";
import { RELEASE_PRIORITY } from "./election.js";
import { Hearing } from "./hearing.js";

export interface ForeignSpeaker {
  readonly interface: string;
  readonly family: Family;
  readonly source: IpAddress;
  advert: Advert;
  lastHeardAt: Micros;
  adverts: number;
  readonly hearing: Hearing;
}

/** Forged sources must not fill the memory: beyond this the one known longest is forgotten. */
const SPEAKERS_KEPT = 256;

export class ForeignSpeakers {
  readonly #known = new Map<string, ForeignSpeaker>();

  hear(now: Micros, interfaceName: string, family: Family, source: IpAddress, advert: Advert): void {
    const key = `${interfaceName} ${family} ${advert.virtualRouterId} ${source.text}`;
    const known = this.#known.get(key);
    if (known === undefined) {
      if (this.#known.size >= SPEAKERS_KEPT) this.#known.delete(this.#known.keys().next().value as string);
      const hearing = new Hearing(now, advert.advertIntervalMicros);
      this.#known.set(key, {
        interface: interfaceName,
        family,
        source,
        advert,
        lastHeardAt: now,
        adverts: 1,
        hearing,
      });
      return;
    }
    known.advert = advert;
    known.lastHeardAt = now;
    known.adverts += 1;
    known.hearing.hear(now, advert.advertIntervalMicros, advert.priority === RELEASE_PRIORITY);
  }

  all(): readonly ForeignSpeaker[] {
    return [...this.#known.values()];
  }
}
