/** What a master says: planned adverts, one an interval, answers to others in between, and that it releases. */
import type { Micros } from "../../base/time.js";
import type { Leases } from "../addresses/leases.js";
import type { VirtualRouterConfig } from "../config.js";
import type { Counters } from "../counters.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import type { Effect } from "../effect.js";
import { RELEASE_PRIORITY } from "../election.js";
import type { RouterId } from "../identity.js";
import type { Outbox } from "../outbox.js";
import type { Voice } from "./voice.js";

/** A releasing master says so twice, as Keepalived does: one lost packet must not cost a whole down interval. */
const RELEASE_ADVERTS = 2;
/** Adverts that answer others keep this part of the interval between them, so that a flood cannot be reflected. */
const ANSWER_GAP_DIVISOR = 10;

/** Of the virtual router that speaks. */
export interface AdvertisingRouter {
  readonly id: RouterId;
  readonly config: VirtualRouterConfig;
  readonly priority: number;
  readonly counters: Counters;
  readonly voice: Voice;
}

export interface AdvertisingSurroundings {
  readonly deadlines: Deadlines;
  readonly outbox: Outbox;
  readonly leases: Leases;
}

export class Advertising {
  /** When the last advert went out. */
  spokeAt: Micros = Number.NEGATIVE_INFINITY;
  #lastAnswerAt: Micros = Number.NEGATIVE_INFINITY;
  #advert: Extract<Effect, { type: "sendAdvert" }>;
  readonly #due: Deadline;

  constructor(
    private readonly router: AdvertisingRouter,
    private readonly surroundings: AdvertisingSurroundings,
  ) {
    const { id, priority, config } = router;
    this.#advert = { type: "sendAdvert", router: id, what: "advert", priority };
    this.#due = new Deadline("advertise", config.name, (now, due) => this.#advertiseDue(now, due));
  }

  /** The next advert says the new priority. */
  onPriority(): void {
    this.#advert = { ...this.#advert, priority: this.router.priority };
  }

  /** The interval has changed: those who hear of it count from now on. */
  onInterval(now: Micros): void {
    if (this.#due.armed) this.send(now);
  }

  /** A mastership begins. */
  onMaster(now: Micros): void {
    // An answer that an earlier mastership had planned was never given.
    this.#lastAnswerAt = Number.NEGATIVE_INFINITY;
    this.send(now);
  }

  /** An advert at once; the next one is planned from now on. */
  send(now: Micros): void {
    this.#emit(now);
    this.surroundings.deadlines.set(this.#due, now + this.router.config.advertIntervalMicros);
  }

  /** Sends the advert that is due, unless it is late by an interval: then others may have taken over meanwhile. */
  sendInTime(now: Micros): void {
    const { armed, at } = this.#due;
    if (armed && at <= now && now - at < this.router.config.advertIntervalMicros) this.#advertiseDue(now, at);
  }

  /** An advert at once, so that the other yields (RFC 9568 §6.4.3); under a flood as soon as the gap allows. */
  answer(now: Micros): void {
    const gapMicros = Math.floor(this.router.config.advertIntervalMicros / ANSWER_GAP_DIVISOR);
    const earliest = this.#lastAnswerAt + gapMicros;
    if (now < earliest) {
      if (earliest >= this.#due.at) return;
      this.#lastAnswerAt = earliest;
      this.surroundings.deadlines.set(this.#due, earliest);
      return;
    }
    this.#lastAnswerAt = now;
    this.send(now);
    // Answers put the planned advert off, for as long as a rival keeps on: the leases must not wait for it.
    this.surroundings.leases.withAdvert(now);
  }

  /** The mastership ends, and others may know. */
  release(): void {
    for (let sent = 0; sent < RELEASE_ADVERTS; sent += 1) {
      this.router.counters.priorityZeroSent += 1;
      this.surroundings.outbox.emit({ ...this.#advert, what: "release", priority: RELEASE_PRIORITY });
    }
  }

  /** Backups may take over, while this master keeps its addresses. */
  invite(now: Micros): void {
    this.release();
    this.stop();
    // That it is silent now is no stall.
    this.spokeAt = now;
    this.surroundings.leases.beforeSilence();
  }

  /** Nobody has taken over, or nobody is to any more. */
  afterInvitation(now: Micros): void {
    this.send(now);
    this.surroundings.leases.withAdvert(now);
  }

  /** Nothing is planned any more. */
  stop(): void {
    this.surroundings.deadlines.clear(this.#due);
  }

  #emit(now: Micros): void {
    this.spokeAt = now;
    this.router.voice.onAdvert(now);
    this.router.counters.advertsSent += 1;
    this.surroundings.outbox.emit(this.#advert);
  }

  #advertiseDue(now: Micros, due: Micros): void {
    const interval = this.router.config.advertIntervalMicros;
    const late = now - due;
    this.#emit(now);
    // From the planned time, so that lateness does not add up; from now on after a pause that cannot be caught up.
    this.surroundings.deadlines.set(this.#due, (late < interval ? due : now) + interval);
    this.surroundings.leases.withAdvert(now);
  }
}
