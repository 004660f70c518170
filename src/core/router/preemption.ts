/**
 * `preempt_delay` (Keepalived's): it starts at the first lower-priority advert, an equal or higher one cancels it,
 * silence and priority 0 bypass it, and nothing else cuts it short. After it, lower adverts are discarded and the down
 * timer decides.
 */
import { type Micros, secondsToMicros } from "../../base/time.js";
import type { VirtualRouterConfig } from "../config.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import type { RouterId } from "../identity.js";
import type { Outbox } from "../outbox.js";
import type { Speaker } from "../peers/speakers.js";

/** Of the virtual router that waits. */
export interface PatientRouter {
  readonly id: RouterId;
  readonly config: VirtualRouterConfig;
  readonly priority: number;
}

/** What became of a delay. */
export type DelayEvent = "started" | "ended" | "cancelled" | "bypassed";

export interface DelayNews {
  readonly at: Micros;
  readonly event: DelayEvent;
  /** A sentence without a full stop. */
  readonly text: string;
}

export class Preemption {
  /** What happened to a delay last; null: there was none since the start. */
  news: DelayNews | null = null;
  #elapsed = false;
  /** How long the one that runs is. */
  #delayMicros: Micros = 0;
  /** The lower master that it runs beside. */
  #master = "";
  /** Adverts that others make up may start and cancel delays without end: each line is one of a kind. */
  #lines = 0;
  readonly #deadline: Deadline;

  constructor(
    private readonly router: PatientRouter,
    private readonly deadlines: Deadlines,
    private readonly outbox: Outbox,
  ) {
    this.#deadline = new Deadline("preempt delay", router.config.name, (now) => {
      this.#elapsed = true;
      this.#report(now, "ended", `it is over: lower adverts of ${this.#master} no longer count`);
    });
  }

  /** When the running delay ends; null: none is running. */
  get endsAt(): Micros | null {
    return this.#deadline.armed ? this.#deadline.at : null;
  }

  /** @param why a clause: what took its reason away */
  cancel(now: Micros, why: string): void {
    const pending = this.#deadline.armed || this.#elapsed;
    this.#forget();
    if (pending) this.#report(now, "cancelled", `it is cancelled: ${why}`);
  }

  /** The configuration has changed: a delay that runs is for as long as it says now, from when it began. */
  configure(now: Micros): void {
    const { preempt } = this.router.config;
    if (preempt.mode === "never") return this.cancel(now, "preemption is off now");
    const wantedMicros = secondsToMicros(preempt.delaySeconds);
    if (!this.#deadline.armed || wantedMicros === this.#delayMicros) return;
    this.deadlines.set(this.#deadline, Math.max(now, this.#deadline.at - this.#delayMicros + wantedMicros));
    this.#delayMicros = wantedMicros;
  }

  /** Ours has changed, and the master is not lower any more. */
  onOwnPriority(now: Micros, { source, advert }: Speaker): void {
    const theirs = `${source.text} advertises with priority ${advert.priority}`;
    this.cancel(now, `${theirs}, which is not lower than ours, now ${this.router.priority}`);
  }

  /** This node becomes master. @param why a clause */
  claim(now: Micros, why: string): void {
    const running = this.#deadline.armed;
    this.#forget();
    if (running) this.#report(now, "bypassed", `it is bypassed: ${why}`);
  }

  /** A backup hears a lower-priority advert: whether it discards it, so that its down timer runs out. */
  mayPreempt(now: Micros, { source, advert }: Speaker): boolean {
    const { preempt } = this.router.config;
    if (preempt.mode === "never") return false;
    if (preempt.delaySeconds === 0 || this.#elapsed) return true;
    this.#master = source.text;
    if (!this.#deadline.armed) {
      this.#delayMicros = secondsToMicros(preempt.delaySeconds);
      this.deadlines.set(this.#deadline, now + this.#delayMicros);
      const { priority } = this.router;
      const until = `${source.text} (priority ${advert.priority}) stays master for ${preempt.delaySeconds} s`;
      this.#report(now, "started", `${until}, unless it falls silent: ours, ${priority}, is higher`);
    }
    return false;
  }

  #forget(): void {
    this.#elapsed = false;
    this.deadlines.clear(this.#deadline);
  }

  #report(now: Micros, event: DelayEvent, text: string): void {
    const { config, id } = this.router;
    this.news = { at: now, event, text };
    this.#lines += 1;
    const about = { what: `preempt delay ${config.name} ${event}`, whom: `${this.#lines}` };
    this.outbox.complain(now, about, () => ({
      level: "info",
      code: `preempt-delay-${event}`,
      router: id,
      message: `(${config.name}) preempt_delay ${config.preempt.delaySeconds}: ${text}`,
      facts: { master: this.#master, delaySeconds: config.preempt.delaySeconds },
    }));
  }
}
