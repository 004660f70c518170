/**
 * Who really was master when somebody took over: known from what was sent on the LAN, and from what reached a host
 * that was running. A host may take the addresses from a lower master that still speaks only after its delay, after
 * priority 0, after as long a silence as a backup listens to, or where it needs no patience. How a core comes to
 * its decisions plays no part here.
 */
import type { IpAddress } from "../../../src/base/address.js";
import { MICROS_PER_SECOND, type Micros } from "../../../src/base/time.js";
import type { VirtualRouterConfig } from "../../../src/core/config.js";
import type { Advert } from "../../../src/wire/advert.js";
import { Violation } from "../violation.js";
import { counts, downInterval } from "./standard.js";

/** One advert of a speaker, on the LAN or where it arrived; times are the world's. */
interface Said {
  readonly at: Micros;
  readonly source: IpAddress;
  readonly advert: Advert;
  /** Of who heard it, at that time: a backup need not set its timer anew when its priority changes. */
  readonly hearerPriority?: number;
}

/** While a host stood still; what arrives meanwhile waits for its end. */
export interface StallSpan {
  readonly beganAt: Micros;
  readonly endedAt: Micros;
}

/** A host as those who look at it from outside know it. */
export interface Participant {
  readonly name: string;
  readonly clockRate: number;
  /** In their order, as far as they were longer than its interval; shorter ones are too common to mean much. */
  readonly stalls: readonly StallSpan[];
  readonly source: IpAddress;
  readonly config: VirtualRouterConfig;
}

/** Clocks count whole microseconds. */
const ROUNDING_MICROS: Micros = 10;
/** A host that stands still again and again, instead of listening, may speak in the end. */
const STALLS_AT_MOST = 2;

/** What one host has heard and said for one virtual router, in one life of its daemon. */
class Ear {
  state = "INIT";
  /** By source, the last advert that arrived. */
  readonly heard = new Map<string, Said>();
  last: Said | null = null;
  /** Since when this backup hears just lower masters. */
  lowerSince: Micros | null = null;
  spokeAt: Micros | null = null;
}

export class PreemptionTruth {
  /** By virtual router and source: the last advert that was sent, and by which host; null: by none of ours. */
  readonly #said: Map<string, Said & { readonly host: number | null }>[];
  readonly #ears: Ear[][];

  constructor(hosts: number, routers: number) {
    this.#said = Array.from({ length: routers }, () => new Map());
    this.#ears = Array.from({ length: hosts }, () => Array.from({ length: routers }, () => new Ear()));
  }

  /** A daemon starts, and has heard nothing. */
  booted(host: number): void {
    this.#ears[host] = this.#said.map(() => new Ear());
  }

  sent(router: number, host: number | null, said: Said): void {
    this.#said[router]?.set(speakerOf(said), { ...said, host });
  }

  /** An advert has reached a socket. */
  arrived(router: number, host: number, who: Participant, said: Said, listed: boolean): void {
    if (!counts(who.config, said.advert, listed)) return;
    const ear = this.#ears[host]![router]!;
    const heard = { ...said, hearerPriority: who.config.priority! };
    ear.heard.set(speakerOf(said), heard);
    ear.last = heard;
    if (ear.state !== "BACKUP" || said.advert.priority === 0) return;
    if (isLower(said, who)) ear.lowerSince ??= said.at;
    else ear.lowerSince = null;
  }

  changed(router: number, host: number, who: Participant, now: Micros, to: string): void {
    const ear = this.#ears[host]![router]!;
    if (to === "MASTER" && ear.state === "BACKUP") this.#judge(router, ear, who, now, "takes over from");
    // A master that stood still hears what has long been over, and its delay begins all the same.
    const stale = ear.state === "MASTER";
    const hearsLower = [...ear.heard.values()].some((said) => {
      const read = { ...said, at: readAt(said, who) };
      return isLower(said, who) && (stale || !isOver(read, who, now, Math.max));
    });
    ear.lowerSince = to === "BACKUP" && hearsLower ? now : null;
    ear.state = to;
    // What it said before, a release after its mastership for one, is not of this mastership.
    ear.spokeAt = null;
  }

  /** A host speaks as master: after a silence of its own it takes the addresses anew. */
  speaks(router: number, host: number, who: Participant, now: Micros): void {
    const ear = this.#ears[host]![router]!;
    const { version, advertIntervalMicros, downTimerAdverts } = who.config;
    const down = downInterval(downTimerAdverts, version, who.config.priority!, advertIntervalMicros);
    const silence = ear.spokeAt === null ? 0 : (now - ear.spokeAt) * who.clockRate;
    const stalls = who.stalls.filter(({ endedAt }) => ear.spokeAt !== null && endedAt > ear.spokeAt);
    ear.spokeAt = now;
    if (silence < down + ROUNDING_MICROS || stalls.length > STALLS_AT_MOST) return;
    const listened = (now - (stalls.at(-1)?.endedAt ?? now)) * who.clockRate;
    // Its priority, and with it the skew, may have changed since.
    if (listened < downTimerAdverts * advertIntervalMicros)
      this.#judge(router, null, who, now, "was silent and speaks over");
    else this.#judge(router, ear, who, now, "was silent and speaks over");
  }

  /** Whether the speaker of this advert still was master then. */
  #isMaster(router: number, { at, host, advert }: Said & { host: number | null }, now: Micros): boolean {
    if (now - at > 2 * advert.advertIntervalMicros) return false;
    return host === null || this.#ears[host]![router]!.state === "MASTER";
  }

  /** @param ear null: it has not listened at all. */
  #judge(router: number, ear: Ear | null, who: Participant, now: Micros, what: string): void {
    const { preempt, priority } = who.config;
    if (priority === 255 || (preempt.mode !== "never" && preempt.delaySeconds === 0)) return;
    // Of several masters that one is waited for which was heard last.
    if (ear?.last && (ear.last.advert.priority === 0 || isOver(ear.last, who, now))) return;
    const patient = ear === null || ear.lowerSince === null ? 0 : (now - ear.lowerSince) * who.clockRate;
    const delay = preempt.delaySeconds * MICROS_PER_SECOND;
    if (preempt.mode === "delay" && patient >= delay - ROUNDING_MICROS) return;
    for (const master of this.#said[router]!.values()) {
      if (!isLower(master, who) || !this.#isMaster(router, master, now)) continue;
      const heard = ear === null ? master : ear.heard.get(speakerOf(master));
      if (heard === undefined || isOver(heard, who, now)) continue;
      const asked = preempt.mode === "never" ? "nopreempt" : `${preempt.delaySeconds} s are wanted`;
      const waited = `after ${Math.round(patient)} µs beside a lower master (${asked})`;
      const message = `${what} ${master.source.text} (${master.advert.priority}) ${waited}`;
      throw new Violation("preemption", message, who.name, router);
    }
  }
}

/** An address may speak for several: a virtual router and a stranger with its id. */
function speakerOf({ source, advert }: Said): string {
  return `${source.text} ${advert.version} ${advert.advertIntervalMicros} ${advert.addresses[0]?.text}`;
}

/** A lower master; its own adverts are nobody's. */
function isLower({ source, advert }: Said, who: Participant): boolean {
  return source.text !== who.source.text && advert.priority > 0 && advert.priority < who.config.priority!;
}

/** When the daemon could read what had arrived: once its host went on. A delay begins no sooner. */
function readAt({ at }: Said, { stalls }: Participant): Micros {
  return stalls.find(({ beganAt, endedAt }) => beganAt <= at && at <= endedAt)?.endedAt ?? at;
}

/**
 * Whether it was last heard as long ago as a backup waits.
 * @param of which of both intervals: a backup may go by its own, and by its master's
 */
function isOver(
  { at, advert, hearerPriority = 0 }: Said,
  { config, clockRate }: Participant,
  now: Micros,
  of: typeof Math.min = Math.min,
): boolean {
  const interval = of(advert.advertIntervalMicros, config.advertIntervalMicros);
  const priority = Math.max(config.priority!, hearerPriority);
  const down = downInterval(config.downTimerAdverts, advert.version, priority, interval);
  return (now - at) * clockRate >= down - ROUNDING_MICROS;
}
