/**
 * When a backup may and must take over: the down timer of RFC 9568 §6.4.2 and the preempt delay, computed beside the
 * core from the adverts that it was handed. Times are those of the host's clock.
 */
import type { IpAddress } from "../../../src/base/address.js";
import { MICROS_PER_SECOND, type Micros } from "../../../src/base/time.js";
import type { VirtualRouterConfig } from "../../../src/core/config.js";
import type { Advert, VrrpVersion } from "../../../src/wire/advert.js";
import { downInterval, skew } from "./standard.js";

export class BackupModel {
  /** When the down timer ends. */
  due: Micros = 0;
  #interval: Micros = 0;
  #delayStartedAt: Micros | null = null;
  #delayOver = false;
  #delayNotBefore: Micros = 0;
  #listenedAgain = false;
  /** What the skew was added to, and of which version it is. */
  #skewed = { from: 0, version: 3 as VrrpVersion };
  /** Heard last as a backup. */
  #master: { at: Micros; advert: Advert } | null = null;
  /** What was heard last, in whatever state this node was. */
  #overheard: { at: Micros; source: IpAddress; advert: Advert } | null = null;

  constructor(private readonly config: () => VirtualRouterConfig) {}

  enter(now: Micros): void {
    const { version, advertIntervalMicros, downTimerAdverts } = this.config();
    this.#interval = advertIntervalMicros;
    this.#forgetDelay();
    this.#listenedAgain = false;
    this.#master = null;
    this.#wait(now + downTimerAdverts * this.#interval, version);
    const before = this.#overheard;
    if (before === null) return;
    const { advert } = before;
    const limit = downInterval(downTimerAdverts, advert.version, this.#priority, advert.advertIntervalMicros);
    if (now - before.at < limit) this.hear(now, advert);
  }

  /** Adverts that count are remembered, until their speaker releases. */
  overhear(at: Micros, source: IpAddress, advert: Advert): void {
    if (advert.priority > 0) this.#overheard = { at, source, advert };
    else if (this.#overheard?.source.text === source.text) this.#overheard = null;
  }

  hear(now: Micros, advert: Advert): void {
    this.#master = { at: now, advert };
    if (advert.priority === 0) return this.#wait(now, advert.version);
    if (advert.priority >= this.#priority) this.#forgetDelay();
    const yields = advert.version === 2 && this.config().version === 3;
    if (!yields && advert.priority < this.#priority && this.#discards(now)) return;
    this.#follow(now, advert);
  }

  /** The priority has changed: its skew is another, and a master that was lower may not be so any more. */
  reprioritise(now: Micros, before: number): void {
    const { at, advert } = this.#master ?? { at: 0, advert: { priority: 0 } as Advert };
    if (advert.priority > 0 && advert.priority < before && advert.priority >= this.#priority) {
      this.#forgetDelay();
      return this.#follow(at, advert);
    }
    this.#wait(this.#skewed.from, this.#skewed.version);
    this.due = Math.max(now, this.due);
  }

  /** The configuration has changed: a delay that runs is as long as it says now, and ends no sooner than now. */
  reconfigure(now: Micros): void {
    if (this.config().preempt.mode === "never") return this.#forgetDelay();
    if (this.#delayStartedAt !== null && !this.#delayOver) this.#delayNotBefore = now;
  }

  /** When something of it ends next. */
  get nextAt(): Micros {
    if (this.#delayStartedAt === null || this.#delayOver) return this.due;
    return Math.min(this.due, this.#delayEnd(this.#delayStartedAt));
  }

  /** The host looks at its timers; returns whether it has to become master now. */
  deadline(now: Micros): boolean {
    if (this.#delayStartedAt !== null && now >= this.#delayEnd(this.#delayStartedAt)) this.#delayOver = true;
    if (now < this.due) return false;
    // Too late by more than an interval: it was not running, and what it should have heard may be lost.
    if (now - this.due < this.#interval || this.#listenedAgain) return true;
    this.#listenedAgain = true;
    this.#wait(now + this.#interval, 3);
    return false;
  }

  #delayEnd(start: Micros): Micros {
    return Math.max(this.#delayNotBefore, start + this.config().preempt.delaySeconds * MICROS_PER_SECOND);
  }

  get #priority(): number {
    return this.config().priority!;
  }

  /** A lower advert: an owner always preempts (RFC 9568 §6.1), others as they are told. */
  #discards(now: Micros): boolean {
    const { preempt } = this.config();
    if (this.#priority === 255) return true;
    if (preempt.mode === "never") return false;
    if (preempt.delaySeconds === 0) return true;
    this.#delayStartedAt ??= now;
    return this.#delayOver;
  }

  #follow(now: Micros, advert: Advert): void {
    const { version, advertIntervalMicros, downTimerAdverts } = this.config();
    this.#interval = version === 3 ? advert.advertIntervalMicros : advertIntervalMicros;
    this.#listenedAgain = false;
    this.#wait(now + downTimerAdverts * this.#interval, advert.version);
  }

  #wait(from: Micros, version: VrrpVersion): void {
    this.#skewed = { from, version };
    this.due = from + skew(version, this.#priority, this.#interval);
  }

  #forgetDelay(): void {
    this.#delayStartedAt = null;
    this.#delayOver = false;
  }
}
