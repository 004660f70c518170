/** What a backup waits for: that the master it follows falls silent, or releases (RFC 9568 §6.4.2). */
import { formatSeconds, type Micros } from "../../base/time.js";
import type { VrrpVersion } from "../../wire/advert.js";
import type { VirtualRouterConfig } from "../config.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import { masterDownMicros, RELEASE_PRIORITY, skewMicros } from "../election.js";
import type { Speaker } from "../peers/speakers.js";
import { type Cause, cause } from "./cause.js";
import type { Yielding } from "./yielding.js";

/** Of the virtual router that waits. */
export interface WaitingRouter {
  readonly config: VirtualRouterConfig;
  readonly priority: number;
  /** When it came into its present state. */
  readonly since: Micros;
  readonly yielding: Pick<Yielding, "patience">;
  /** Until when another one holds the claim back, which is said; null: it may come. */
  holdClaim(now: Micros): Micros | null;
  /** It has to follow a master. */
  onFollowing(): void;
}

/** What counted of a speaker: what a stranger says from the same address later is none of it. */
interface Overheard extends Pick<Speaker, "advert" | "relation" | "lastHeardAt"> {
  readonly speaker: Speaker;
}

type SpanOf = typeof masterDownMicros;

export class MasterDown {
  /** The master that a backup follows, as last heard. */
  master: Speaker | null = null;
  /** Active_Adver_Interval: what the master advertises (RFC 9568 §6.1). */
  #masterIntervalMicros: Micros;
  /** Heard last, in whatever state this node was; null: nobody was, or it has released since. */
  #overheard: Overheard | null = null;
  /** Before this nothing is claimed, whatever is heard. */
  #graceEndsAt: Micros = 0;
  #released = false;
  #listenedAgain = false;
  /** Why it may be master now, and waits for the others of its sync group; null: the time has not come. */
  expired: Cause | null = null;
  /** From when the span counts, and which it is; null: nothing is waited for, or it has nothing to do with our priority. */
  #from: Micros | null = null;
  #spanOf: SpanOf = masterDownMicros;
  #version: VrrpVersion = 3;
  readonly #deadline: Deadline;

  /** @param claim called when this router is to become master. */
  constructor(
    private readonly router: WaitingRouter,
    private readonly deadlines: Deadlines,
    private readonly claim: (now: Micros, why: Cause) => void,
  ) {
    const { name, advertIntervalMicros } = router.config;
    this.#masterIntervalMicros = advertIntervalMicros;
    this.#deadline = new Deadline("master down", name, (now, due) => this.#due(now, due), true);
  }

  /** When it may claim at the earliest; null: no grace runs. */
  get graceEndsAt(): Micros | null {
    return this.#deadline.armed && this.#graceEndsAt > this.router.since ? this.#graceEndsAt : null;
  }

  /**
   * Nobody is known yet.
   * @param graceEndsAt a port may be dark until then, so the listening counts from there
   */
  listen(now: Micros, graceEndsAt: Micros): void {
    const { config } = this.router;
    this.master = null;
    this.#released = false;
    this.#listenedAgain = false;
    this.#masterIntervalMicros = config.advertIntervalMicros;
    this.#graceEndsAt = graceEndsAt;
    this.#arm(Math.max(now, graceEndsAt), masterDownMicros, config.version);
  }

  stop(): void {
    this.expired = null;
    this.#from = null;
    this.deadlines.clear(this.#deadline);
  }

  /** Nobody has to be waited for any more but its sync group: until it follows a master. */
  expire(why: Cause): void {
    this.stop();
    this.expired = why;
  }

  /** Its claim is held back again. */
  hold(until: Micros): void {
    this.expired = null;
    this.deadlines.set(this.#deadline, until);
  }

  /**
   * The configuration has changed, which was `before`: what is waited for is as long as it says now, and begins anew. A
   * shorter wait could be over already, with a living master whose adverts were refused meanwhile.
   */
  configure(now: Micros, before: VirtualRouterConfig): void {
    const { version, advertIntervalMicros: interval, downTimerAdverts } = this.router.config;
    const isSame = interval === before.advertIntervalMicros && downTimerAdverts === before.downTimerAdverts;
    if (isSame || this.#from === null) return;
    // A master of version 3 says its interval itself.
    if (version === 2 || this.master === null) this.#masterIntervalMicros = interval;
    this.#arm(Math.max(now, this.#from), this.#spanOf, this.#version);
  }

  /** Any advert that counts: a node that begins to take part must know who was master before, however short its absence. */
  overhear(speaker: Speaker): void {
    const { advert, relation, lastHeardAt } = speaker;
    const known = this.#overheard;
    if (advert.priority === RELEASE_PRIORITY) {
      if (known?.speaker.source.text === speaker.source.text) this.#overheard = null;
    } else if (known?.speaker === speaker) {
      // For each advert of a followed master: nothing new is made.
      known.advert = advert;
      known.relation = relation;
      known.lastHeardAt = lastHeardAt;
    } else this.#overheard = { speaker, advert, relation, lastHeardAt };
  }

  /** Who was master when this node begins to take part, as far as that was heard; null: nobody. */
  overheard(now: Micros): Speaker | null {
    if (this.#overheard === null) return null;
    const { speaker, ...said } = this.#overheard;
    const { version, advertIntervalMicros } = said.advert;
    const { priority, config } = this.router;
    const span = masterDownMicros(version, priority, advertIntervalMicros, config.downTimerAdverts);
    return now - said.lastHeardAt < span ? { ...speaker, ...said } : null;
  }

  /**
   * Follows a master: learns its interval (version 3) and arms the timer anew.
   * @param heardAt when its silence begins
   */
  follow(speaker: Speaker, heardAt: Micros = speaker.lastHeardAt): void {
    const { config } = this.router;
    const { advert } = speaker;
    const learns = config.version === 3;
    this.#masterIntervalMicros = learns ? advert.advertIntervalMicros : config.advertIntervalMicros;
    this.master = speaker;
    this.#released = false;
    this.#listenedAgain = false;
    this.expired = null;
    this.router.onFollowing();
    // A version 2 speaker is followed with the timers of version 2, whatever we speak ourselves.
    this.#arm(heardAt, masterDownMicros, advert.version);
  }

  /** The master has released: after our skew the mastership is ours, unless a better backup was faster. */
  onRelease(speaker: Speaker): void {
    if (this.expired !== null) return;
    this.master = speaker;
    this.#released = true;
    this.#arm(speaker.lastHeardAt, skewMicros, speaker.advert.version);
  }

  /**
   * The priority of a backup has changed, and the skew with it. Returns the master that was lower than it and no longer
   * is, which it follows from now on; null: there is none.
   */
  reprioritise(now: Micros, before: number): Speaker | null {
    const { priority, since } = this.router;
    const theirs = this.master?.advert.priority ?? RELEASE_PRIORITY;
    if (this.master !== null && theirs !== RELEASE_PRIORITY && theirs < before && theirs >= priority) {
      this.follow(this.master, Math.max(this.master.lastHeardAt, since));
      return this.master;
    }
    if (this.router.yielding.patience(0) === null) {
      // It was ready, or held back: what comes behind that is waited for anew.
      if (this.#deadline.armed || this.expired !== null) this.#from ??= now;
      this.expired = null;
    }
    if (this.#from !== null) this.#rearm(now, this.#from);
    return null;
  }

  #rearm(now: Micros, from: Micros): void {
    this.#arm(from, this.#spanOf, this.#version);
    if (this.#deadline.armed && this.#deadline.at < now) this.deadlines.set(this.#deadline, now);
  }

  #arm(from: Micros, spanOf: SpanOf, version: VrrpVersion): void {
    this.#from = from;
    this.#spanOf = spanOf;
    this.#version = version;
    const { priority, config } = this.router;
    const patience = this.router.yielding.patience(this.#masterIntervalMicros);
    if (patience === null) return this.deadlines.clear(this.#deadline);
    const span = spanOf(version, priority, this.#masterIntervalMicros, config.downTimerAdverts);
    this.deadlines.set(this.#deadline, Math.max(from + span + patience, this.#graceEndsAt));
  }

  #due(now: Micros, due: Micros): void {
    const interval = this.#masterIntervalMicros;
    if (now - due >= interval && !this.#listenedAgain) {
      // This process stood still when the timer ended: adverts of the master may have been missed. Listen once more.
      this.#listenedAgain = true;
      return this.#arm(now + interval, skewMicros, 3);
    }
    const heldUntil = this.router.holdClaim(now);
    this.#from = null;
    if (heldUntil !== null) return this.deadlines.set(this.#deadline, heldUntil);
    this.claim(now, this.#causeOfClaim(now));
  }

  #causeOfClaim(now: Micros): Cause {
    const { priority, since } = this.router;
    if (this.master === null) {
      return cause("no-master", `no master was heard for ${formatSeconds(now - since)}`, { priority });
    }
    const address = this.master.source.text;
    const facts = { master: address, masterPriority: this.master.advert.priority, priority };
    if (this.#released)
      return cause("master-released", `${address} released the mastership (priority 0)`, facts);
    const silence = now - this.master.lastHeardAt;
    if (this.master.advert.priority < priority && silence <= this.#masterIntervalMicros) {
      return cause("preempted", `${address} has the lower priority ${this.master.advert.priority}`, facts);
    }
    return cause("master-silent", `no advert from ${address} for ${formatSeconds(silence)}`, facts);
  }
}
