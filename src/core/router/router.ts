/**
 * One virtual router: its state, its timers, and the only place where a transition happens.
 * What an advert means is decided in receive.ts, whether it may take part at all in readiness.ts; what a master says is
 * in advertising.ts.
 */
import { assert } from "../../base/errors.js";
import type { Micros } from "../../base/time.js";
import { AnnounceRefresh } from "../addresses/announce-refresh.js";
import type { AnnouncementPace } from "../addresses/announcement-pace.js";
import { Conflicts } from "../addresses/conflicts.js";
import type { Departures } from "../addresses/departures.js";
import type { Leases } from "../addresses/leases.js";
import { AddressTable } from "../addresses/table.js";
import type { VirtualRouterConfig } from "../config.js";
import { newCounters } from "../counters.js";
import type { Deadlines } from "../deadlines.js";
import { effectivePriority, OWNER_PRIORITY } from "../election.js";
import { type FixtureSurroundings, FixtureTable } from "../fixtures/table.js";
import type { RouterId } from "../identity.js";
import type { NotifyState } from "../notify.js";
import type { Outbox } from "../outbox.js";
import { Attempts } from "../peers/attempts.js";
import { Refusals } from "../peers/refusals.js";
import { excuseOutranked, type Speaker, Speakers } from "../peers/speakers.js";
import { Advertising } from "./advertising.js";
import { type Cause, cause } from "./cause.js";
import type { Check } from "./check.js";
import { Contest } from "./contest.js";
import { IdConflict } from "./id-conflict.js";
import { Leader } from "./leader.js";
import { Lock } from "./lock.js";
import { LowerPriority } from "./lower-priority.js";
import { MasterDown } from "./master-down.js";
import type { Membership } from "./membership.js";
import { Participation } from "./participation.js";
import { Preemption } from "./preemption.js";
import type { InterfaceView, SourceView } from "./readiness.js";
import { RefusedClaim } from "./refused-claim.js";
import { Stall } from "./stall.js";
import { LEGAL_TRANSITIONS, type State, type Transition } from "./state.js";
import { addedBy, describeWeights } from "./tracks.js";
import { Unserved } from "./unserved.js";
import { Voice } from "./voice.js";
import { Yielding } from "./yielding.js";

const TRANSITIONS_KEPT = 50;
/** More than a sound LAN has for one virtual router: all but the master are silent. */
const SPEAKERS_KEPT = 16;

/** What the routers of one host share. */
export interface Surroundings {
  readonly deadlines: Deadlines;
  readonly outbox: Outbox;
  readonly leases: Leases;
  readonly pace: AnnouncementPace;
  readonly departures: Departures;
  /** Routes and rules whose virtual router is gone, until they are removed. */
  readonly departedFixtures: FixtureTable;
  readonly handOver: FixtureSurroundings["handOver"];
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
  /** The sync group that it is in; null: none. */
  group: Membership | null = null;
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
  readonly fixtures: FixtureTable;
  readonly preemption: Preemption;
  readonly unserved: Unserved;
  readonly conflicts: Conflicts;
  readonly contest: Contest;
  readonly lowerPriority: LowerPriority;
  readonly idConflict: IdConflict;
  readonly voice: Voice;
  readonly yielding: Yielding;
  readonly advertising: Advertising;
  readonly refusedClaim: RefusedClaim;
  readonly participation: Participation;
  readonly #announceRefresh: AnnounceRefresh;
  readonly masterDown: MasterDown;
  readonly leader = new Leader(this);
  /** What is tracked adds so much to the configured priority, or takes it away. */
  #added = 0;
  #notified = false;
  readonly #stall: Stall;

  constructor(
    now: Micros,
    public config: VirtualRouterConfig,
    readonly surroundings: Surroundings,
  ) {
    const { deadlines, outbox } = surroundings;
    this.id = config.id;
    this.since = now;
    this.yielding = new Yielding(this, deadlines, outbox);
    this.masterDown = new MasterDown(this, deadlines, (at, why) => this.#claim(at, why));
    this.lock = new Lock(this, deadlines, outbox);
    const { pace } = surroundings;
    this.addresses = new AddressTable(config.id, () => this.config, this.counters, deadlines, outbox, pace);
    this.fixtures = new FixtureTable(config, this.counters, surroundings);
    this.fixtures.configure(config.fixtures);
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
    this.participation = new Participation(this, surroundings);
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
      this.participation.source = undefined;
    }
    this.config = config;
    this.surroundings.departures.remove(this.id, this.addresses.configure(now));
    this.fixtures.configure(config.fixtures);
    this.unserved.configure();
    this.preemption.configure(now);
    this.masterDown.configure(now, before);
    if (speaks) this.advertising.onInterval(now);
    if (this.state === "MASTER") this.#announceRefresh.configure(now);
    if (this.priority !== priority) this.reprioritise(now, priority);
  }

  /** 0: it is open. */
  get priority(): number {
    const { priority } = this.config;
    return priority === null ? 0 : this.yielding.priorityFor(effectivePriority(priority, this.#added));
  }

  get view(): InterfaceView {
    return this.surroundings.view(this.config.interface);
  }

  get isLinkExcused(): boolean {
    return !this.config.tracksInterface && !(this.view.link?.up && this.view.link.carrier);
  }

  get source() {
    return this.participation.source?.source ?? null;
  }

  onSource(now: Micros, { source, detail, lacksVmac = false }: SourceView): void {
    this.participation.source = { source, detail, lacksVmac };
    this.evaluate(now);
  }

  /**
   * Looks again whether it may take part, and with which priority: a link, a source, a check, the lock, the
   * configuration or what the kernel refuses changed. @param alone it has to serve, if nothing is in the way
   */
  evaluate(now: Micros, alone = false): void {
    this.#weigh(now);
    this.participation.evaluate(now, alone);
  }

  /** The master that was heard before it took part. */
  followOverheard(now: Micros, speaker: Speaker): void {
    this.surroundings.followOverheard(this, now, speaker);
  }

  onLock(now: Micros, holder: string | null): void {
    this.lock.onAnswer(now, holder);
    this.tidy();
    this.evaluate(now);
  }

  /** At start: removes what an earlier run left behind, once this daemon may touch the addresses: on one interface, or on all. */
  tidy(only?: string): void {
    if (this.lock.holder !== null) return;
    this.addresses.removeLeftovers(only);
    this.fixtures.removeLeftovers();
  }

  shutdown(now: Micros): void {
    this.#leave(now, cause("shutdown", "vrrpd is stopping"));
  }

  /** It is no longer in the configuration, and is not used any more. */
  retire(now: Micros): void {
    const wasMaster = this.state === "MASTER";
    this.#leave(now, cause("removed", "it is no longer in the configuration"));
    const { departures, departedFixtures } = this.surroundings;
    departedFixtures.inherit(this.fixtures.retire());
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
    this.yielding.stop();
    this.masterDown.stop();
    this.unserved.clear();
    if (to === "MASTER") this.preemption.claim(now, why.text);
    else this.preemption.cancel(now, why.text);
    if (from === "MASTER") this.#leaveMaster(to, why);
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
    this.group?.stir(this.id);
  }

  /** Until when another one that has our addresses under its own id holds a claim back; null: it does not. */
  holdClaim(now: Micros): Micros | null {
    const until = this.idConflict.heldUntil(now);
    if (until !== null) this.participation.wait(this.idConflict.causeOfHold());
    return until;
  }

  /** A backup has to follow a master. */
  onFollowing(): void {
    this.group?.onFollowing(this.id);
  }

  /** It is in no sync group any more: what that kept from it, it decides by itself. */
  onUngrouped(now: Micros): void {
    const { expired } = this.masterDown;
    if (expired !== null) this.transition(now, "MASTER", expired);
    else this.participation.apply(now, this.participation.impediment);
  }

  /** A master that stood still, and so may be none any more. */
  hasStalled(now: Micros): boolean {
    if (this.state !== "MASTER") return false;
    if (this.yielding.isSilentInTime(now)) return this.#stall.isListening;
    return this.#stall.silences(now, this.advertising.spokeAt);
  }

  /** Before a master acts on anything after a stall: what others did meanwhile may not have arrived. */
  noticeStall(now: Micros): void {
    if (!this.hasStalled(now) || this.#stall.isListening) return;
    // An owner takes its addresses back wherever it comes up (RFC 9568 §6.4.1).
    if (this.priority === OWNER_PRIORITY) return this.#goOn(now);
    this.advertising.stop();
    this.addresses.pause();
    this.fixtures.pause();
    this.#stall.listen(now, this.advertising.spokeAt);
  }

  /** Nothing of it has left: it does not count as sent. */
  onRefused(now: Micros, what: "advert" | "release" | "trial" | "announcement", errno: string): void {
    if (what === "advert") this.counters.advertsSent -= 1;
    if (what === "release") this.counters.priorityZeroSent -= 1;
    if (what === "advert" || what === "trial") this.voice.onRefused(now, errno);
  }

  get followed(): string | null {
    return this.state === "BACKUP" ? (this.masterDown.master?.source.text ?? null) : null;
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
    this.reprioritise(now, before);
  }

  /** The next advert says the new priority; what a backup waits for was set with the one before. */
  reprioritise(now: Micros, before: number): void {
    this.advertising.onPriority();
    this.leader.onPriority();
    this.#tellPriority();
    if (this.state !== "BACKUP" || this.config.priority === null) return;
    const master = this.masterDown.reprioritise(now, before);
    if (master !== null) this.preemption.onOwnPriority(now, master);
  }

  #claim(now: Micros, why: Cause): void {
    const known = this.cause.code === "id-conflict" ? this.idConflict.causeOfClaim() : why;
    const because = this.yielding.causeOfClaim(known);
    if (this.group === null) return this.transition(now, "MASTER", because);
    this.masterDown.expire(because);
    this.group.stir(this.id);
  }

  #enterMaster(now: Micros): void {
    this.counters.becomeMaster += 1;
    const { source, priority } = this;
    if (source !== null) excuseOutranked(this.speakers.all(), { source, priority });
    this.voice.onMaster();
    this.yielding.onMaster(now);
    this.refusedClaim.onMaster();
    this.advertising.onMaster(now);
    this.addresses.claim(now);
    this.fixtures.claim();
    this.surroundings.leases.onClaim(now);
    this.conflicts.onMaster(now);
    this.#announceRefresh.onMaster(now);
  }

  #leaveMaster(to: State, why: Cause): void {
    this.counters.releaseMaster += 1;
    // Nobody has taken this one over yet: only another member of its sync group.
    const releases = to !== "BACKUP" || why.code === "group-backup";
    // Where the source has gone, too: what is prepared still leaves, and its backups know it by that address.
    const canSend = this.view.link?.up && this.view.link.carrier;
    if (releases && canSend) this.advertising.release();
    this.fixtures.release();
    this.addresses.release();
    this.conflicts.stop();
    this.contest.stop();
    this.#announceRefresh.stop();
    // Our kernel answered for the addresses until now, which the master that stays may never have heard of. Where both
    // have one MAC address, nobody can tell; and a backup must not be seen with it.
    if (to === "BACKUP" && this.config.vmacs.length === 0) this.conflicts.ask();
  }

  /** Nobody else was heard: still master, but neighbours and kernel may think otherwise. */
  #goOn(now: Micros): void {
    this.advertising.send(now);
    this.addresses.claim(now);
    this.fixtures.claim();
    this.surroundings.leases.onClaim(now);
  }

  #tellPriority(): void {
    if (this.config.fifo !== "priorities") return;
    const state = this.state === "MASTER" ? "MASTER_PRIORITY" : "BACKUP_PRIORITY";
    this.surroundings.outbox.emit({ type: "notify", router: this.id, state, priority: this.priority });
  }

  #notify(state: NotifyState): void {
    if (this.config.notify.length === 0 && this.config.fifo === "none") return;
    this.#notified = true;
    this.surroundings.outbox.emit({ type: "notify", router: this.id, state, priority: this.priority });
  }
}
