/**
 * Whether a virtual router takes part: what is in its way (readiness.ts, tracks.ts), what that makes of its state, and
 * how it begins. A member of a sync group only finds out; what follows of it, the group decides for all of them.
 */
import { formatSeconds, MICROS_PER_SECOND, type Micros } from "../../base/time.js";
import type { Departures } from "../addresses/departures.js";
import type { Track, VirtualRouterConfig } from "../config.js";
import { OWNER_PRIORITY } from "../election.js";
import type { RouterId } from "../identity.js";
import { nameOf } from "../origin.js";
import type { Outbox } from "../outbox.js";
import type { Speaker } from "../peers/speakers.js";
import { type Cause, type CauseCode, cause } from "./cause.js";
import type { Check } from "./check.js";
import type { Lock } from "./lock.js";
import type { MasterDown } from "./master-down.js";
import type { Membership } from "./membership.js";
import {
  contradictionImpediment,
  type Impediment,
  type InterfaceView,
  impedimentOf,
  pending,
  refusalImpediment,
  type SourceView,
} from "./readiness.js";
import type { RefusedClaim } from "./refused-claim.js";
import { type State, takesPart } from "./state.js";
import { trackImpediment } from "./tracks.js";
import type { Voice } from "./voice.js";
import type { Yielding } from "./yielding.js";

/** These waits are over within the same wake-up, at start. */
export const BRIEF_WAITS: ReadonlySet<CauseCode> = new Set(["starting", "lock-pending"]);

/** Of the virtual router that takes part, or does not. */
export interface ParticipatingRouter {
  readonly id: RouterId;
  readonly config: VirtualRouterConfig;
  readonly priority: number;
  readonly state: State;
  cause: Cause;
  readonly view: InterfaceView;
  readonly lock: Lock;
  readonly voice: Voice;
  readonly refusedClaim: RefusedClaim;
  readonly masterDown: MasterDown;
  readonly yielding: Yielding;
  readonly group: Membership | null;
  transition(now: Micros, to: State, why: Cause): void;
  holdClaim(now: Micros): Micros | null;
  followOverheard(now: Micros, speaker: Speaker): void;
}

export interface ParticipationSurroundings {
  readonly outbox: Outbox;
  readonly departures: Departures;
  view(interfaceName: string): InterfaceView;
  check(name: string): Check;
  graceEndsAt(interfaceName: string): Micros;
}

export class Participation {
  /** undefined: not told yet. */
  source: SourceView | undefined;
  /** What is in its own way, as last found; null: nothing. */
  impediment: Impediment | null = pending("starting", "it has just been configured");
  /** Nobody else serves: it has to, once nothing is in the way. */
  #alone = false;

  constructor(
    private readonly router: ParticipatingRouter,
    private readonly surroundings: ParticipationSurroundings,
  ) {}

  /** @param alone it has to serve, if nothing is in the way */
  evaluate(now: Micros, alone: boolean): void {
    const { router } = this;
    const before = this.impediment;
    this.impediment = this.#find();
    this.#alone = alone;
    if (router.group === null) return this.apply(now, this.impediment);
    const isSame =
      before?.cause.text === this.impediment?.cause.text && before?.kind === this.impediment?.kind;
    if (!isSame || alone || router.state === "INIT") router.group.stir(router.id);
  }

  /** @param impediment its own, or that of another member of its group */
  apply(now: Micros, impediment: Impediment | null): void {
    const { router } = this;
    if (impediment === null) {
      if (router.state === "INIT" || router.state === "FAULT") this.start(now, this.#startsAs(now));
    } else if (router.state === "INIT" && impediment.kind === "pending") this.wait(impediment.cause);
    else if (router.state === "FAULT") router.cause = impediment.cause;
    else router.transition(now, "FAULT", impediment.cause);
  }

  /** An owner of the addresses (RFC 9568 §6.4.1), that nothing holds back. */
  startsAsOwner(now: Micros): boolean {
    const { priority, config } = this.router;
    return priority === OWNER_PRIORITY && !config.ownerWaits && this.#mayClaim(now);
  }

  /** Nothing is in the way any more. */
  start(now: Micros, as: "BACKUP" | "MASTER"): void {
    const { router, surroundings } = this;
    const overheard = router.masterDown.overheard(now);
    const unicast = router.config.unicastPeers.length > 0;
    if (unicast) surroundings.outbox.emit({ type: "introduceSource", router: router.id });
    const graceMicros = surroundings.graceEndsAt(router.config.interface) - now;
    const isAlone = this.#alone && this.#mayClaim(now);
    this.#alone = false;
    if (as === "MASTER")
      return router.transition(now, as, isAlone ? router.voice.causeAlone : this.#causeOfOwner());
    const why = router.state === "FAULT" ? `recovered from “${router.cause.text}”` : "ready";
    router.transition(now, as, cause("ready", why));
    if (graceMicros > 0) this.#logGrace(graceMicros);
    if (isAlone) router.masterDown.expire(router.voice.causeAlone);
    else if (overheard !== null) router.followOverheard(now, overheard);
  }

  /** Stays in its state, and says what for. */
  wait(why: Cause): void {
    const { router } = this;
    const changed = router.cause.code !== why.code || router.cause.text !== why.text;
    router.cause = why;
    if (!changed || BRIEF_WAITS.has(why.code)) return;
    const message = `(${router.config.name}) Waiting: ${why.text}`;
    this.surroundings.outbox.log("info", why.code, router.id, message, why.facts);
  }

  #find(): Impediment | null {
    const { config, view, lock, voice, refusedClaim } = this.router;
    const tracked = config.tracks.map((track) => this.#trackImpediment(track));
    return (
      contradictionImpediment(config.contradiction ?? null) ??
      impedimentOf(config, view, this.source, lock.holder, tracked) ??
      refusalImpediment(voice.impediment ?? refusedClaim.impediment)
    );
  }

  /** What is tracked anew has not said anything yet: who takes part goes on meanwhile. */
  #trackImpediment(track: Track): Impediment | null {
    const isOwner = this.router.config.priority === OWNER_PRIORITY;
    const found = trackImpediment(track, this.surroundings, isOwner);
    return found?.kind === "pending" && takesPart(this.router.state) ? null : found;
  }

  #mayClaim(now: Micros): boolean {
    const graceEndsAt = this.surroundings.graceEndsAt(this.router.config.interface);
    const { yielding } = this.router;
    return graceEndsAt <= now && !yielding.isForced && this.router.holdClaim(now) === null;
  }

  /** By itself, without a group. */
  #startsAs(now: Micros): "BACKUP" | "MASTER" {
    if (this.#alone && this.#mayClaim(now)) return "MASTER";
    return this.startsAsOwner(now) ? "MASTER" : "BACKUP";
  }

  #causeOfOwner(): Cause {
    return cause("owner", "priority 255 owns the addresses", { priority: this.router.priority });
  }

  #logGrace(graceMicros: Micros): void {
    const { id, config } = this.router;
    const { name, origins } = config;
    const settings = `${nameOf(origins.startGrace)}, ${nameOf(origins.linkGrace)}`;
    const message = `(${name}) Only listens for ${formatSeconds(graceMicros)} (${settings}), and claims nothing`;
    const graceSeconds = graceMicros / MICROS_PER_SECOND;
    this.surroundings.outbox.log("info", "grace", id, message, { graceSeconds });
  }
}
