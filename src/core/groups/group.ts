/** One sync group: carries out what is decided for its members (decision.ts), each through its own one place of change. */
import type { Micros } from "../../base/time.js";
import type { GroupConfig, VirtualRouterConfig } from "../config.js";
import type { RouterId } from "../identity.js";
import type { NotifyState } from "../notify.js";
import type { Outbox } from "../outbox.js";
import { cause } from "../router/cause.js";
import type { Membership } from "../router/membership.js";
import { BRIEF_WAITS } from "../router/participation.js";
import type { Impediment } from "../router/readiness.js";
import type { VirtualRouter } from "../router/router.js";
import { type State, takesPart } from "../router/state.js";
import { decide, type Member, waitsToJoin } from "./decision.js";

/** One step leads to another, as a start does to a yield; more than these there never are. */
const MOST_STEPS = 6;

export class SyncGroup implements Membership {
  state: State = "INIT";
  since: Micros;
  #members: readonly VirtualRouter[] = [];
  /** In the order of the configuration: so they begin. */
  #atStart: readonly VirtualRouter[] = [];
  /** Who has told of a change last; null: nothing has changed. */
  #stirredBy: RouterId | null = null;
  readonly #joining = new Set<RouterId>();
  #notified = false;

  constructor(
    now: Micros,
    public config: GroupConfig,
    private readonly outbox: Outbox,
  ) {
    this.since = now;
  }

  get name(): string {
    return this.config.name;
  }

  get members(): readonly VirtualRouter[] {
    return this.#members;
  }

  get configs(): readonly VirtualRouterConfig[] {
    return this.#members.map(({ config }) => config);
  }

  /** Those that keep the others from being master. */
  get awaited(): readonly VirtualRouter[] {
    const isReady = ({ state, masterDown }: VirtualRouter) =>
      state === "MASTER" || masterDown.expired !== null;
    return this.#members.some(isReady) ? this.#present.filter((member) => !isReady(member)) : [];
  }

  /** Without those that only wait to join them. */
  get #present(): readonly VirtualRouter[] {
    return this.#members.filter(
      ({ id, participation: { impediment } }) => !waitsToJoin({ joins: this.#joining.has(id), impediment }),
    );
  }

  stir(member: RouterId): void {
    this.#stirredBy = member;
  }

  onFollowing(member: RouterId): void {
    const waited = this.#members.some(({ id, cause: { code } }) => id === member && code === "group-waits");
    if (this.#joining.delete(member) || waited) this.stir(member);
  }

  /** Another set of members, or other scripts. */
  configure(
    config: GroupConfig,
    members: readonly VirtualRouter[],
    position: (id: RouterId) => number,
  ): void {
    for (const member of members) {
      if (member.group === this) continue;
      member.group = this;
      this.stir(member.id);
      const isBesideOthers = members.some((other) => other !== member && other.state !== "INIT");
      if (isBesideOthers && member.state !== "MASTER" && member.masterDown.master === null)
        this.#joining.add(member.id);
      else this.#joining.delete(member.id);
    }
    // One that is gone may be what the others waited for.
    if (members.length < this.#members.length && members[0] !== undefined) this.stir(members[0].id);
    this.config = config;
    this.#members = members;
    this.#atStart = [...members].sort((one, other) => position(one.id) - position(other.id));
  }

  /** At the end of each input: what its changes make of all members together. */
  settle(now: Micros): void {
    if (this.#stirredBy === null) return;
    const order = this.#order();
    for (let steps = 0; steps < MOST_STEPS && this.#step(now, order); steps += 1);
    this.#stirredBy = null;
    this.#admit();
    for (const member of this.#members) this.#explain(member);
    this.#become(now, this.#stateOf());
  }

  /** Who joins is one of the others once it is what they are. */
  #admit(): void {
    const serves = this.#members.some(({ state }) => state === "MASTER");
    for (const { id, state } of this.#members)
      if (state === "MASTER" || (state === "BACKUP" && !serves)) this.#joining.delete(id);
  }

  /** vrrpd ends: its members have. */
  stop(): void {
    this.#stirredBy = null;
    if (this.#notified) this.#notify("STOP");
  }

  /** Keepalived's: who brings a change about, then the others as they stand in the group. */
  #order(): readonly VirtualRouter[] {
    if (this.state === "INIT") return this.#atStart;
    return [...this.#members].sort((one, other) => this.#rankOf(one) - this.#rankOf(other));
  }

  #rankOf({ id, participation }: VirtualRouter): number {
    if (participation.impediment !== null) return 0;
    return this.#stirredBy === id ? 1 : 2;
  }

  /** Whether another one may follow. */
  #step(now: Micros, order: readonly VirtualRouter[]): boolean {
    const decision = decide(order.map((member) => this.#viewOf(now, member)));
    if (decision.what === "start") {
      const idle = order.filter(
        ({ state, participation }) => !takesPart(state) && participation.impediment === null,
      );
      this.#begin(now, decision.as);
      for (const member of idle) member.participation.start(now, decision.as);
      return true;
    }
    if (decision.what === "claim") return this.#claim(now, order);
    if (decision.what === "yield") {
      const left = order.find(({ state }) => state === "BACKUP")!;
      for (const member of order)
        if (member.state === "MASTER") member.transition(now, "BACKUP", this.#yieldCause(left));
      return true;
    }
    const by = decision.what === "impede" ? order[decision.by]! : null;
    if (by !== null && by.participation.impediment!.kind === "fault") this.#begin(now, "FAULT");
    for (const member of order) this.#impede(now, member, by);
    return false;
  }

  #viewOf(now: Micros, { id, state, participation, masterDown }: VirtualRouter): Member {
    const { impediment } = participation;
    return {
      state,
      impediment,
      isReady: masterDown.expired !== null,
      startsAsOwner: !takesPart(state) && impediment === null && participation.startsAsOwner(now),
      joins: this.#joining.has(id),
    };
  }

  #impede(now: Micros, member: VirtualRouter, by: VirtualRouter | null): void {
    const { impediment } = member.participation;
    if (impediment !== null) member.participation.apply(now, impediment);
    else if (by !== null) member.participation.apply(now, this.#impedimentBy(by));
  }

  #claim(now: Micros, order: readonly VirtualRouter[]): boolean {
    const ready = order.filter(({ state, masterDown }) => state !== "MASTER" && masterDown.expired !== null);
    for (const member of ready) {
      const until = member.holdClaim(now);
      if (until !== null) member.masterDown.hold(until);
    }
    if (ready.some(({ masterDown }) => masterDown.expired === null)) return false;
    for (const member of ready) member.transition(now, "MASTER", member.masterDown.expired!);
    return true;
  }

  #impedimentBy({ config, participation }: VirtualRouter): Impediment {
    const { kind, cause: found } = participation.impediment!;
    if (BRIEF_WAITS.has(found.code)) return { kind, cause: found };
    const facts = { group: this.name, member: config.name, memberCause: found.code };
    const text = `${config.name}, of the same sync group ${this.name}, cannot take part: ${found.text}`;
    return { kind, cause: cause("group-fault", text, facts) };
  }

  #yieldCause({ config, cause: why }: VirtualRouter) {
    const facts = { group: this.name, member: config.name, memberCause: why.code };
    const text = `${config.name}, of the same sync group ${this.name}, is not master: ${why.text}`;
    return cause("group-backup", text, facts);
  }

  /** One that is ready says whom it waits for, for as long as it does. */
  #explain(member: VirtualRouter): void {
    const { state, masterDown } = member;
    if (state === "BACKUP" && masterDown.expired !== null) {
      const names = this.awaited.map(({ config }) => config.name).join(", ");
      const text = `${masterDown.expired.text}; waits for ${names} of sync group ${this.name}`;
      member.cause = cause("group-waits", text, { group: this.name });
    } else if (member.cause.code === "group-waits") member.cause = cause("ready", "ready");
  }

  #stateOf(): State {
    const counted = this.#present.length > 0 ? this.#present : this.#members;
    const states = new Set(counted.map(({ state }) => state));
    // A member that has joined masters listens, and they go on.
    return (["FAULT", "MASTER", "INIT"] as const).find((state) => states.has(state)) ?? "BACKUP";
  }

  /** At the start the group is told before its members, as Keepalived does it, and after them later on. */
  #begin(now: Micros, state: State): void {
    if (this.state === "INIT") this.#become(now, state);
  }

  #become(now: Micros, state: State): void {
    if (state === this.state) return;
    const facts = { group: this.name, from: this.state, to: state };
    this.state = state;
    this.since = now;
    if (state === "INIT") return;
    const message = `VRRP_Group(${this.name}) Syncing instances to ${state} state`;
    this.outbox.log("info", "group", null, message, facts);
    this.#notify(state);
  }

  #notify(state: NotifyState): void {
    if (this.config.notify.length === 0 && !this.config.fifo) return;
    this.#notified = true;
    this.outbox.emit({ type: "notifyGroup", group: this.name, state });
  }
}
