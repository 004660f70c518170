/**
 * One virtual router: its state, its timers, and the only place where a transition happens.
 * What an advert means is decided in receive.ts, whether it may take part at all in readiness.ts.
 */
import { assert } from "../base/errors.js";
import { formatSeconds, MICROS_PER_SECOND, type Micros } from "../base/time.js";
import { AddressTable } from "./address-table.js";
import type { DropReason } from "./advert.js";
import { AnnounceRefresh } from "./announce-refresh.js";
import type { VirtualRouterConfig } from "./config.js";
import { Conflicts } from "./conflicts.js";
import { Contest } from "./contest.js";
import { countDrop, newCounters } from "./counters.js";
import { Deadline, type Deadlines } from "./deadlines.js";
import type { Effect, NotifyState } from "./effect.js";
import { masterDownMicros, OWNER_PRIORITY, skewMicros } from "./election.js";
import type { Check } from "./health.js";
import type { RouterIndex } from "./input.js";
import type { Leases } from "./leases.js";
import { MasterDown } from "./master-down.js";
import type { Outbox } from "./outbox.js";
import { Preemption } from "./preemption.js";
import { contradictionImpediment, type InterfaceView, impedimentOf, type LockView } from "./readiness.js";
import { Refusals } from "./refusals.js";
import { Speakers } from "./speakers.js";
import { type Cause, cause, LEGAL_TRANSITIONS, type State, type Transition } from "./state.js";

const TRANSITIONS_KEPT = 50;
/** These waits are over within the same wake-up, at start. */
const BRIEF_WAITS: ReadonlySet<string> = new Set(["starting", "lock-pending"]);
const LOCK_RETRY_MICROS = MICROS_PER_SECOND;
/** A releasing master says so twice, as Keepalived does: one lost packet must not cost a whole down interval. */
const RELEASE_ADVERTS = 2;
/** Adverts that answer others keep this part of the interval between them, so that a flood cannot be reflected. */
const ANSWER_GAP_DIVISOR = 10;
/** Nothing to mend: counted, and worth a line only to somebody who looks for it. */
const EXPECTED_DROPS: ReadonlySet<DropReason> = new Set(["not-participating", "own-source"]);

/** What the routers of one host share. */
export interface Surroundings {
  readonly deadlines: Deadlines;
  readonly outbox: Outbox;
  readonly leases: Leases;
  view(interfaceName: string): InterfaceView;
  checks(names: readonly string[]): readonly Check[];
  contradiction(): string | null;
  conflictProbeIntervalMicros(): Micros | null;
}

export class VirtualRouter {
  state: State = "INIT";
  cause: Cause = cause("start", "starting");
  since: Micros;
  lock: LockView;
  readonly transitions: Transition[] = [];
  readonly counters = newCounters();
  readonly speakers = new Speakers();
  readonly refusals = new Refusals();
  readonly addresses: AddressTable;
  readonly preemption: Preemption;
  readonly conflicts: Conflicts;
  readonly contest: Contest;
  readonly #announceRefresh: AnnounceRefresh;
  readonly masterDown: MasterDown;
  #listeningSince: Micros | null = null;
  #foundLeftovers = false;
  #lockAsked = false;
  #notified = false;
  #lastAnswerAt: Micros = Number.NEGATIVE_INFINITY;
  readonly #advertise: Deadline;
  readonly #lockRetry: Deadline;
  readonly #advert: Effect;

  constructor(
    now: Micros,
    readonly index: RouterIndex,
    public config: VirtualRouterConfig,
    readonly surroundings: Surroundings,
  ) {
    const { deadlines, outbox } = surroundings;
    this.since = now;
    this.#advertise = new Deadline("advertise", config.name, (at, due) => this.#advertiseDue(at, due));
    this.masterDown = new MasterDown(this, deadlines, (at, why) => this.transition(at, "MASTER", why));
    this.#lockRetry = new Deadline("ask for the lock", config.name, () => this.acquireLock());
    this.#advert = { type: "sendAdvert", router: index, release: false };
    this.addresses = new AddressTable(index, () => this.config, this.counters, deadlines, outbox);
    this.preemption = new Preemption(config.name, deadlines);
    this.conflicts = new Conflicts(this, surroundings);
    this.contest = new Contest(this, deadlines);
    this.#announceRefresh = new AnnounceRefresh(this, deadlines);
  }

  get priority(): number {
    return this.config.priority ?? 0;
  }

  get view(): InterfaceView {
    return this.surroundings.view(this.config.interface);
  }

  get source() {
    return this.view.sources[this.config.family]?.source ?? null;
  }

  /** Looks again whether it may take part: a link, a source, a check, the lock or the configuration changed. */
  evaluate(now: Micros): void {
    const { surroundings } = this;
    const impediment =
      contradictionImpediment(surroundings.contradiction()) ??
      impedimentOf(this.config, this.view, this.lock, surroundings.checks(this.config.checks));
    if (impediment === null) {
      if (this.state === "INIT" || this.state === "FAULT") this.#start(now);
    } else if (this.state === "INIT" && impediment.kind === "pending") this.#wait(impediment.cause);
    else if (this.state === "FAULT") this.cause = impediment.cause;
    else this.transition(now, "FAULT", impediment.cause);
  }

  acquireLock(): void {
    if (this.#lockAsked) return;
    this.#lockAsked = true;
    this.surroundings.outbox.emit({ type: "acquireLock", router: this.index });
  }

  onLock(now: Micros, holder: string | null): void {
    this.lock = holder;
    this.#lockAsked = false;
    if (holder !== null) this.surroundings.deadlines.set(this.#lockRetry, now + LOCK_RETRY_MICROS);
    else this.tidy();
    this.evaluate(now);
  }

  /** At start: notes what an earlier run left behind, and removes it once this daemon may touch the addresses. */
  tidy(): void {
    // Noted even while the lock is awaited: a lease may end before it comes.
    this.#foundLeftovers ||= this.addresses.entries.some((entry) => entry.presence === "leftover");
    if (this.lock === null) this.addresses.removeLeftovers();
  }

  shutdown(now: Micros): void {
    this.surroundings.deadlines.clear(this.#lockRetry);
    if (this.state !== "INIT") this.transition(now, "INIT", cause("shutdown", "vrrpd is stopping"));
    if (this.#notified) this.#notify("STOP");
  }

  /** The only place where the state changes. */
  transition(now: Micros, to: State, why: Cause): void {
    const from = this.state;
    assert(LEGAL_TRANSITIONS[from].includes(to), `(${this.config.name}) illegal transition ${from} to ${to}`);
    this.surroundings.deadlines.clear(this.#advertise);
    this.masterDown.stop();
    this.preemption.reset();
    if (from === "MASTER") this.#leaveMaster(to);
    this.state = to;
    this.since = now;
    this.cause = why;
    this.transitions.push({ at: now, from, to, cause: why });
    if (this.transitions.length > TRANSITIONS_KEPT) this.transitions.shift();
    if (to === "MASTER") this.#enterMaster(now);
    if (to === "BACKUP") this.#enterBackup(now, from);
    if (to !== "INIT") this.#notify(to);
    this.#logTransition(from, to, why);
  }

  sendAdvert(now: Micros): void {
    this.#emitAdvert();
    this.surroundings.deadlines.set(this.#advertise, now + this.config.advertIntervalMicros);
  }

  /** Sends the advert that is due, unless it is late by an interval: then others may have taken over meanwhile. */
  advertiseInTime(now: Micros): void {
    const { armed, at } = this.#advertise;
    if (armed && at <= now && now - at < this.config.advertIntervalMicros) this.#advertiseDue(now, at);
  }

  /** An advert at once, so that the other yields (RFC 9568 §6.4.3); under a flood as soon as the gap allows. */
  answer(now: Micros): void {
    const earliest = this.#lastAnswerAt + Math.floor(this.config.advertIntervalMicros / ANSWER_GAP_DIVISOR);
    if (now < earliest) {
      if (earliest >= this.#advertise.at) return;
      this.#lastAnswerAt = earliest;
      this.surroundings.deadlines.set(this.#advertise, earliest);
      return;
    }
    this.#lastAnswerAt = now;
    this.sendAdvert(now);
    // Answers put the planned advert off, for as long as a rival keeps on: the leases must not wait for it.
    this.surroundings.leases.withAdvert(now);
  }

  /** Notes that somebody was heard; from then on this is no cold start. */
  heard(): void {
    this.#listeningSince = null;
  }

  /**
   * Whether the lower-priority master now heard for the first time became master while we were listening: nobody
   * spoke for longer than its interval and our skew, and this node had not been master itself just before.
   */
  isColdStart(now: Micros, intervalMicros: Micros): boolean {
    if (this.#listeningSince === null || this.#foundLeftovers) return false;
    return now - this.#listeningSince > intervalMicros + skewMicros(3, this.priority, intervalMicros);
  }

  /** A master that has not advertised for its own down interval has lost its mastership, whatever it believes. */
  hasStalled(now: Micros): boolean {
    const interval = this.config.advertIntervalMicros;
    const limit = masterDownMicros(this.config.version, this.priority, interval);
    return this.state === "MASTER" && now - (this.#advertise.at - interval) >= limit;
  }

  drop(now: Micros, reason: DropReason, source: string): void {
    countDrop(this.counters, reason);
    this.refusals.note(now, source, reason);
    const { name } = this.config;
    this.surroundings.outbox.complain(now, { what: `drop ${name} ${reason}`, whom: source }, () => ({
      level: EXPECTED_DROPS.has(reason) ? "debug" : "warn",
      code: "advert-dropped",
      router: this.index,
      message: `(${name}) advert of ${source} refused: ${reason}`,
      facts: { source, reason, interface: this.config.interface },
    }));
  }

  #start(now: Micros): void {
    if (this.state === "INIT") this.#listeningSince = now;
    const owner = this.priority === OWNER_PRIORITY;
    const why = owner
      ? cause("owner", "priority 255 owns the addresses", { priority: this.priority })
      : cause("ready", this.state === "FAULT" ? `recovered: no more “${this.cause.text}”` : "ready");
    this.transition(now, owner ? "MASTER" : "BACKUP", why);
  }

  #wait(why: Cause): void {
    const changed = this.cause.code !== why.code || this.cause.text !== why.text;
    this.cause = why;
    if (!changed || BRIEF_WAITS.has(why.code)) return;
    const { name } = this.config;
    this.surroundings.outbox.log("info", why.code, this.index, `(${name}) Waiting: ${why.text}`, why.facts);
  }

  #enterMaster(now: Micros): void {
    this.counters.becomeMaster += 1;
    this.sendAdvert(now);
    this.addresses.claim(now);
    this.surroundings.leases.onClaim(now);
    this.conflicts.onMaster(now);
    this.#announceRefresh.onMaster(now);
  }

  #leaveMaster(to: State): void {
    this.counters.releaseMaster += 1;
    const canSend = this.view.link?.up && this.view.link.carrier && this.source !== null;
    if (to !== "BACKUP" && canSend) {
      for (let sent = 0; sent < RELEASE_ADVERTS; sent += 1) {
        this.counters.priorityZeroSent += 1;
        this.surroundings.outbox.emit({ type: "sendAdvert", router: this.index, release: true });
      }
    }
    this.addresses.release();
    this.conflicts.stop();
    this.contest.stop();
    this.#announceRefresh.stop();
    // Our kernel answered for the addresses until now, which the master that stays may never have heard of.
    if (to === "BACKUP") this.conflicts.ask();
  }

  #enterBackup(now: Micros, from: State): void {
    if (from !== "INIT") this.#listeningSince = null;
    this.masterDown.listen(now);
  }

  #emitAdvert(): void {
    this.counters.advertsSent += 1;
    this.surroundings.outbox.emit(this.#advert);
  }

  #advertiseDue(now: Micros, due: Micros): void {
    const interval = this.config.advertIntervalMicros;
    const late = now - due;
    this.#emitAdvert();
    // From the planned time, so that lateness does not add up; from now on after a pause that cannot be caught up.
    this.surroundings.deadlines.set(this.#advertise, (late < interval ? due : now) + interval);
    this.surroundings.leases.withAdvert(now);
    const limit = masterDownMicros(this.config.version, this.priority, interval) - interval;
    if (late >= limit) this.#resume(now, late);
  }

  /** After a stall in which nobody else was heard: still master, but neighbours and kernel may think otherwise. */
  #resume(now: Micros, late: Micros): void {
    const { name } = this.config;
    this.surroundings.outbox.log(
      "warn",
      "stalled",
      this.index,
      `(${name}) Stalled for ${formatSeconds(late)}; no other master was heard, so the addresses are announced again`,
      { lateSeconds: late / MICROS_PER_SECOND },
    );
    this.addresses.doubt(now);
  }

  #notify(state: NotifyState): void {
    if (this.config.notifyCommand === null) return;
    this.#notified = true;
    this.surroundings.outbox.emit({ type: "notify", router: this.index, state, priority: this.priority });
  }

  #logTransition(from: State, to: State, why: Cause): void {
    const { name } = this.config;
    const level = to === "FAULT" ? "error" : "info";
    this.surroundings.outbox.log(level, "transition", this.index, `(${name}) Entering ${to} STATE`, {
      instance: name,
      from,
      to,
      cause: why.text,
      code: why.code,
      ...why.facts,
    });
  }
}
