/**
 * One virtual router: its state, its timers, and the only place where a transition happens.
 * What an advert means is decided in receive.ts, whether it may take part at all in readiness.ts; what a master says is
 * in advertising.ts.
 */
import { assert } from "../../base/errors.js";
import { formatSeconds, MICROS_PER_SECOND, type Micros } from "../../base/time.js";
import { AnnounceRefresh } from "../addresses/announce-refresh.js";
import type { AnnouncementPace } from "../addresses/announcement-pace.js";
import { Conflicts } from "../addresses/conflicts.js";
import type { Departures } from "../addresses/departures.js";
import type { Leases } from "../addresses/leases.js";
import { AddressTable } from "../addresses/table.js";
import type { Track, VirtualRouterConfig } from "../config.js";
import { newCounters } from "../counters.js";
import type { Deadlines } from "../deadlines.js";
import { effectivePriority, OWNER_PRIORITY } from "../election.js";
import type { RouterId } from "../identity.js";
import type { NotifyState } from "../notify.js";
import { nameOf } from "../origin.js";
import type { Outbox } from "../outbox.js";
import { Attempts } from "../peers/attempts.js";
import { Refusals } from "../peers/refusals.js";
import { type Speaker, Speakers } from "../peers/speakers.js";
import { Advertising } from "./advertising.js";
import { type Cause, type CauseCode, cause } from "./cause.js";
import type { Check } from "./check.js";
import { Contest } from "./contest.js";
import { IdConflict } from "./id-conflict.js";
import { Leader } from "./leader.js";
import { Lock } from "./lock.js";
import { LowerPriority } from "./lower-priority.js";
import { MasterDown } from "./master-down.js";
import { Preemption } from "./preemption.js";
import {
  contradictionImpediment,
  type Impediment,
  type InterfaceView,
  impedimentOf,
  refusalImpediment,
  type SourceView,
} from "./readiness.js";
import { RefusedClaim } from "./refused-claim.js";
import { Stall } from "./stall.js";
import { LEGAL_TRANSITIONS, type State, type Transition } from "./state.js";
import { addedBy, describeWeights, trackImpediment } from "./tracks.js";
import { Unserved } from "./unserved.js";
import { Voice } from "./voice.js";

const TRANSITIONS_KEPT = 50;
/** These waits are over within the same wake-up, at start. */
const BRIEF_WAITS: ReadonlySet<CauseCode> = new Set(["starting", "lock-pending"]);
/** More than a sound LAN has for one virtual router: all but the master are silent. */
const SPEAKERS_KEPT = 16;

/** What the routers of one host share. */
export interface Surroundings {
  readonly deadlines: Deadlines;
  readonly outbox: Outbox;
  readonly leases: Leases;
  readonly pace: AnnouncementPace;
  readonly departures: Departures;
  view(interfaceName: string): InterfaceView;
  check(name: string): Check;
  /** Until then a router on this interface listens and claims nothing. */
  graceEndsAt(interfaceName: string): Micros;
  /** A router begins to take part, and has heard a master before. */
  followOverheard(router: VirtualRouter, now: Micros, speaker: Speaker): void;
  conflictProbeIntervalMicros(): Micros | null;
}

export class VirtualRouter {
  readonly id: RouterId;
  state: State = "INIT";
  cause: Cause = cause("start", "starting");
  since: Micros;
  readonly lock: Lock;
  readonly transitions: Transition[] = [];
  readonly counters = newCounters();
  readonly speakers = new Speakers({
    most: SPEAKERS_KEPT,
    isAlwaysKept: (speaker) => this.#matters(speaker),
  });
  readonly refusals = new Refusals();
  readonly attempts = new Attempts();
  readonly addresses: AddressTable;
  readonly preemption: Preemption;
  readonly unserved: Unserved;
  readonly conflicts: Conflicts;
  readonly contest: Contest;
  readonly lowerPriority: LowerPriority;
  readonly idConflict: IdConflict;
  readonly voice: Voice;
  readonly advertising: Advertising;
  readonly refusedClaim: RefusedClaim;
  readonly #announceRefresh: AnnounceRefresh;
  readonly masterDown: MasterDown;
  readonly leader = new Leader(this);
  /** What is tracked adds so much to the configured priority, or takes it away. */
  #added = 0;
  #notified = false;
  /** undefined: not told yet. */
  #source: SourceView | undefined;
  readonly #stall: Stall;

  constructor(
    now: Micros,
    public config: VirtualRouterConfig,
    readonly surroundings: Surroundings,
  ) {
    const { deadlines, outbox } = surroundings;
    this.id = config.id;
    this.since = now;
    this.masterDown = new MasterDown(this, deadlines, (at, why) => this.#claim(at, why));
    this.lock = new Lock(this, deadlines, outbox);
    const { pace } = surroundings;
    this.addresses = new AddressTable(config.id, () => this.config, this.counters, deadlines, outbox, pace);
    this.preemption = new Preemption(this, deadlines, outbox);
    this.unserved = new Unserved(this, outbox);
    this.#stall = new Stall(this, deadlines, outbox, (at) => this.#goOn(at));
    this.conflicts = new Conflicts(this, surroundings);
    this.contest = new Contest(this, deadlines);
    this.lowerPriority = new LowerPriority(this, outbox);
    this.idConflict = new IdConflict(this);
    this.voice = new Voice(this, deadlines, outbox);
    this.advertising = new Advertising(this, surroundings);
    this.refusedClaim = new RefusedClaim(this, deadlines);
    this.#announceRefresh = new AnnounceRefresh(this, deadlines);
  }

  /** The same virtual router, planned or configured anew (configure.ts). */
  configure(now: Micros, config: VirtualRouterConfig): void {
    const [before, priority] = [this.config, this.priority];
    const isAnother = config.advertIntervalMicros !== before.advertIntervalMicros;
    // One that has stalled listens first, at the next deadline.
    const speaks = isAnother && !this.hasStalled(now);
    if (config.interface !== before.interface) {
      this.lock.forget();
      this.#source = undefined;
    }
    this.config = config;
    this.surroundings.departures.remove(this.id, this.addresses.configure(now));
    this.unserved.configure();
    this.preemption.configure(now);
    this.masterDown.configure(now, before);
    if (speaks) this.advertising.onInterval(now);
    if (this.state === "MASTER") this.#announceRefresh.configure(now);
    if (this.priority !== priority) this.#reprioritise(now, priority);
  }

  /** 0: it is open. */
  get priority(): number {
    const { priority } = this.config;
    return priority === null ? 0 : effectivePriority(priority, this.#added);
  }

  get view(): InterfaceView {
    return this.surroundings.view(this.config.interface);
  }

  get isLinkExcused(): boolean {
    return !this.config.tracksInterface && !(this.view.link?.up && this.view.link.carrier);
  }

  get source() {
    return this.#source?.source ?? null;
  }

  onSource(now: Micros, { source, detail }: SourceView): void {
    this.#source = { source, detail };
    this.evaluate(now);
  }

  /**
   * Looks again whether it may take part, and with which priority: a link, a source, a check, the lock, the
   * configuration or what the kernel refuses changed. @param alone it has to serve, if nothing is in the way
   */
  evaluate(now: Micros, alone = false): void {
    this.#weigh(now);
    const tracked = this.config.tracks.map((track) => this.#trackImpediment(track));
    const impediment =
      contradictionImpediment(this.config.contradiction ?? null) ??
      impedimentOf(this.config, this.view, this.#source, this.lock.holder, tracked) ??
      refusalImpediment(this.voice.impediment ?? this.refusedClaim.impediment);
    if (impediment === null) {
      if (this.state === "INIT" || this.state === "FAULT") this.#start(now, alone);
    } else if (this.state === "INIT" && impediment.kind === "pending") this.#wait(impediment.cause);
    else if (this.state === "FAULT") this.cause = impediment.cause;
    else this.transition(now, "FAULT", impediment.cause);
  }

  /** What is tracked anew has not said anything yet: who takes part goes on meanwhile. */
  #trackImpediment(track: Track): Impediment | null {
    const found = trackImpediment(track, this.surroundings);
    const takesPart = this.state === "MASTER" || this.state === "BACKUP";
    return found?.kind === "pending" && takesPart ? null : found;
  }

  onLock(now: Micros, holder: string | null): void {
    this.lock.onAnswer(now, holder);
    this.tidy();
    this.evaluate(now);
  }

  /** At start: removes what an earlier run left behind, once this daemon may touch the addresses: on one interface, or on all. */
  tidy(only?: string): void {
    if (this.lock.holder === null) this.addresses.removeLeftovers(only);
  }

  shutdown(now: Micros): void {
    this.#leave(now, cause("shutdown", "vrrpd is stopping"));
  }

  /** It is no longer in the configuration, and is not used any more. */
  retire(now: Micros): void {
    const wasMaster = this.state === "MASTER";
    this.#leave(now, cause("removed", "it is no longer in the configuration"));
    const { departures } = this.surroundings;
    // A master has just asked for all of that; what another one holds still, the kernel had refused to remove.
    if (wasMaster) departures.expect(this.id, this.addresses.leaving);
    else departures.remove(this.id, this.addresses.leaving);
  }

  #leave(now: Micros, why: Cause): void {
    this.lock.stop();
    this.voice.stop();
    this.refusedClaim.stop();
    if (this.state !== "INIT") this.transition(now, "INIT", why);
    if (this.#notified) this.#notify("STOP");
  }

  /** The only place where the state changes. */
  transition(now: Micros, to: State, why: Cause): void {
    const from = this.state;
    assert(LEGAL_TRANSITIONS[from].includes(to), `(${this.config.name}) illegal transition ${from} to ${to}`);
    this.advertising.stop();
    this.#stall.stop();
    this.masterDown.stop();
    this.unserved.clear();
    if (to === "MASTER") this.preemption.claim(now, why.text);
    else this.preemption.cancel(now, why.text);
    if (from === "MASTER") this.#leaveMaster(to);
    this.state = to;
    this.since = now;
    this.cause = why;
    const transition = { at: now, from, to, cause: why };
    this.transitions.push(transition);
    if (this.transitions.length > TRANSITIONS_KEPT) this.transitions.shift();
    this.leader.onTransition(to);
    if (to === "MASTER") this.#enterMaster(now);
    if (to === "BACKUP") this.masterDown.listen(now, this.surroundings.graceEndsAt(this.config.interface));
    if (to !== "INIT") this.#notify(to);
    this.surroundings.outbox.emit({ type: "transition", router: this.id, ...transition });
  }

  /** Until when another one that has our addresses under its own id holds a claim back; null: it does not. */
  holdClaim(now: Micros): Micros | null {
    const until = this.idConflict.heldUntil(now);
    if (until !== null) this.#wait(this.idConflict.causeOfHold());
    return until;
  }

  /** A master that stood still, and so may be none any more. */
  hasStalled(now: Micros): boolean {
    return this.state === "MASTER" && this.#stall.silences(now, this.advertising.spokeAt);
  }

  /** Before a master acts on anything after a stall: what others did meanwhile may not have arrived. */
  noticeStall(now: Micros): void {
    if (!this.hasStalled(now) || this.#stall.isListening) return;
    // An owner takes its addresses back wherever it comes up (RFC 9568 §6.4.1).
    if (this.priority === OWNER_PRIORITY) return this.#goOn(now);
    this.advertising.stop();
    this.addresses.pause();
    this.#stall.listen(now, this.advertising.spokeAt);
  }

  /** Nothing of it has left: it does not count as sent. */
  onRefused(now: Micros, what: "advert" | "release" | "trial" | "announcement", errno: string): void {
    if (what === "advert") this.counters.advertsSent -= 1;
    if (what === "release") this.counters.priorityZeroSent -= 1;
    if (what === "advert" || what === "trial") this.voice.onRefused(now, errno);
  }

  /** The master that is followed, or a configured peer. */
  #matters(speaker: Speaker): boolean {
    if (speaker === this.masterDown.master || speaker === this.leader.speaker) return true;
    for (const { address } of this.config.unicastPeers) if (address.text === speaker.source.text) return true;
    return false;
  }

  /** What it tracks may add something else to its priority by now. */
  #weigh(now: Micros): void {
    const { config, surroundings } = this;
    const before = this.priority;
    this.#added = config.tracks.reduce((sum, track) => sum + addedBy(track, surroundings), 0);
    if (this.priority === before) return;
    const message = `(${config.name}) Changing effective priority from ${before} to ${this.priority}`;
    const why = `${config.priority}, ${describeWeights(config.tracks, surroundings)}`;
    const facts = { priority: this.priority, basePriority: config.priority };
    surroundings.outbox.log("info", "priority", this.id, `${message}: ${why}`, facts);
    this.#reprioritise(now, before);
  }

  /** The next advert says the new priority; what a backup waits for was set with the one before. */
  #reprioritise(now: Micros, before: number): void {
    this.advertising.onPriority();
    this.leader.onPriority();
    if (this.state !== "BACKUP" || this.config.priority === null) return;
    const master = this.masterDown.reprioritise(now, before);
    if (master !== null) this.preemption.onOwnPriority(now, master);
  }

  #start(now: Micros, alone: boolean): void {
    const overheard = this.masterDown.overheard(now);
    const unicast = this.config.unicastPeers.length > 0;
    if (unicast) this.surroundings.outbox.emit({ type: "introduceSource", router: this.id });
    const graceMicros = this.surroundings.graceEndsAt(this.config.interface) - now;
    const mayClaim = graceMicros <= 0 && this.holdClaim(now) === null;
    if (alone && mayClaim) return this.transition(now, "MASTER", this.voice.causeAlone);
    const owner = this.priority === OWNER_PRIORITY && !this.config.ownerWaits && mayClaim;
    const why = owner
      ? cause("owner", "priority 255 owns the addresses", { priority: this.priority })
      : cause("ready", this.state === "FAULT" ? `recovered from “${this.cause.text}”` : "ready");
    this.transition(now, owner ? "MASTER" : "BACKUP", why);
    if (graceMicros > 0) this.#logGrace(graceMicros);
    if (!owner && overheard !== null) this.surroundings.followOverheard(this, now, overheard);
  }

  #claim(now: Micros, why: Cause): void {
    this.transition(now, "MASTER", this.cause.code === "id-conflict" ? this.idConflict.causeOfClaim() : why);
  }

  #logGrace(graceMicros: Micros): void {
    const { name, origins } = this.config;
    const settings = `${nameOf(origins.startGrace)}, ${nameOf(origins.linkGrace)}`;
    const message = `(${name}) Only listens for ${formatSeconds(graceMicros)} (${settings}), and claims nothing`;
    const graceSeconds = graceMicros / MICROS_PER_SECOND;
    this.surroundings.outbox.log("info", "grace", this.id, message, { graceSeconds });
  }

  /** Stays in its state, and says what for. */
  #wait(why: Cause): void {
    const changed = this.cause.code !== why.code || this.cause.text !== why.text;
    this.cause = why;
    if (!changed || BRIEF_WAITS.has(why.code)) return;
    const { name } = this.config;
    this.surroundings.outbox.log("info", why.code, this.id, `(${name}) Waiting: ${why.text}`, why.facts);
  }

  #enterMaster(now: Micros): void {
    this.counters.becomeMaster += 1;
    this.voice.onMaster();
    this.refusedClaim.onMaster();
    this.advertising.onMaster(now);
    this.addresses.claim(now);
    this.surroundings.leases.onClaim(now);
    this.conflicts.onMaster(now);
    this.#announceRefresh.onMaster(now);
  }

  #leaveMaster(to: State): void {
    this.counters.releaseMaster += 1;
    // Where the source has gone, too: what is prepared still leaves, and its backups know it by that address.
    const canSend = this.view.link?.up && this.view.link.carrier;
    if (to !== "BACKUP" && canSend) this.advertising.release();
    this.addresses.release();
    this.conflicts.stop();
    this.contest.stop();
    this.#announceRefresh.stop();
    // Our kernel answered for the addresses until now, which the master that stays may never have heard of.
    if (to === "BACKUP") this.conflicts.ask();
  }

  /** Nobody else was heard: still master, but neighbours and kernel may think otherwise. */
  #goOn(now: Micros): void {
    this.advertising.send(now);
    this.addresses.claim(now);
    this.surroundings.leases.onClaim(now);
  }

  #notify(state: NotifyState): void {
    if (this.config.notify.length === 0) return;
    this.#notified = true;
    this.surroundings.outbox.emit({ type: "notify", router: this.id, state, priority: this.priority });
  }
}
