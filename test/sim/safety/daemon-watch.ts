/** Looks over the shoulder of one daemon: every input, every effect, every deadline, and what the kernel holds. */
import { MICROS_PER_SECOND, type Micros } from "../../../src/base/time.js";
import type { VirtualRouterConfig } from "../../../src/core/config.js";
import type { TimerKind } from "../../../src/core/deadlines.js";
import type { Effect } from "../../../src/core/effect.js";
import type { AddressKey } from "../../../src/core/identity.js";
import type { Input } from "../../../src/core/input.js";
import type { SimulatedDaemon } from "../daemon.js";
import type { HeldAddress } from "../kernel.js";
import { Violation } from "../violation.js";
import { ReadinessModel } from "./readiness-model.js";
import { RouterWatch, type State } from "./router-watch.js";

/** The core tries a refused or vanished address again after at most 5 s; some more for the kernel to tell of it. */
const MENDED_WITHIN_MICROS: Micros = 5.5 * MICROS_PER_SECOND;
/** In which states a virtual router may wait for something, and for what. */
const REASONS: Readonly<Record<Exclude<TimerKind, "renew leases" | "yield over">, readonly State[]>> = {
  advertise: ["MASTER"],
  listen: ["MASTER"],
  "master down": ["BACKUP"],
  "preempt delay": ["BACKUP"],
  announce: ["MASTER"],
  "probe for conflicts": ["MASTER"],
  "rival silent": ["MASTER"],
  "trial advert": ["FAULT"],
  "others silent": ["FAULT"],
  "trial address": ["FAULT"],
  "announce refresh": ["MASTER"],
  "others take over": ["MASTER"],
  "invite again": ["MASTER"],
  "reconcile routes": ["INIT", "BACKUP", "MASTER", "FAULT"],
  "reconcile addresses": ["INIT", "BACKUP", "MASTER", "FAULT"],
  "ask for the lock": ["INIT", "FAULT"],
};

export class DaemonWatch {
  readonly routers: readonly RouterWatch[];
  readonly #readiness: ReadinessModel;
  readonly #touched = new Set<number>();
  readonly #concerned = new Set<number>();
  /** Configurations of virtual routers with the priority that counts. */
  readonly #counted: { config: VirtualRouterConfig; changes: number; counted: VirtualRouterConfig }[] = [];
  #batch = 0;
  #stopped = false;

  constructor(private readonly daemon: SimulatedDaemon) {
    const { machine, config } = daemon;
    this.#readiness = new ReadinessModel(config.checks);
    this.routers = machine.world.scenario.routers.map(
      (router, index) =>
        new RouterWatch({
          isGrouped: machine.world.isGrouped(index),
          config: () => this.configOf(index),
          source: machine.spec.sources[router.family],
          canSend: () => this.#readiness.canSend,
          pool: router.pool.length,
          pools: () => daemon.poolsOf(index),
          own: machine.choices[index]!.list.filter((pool) => machine.isOwn(index, pool)),
          onMaster: () => {
            machine.world.mastered(index, machine.spec.index);
            return machine.world.now;
          },
          holdsNone: () =>
            machine.choices[index]!.list.every((pool) => machine.kernel.held(index, pool) === null),
          onTransition: (to) => {
            const { world, spec } = machine;
            if (world.isGrouped(index)) return;
            world.truth.changed(index, spec.index, daemon.seenFromOutside(index), world.now, to);
          },
          fail: (rule, message) => this.#fail(rule, message, index),
        }),
    );
  }

  /** With the priority that counts, as the model has it: that of the core plays no part. */
  configOf(router: number): VirtualRouterConfig {
    const config = this.daemon.configOf(router);
    const known = this.#counted[router];
    if (known?.config === config && known.changes === this.#readiness.changes) return known.counted;
    const counted = { ...config, priority: this.#readiness.priorityOf(config) };
    this.#counted[router] = { config, changes: this.#readiness.changes, counted };
    return counted;
  }

  handled(now: Micros, input: Input, effects: readonly Effect[]): void {
    this.daemon.machine.world.counts.inputs += 1;
    const about = this.#routerOf(input);
    if (input.type === "advert" && effects.length === 0) {
      this.#touched.add(about!);
      return this.routers[about!]!.judge(now, input, this.#batch, true);
    }
    const concerned = this.#concerned;
    concerned.clear();
    for (const effect of effects) this.#collect(effect, concerned);
    if (input.type === "advert") concerned.add(about!);
    else if (input.type === "deadline") this.#beforeDeadline(now, concerned);
    const readinessChanged = this.#readiness.note(input);
    if (readinessChanged) this.#configured(now);
    if (input.type === "shutdown") this.#stopped = true;
    for (const index of concerned) {
      this.routers[index]!.judge(now, input, this.#batch, about === undefined || about === index);
      this.#touched.add(index);
    }
    if (readinessChanged && !this.#stopped) this.#judgeReadiness();
    if (input.type === "deadline") this.#judgeDeadline(now);
    if (this.#stopped) this.#judgeStopped();
  }

  /** The effects of one batch have been carried out. */
  carriedOut(): void {
    this.#batch += 1;
  }

  /** @param addresses of the pool */
  announced(router: number, addresses: readonly number[]): void {
    const { machine } = this.daemon;
    const watch = this.routers[router]!;
    if (watch.state !== "MASTER") {
      // One batch may hold an announcement and what came after it.
      if (watch.leftMasterInBatch !== this.#batch)
        this.#fail("announce", `announced in ${watch.state}`, router);
      machine.world.counts.staleAnnouncements += 1;
      return;
    }
    const justDisturbed = machine.overrun.size > 0 || machine.world.now - watch.disturbedAt < 5_000;
    for (const pool of addresses) {
      watch.announcements[pool]! += 1;
      if (machine.isOwn(router, pool) || machine.kernel.held(router, pool) !== null || justDisturbed)
        continue;
      this.#fail("announce-absent", `address ${pool} was announced and is not there`, router);
    }
  }

  /** A master looks for others; one that has just yielded wants the new master to announce itself. */
  probed(router: number): void {
    const { state, leftMasterInBatch } = this.routers[router]!;
    if (state === "MASTER" || leftMasterInBatch === this.#batch) return;
    this.#fail("probe", `asks for conflicts in ${state}`, router);
  }

  /** The loop waits again. */
  atRest(): void {
    if (this.#touched.size === 0 || !this.daemon.alive) return;
    const deadline = this.daemon.core.deadline();
    for (const index of this.#touched) {
      this.#judgeTimer(index, deadline?.at ?? Number.POSITIVE_INFINITY);
      this.#judgeKernel(index);
    }
    this.#touched.clear();
    for (const members of this.daemon.machine.world.scenario.groups) this.#judgeGroup(members);
    if (deadline !== null) this.#judgeReason(deadline.reason, deadline.owner);
  }

  afterShutdown(): void {
    for (const [index, watch] of this.routers.entries()) {
      if (watch.state !== "INIT") this.#fail("shutdown", `is ${watch.state} after the end`, index);
      this.#judgeKernel(index);
    }
  }

  disturb(router: number): void {
    this.routers[router]!.disturbedAt = this.daemon.machine.world.now;
    this.#touched.add(router);
  }

  disturbAll(): void {
    for (const router of this.routers.keys()) this.disturb(router);
  }

  /** The kernel ended a lease: only a daemon that could not renew it, or had no reason to, lets that happen. */
  leaseEnded(router: number, pool: number, held: HeldAddress): void {
    const { machine } = this.daemon;
    if (!machine.choices[router]!.list.includes(pool)) return;
    const watch = this.routers[router]!;
    if (watch.state !== "MASTER" || machine.stalled || machine.stallEndedAt > held.renewedAt) return;
    if (machine.kernel.refusedAt >= held.renewedAt || watch.disturbedAt >= held.renewedAt) return;
    const age = machine.world.now - held.renewedAt;
    this.#fail("lease", `a lease ended under a master, ${age} µs after its renewal`, router);
  }

  /** null: none that is known; undefined: the input is about no virtual router. */
  #routerOf(input: Input): number | null | undefined {
    if (!("router" in input)) return undefined;
    return input.router === null ? null : this.daemon.machine.world.names.routerOf(input.router);
  }

  #collect(effect: Effect, concerned: Set<number>): void {
    if (effect.type === "notifyGroup" || effect.router === null) return;
    const { names } = this.daemon.machine.world;
    const router = names.routerOf(effect.router);
    const watch = this.routers[router]!;
    const pools = (addresses: readonly AddressKey[]) => addresses.map((address) => names.poolOf(address));
    if (effect.type === "log") return;
    const wishes = watch.collect();
    if (effect.type === "transition") {
      const { from, to, cause } = effect;
      wishes.transitions.push({ from, to });
      this.daemon.machine.note(`${from} to ${to}: ${cause.text}`, router);
    } else if (effect.type === "sendAdvert") this.#collectAdvert(effect, router);
    else if (effect.type === "addAddresses") wishes.adds.push(...pools(effect.addresses));
    else if (effect.type === "removeAddresses") wishes.removes.push(...pools(effect.addresses));
    else if (effect.type === "announce") wishes.announces.push(...pools(effect.addresses));
    else if (effect.type === "notify") wishes.notifies.push(effect);
    concerned.add(router);
  }

  #collectAdvert({ what, priority }: Extract<Effect, { type: "sendAdvert" }>, router: number): void {
    const wishes = this.routers[router]!.collect();
    const release = what === "release";
    if (release) wishes.releases += 1;
    else wishes.adverts += 1;
    if (what === "advert") wishes.said = priority;
    this.daemon.machine.note(release ? "sends priority 0" : "advertises", router);
  }

  #configured(now: Micros): void {
    for (const [index, watch] of this.routers.entries()) {
      watch.configured(now);
      this.#touched.add(index);
    }
  }

  #beforeDeadline(now: Micros, concerned: Set<number>): void {
    for (const [index, watch] of this.routers.entries()) {
      if (watch.isDue(now)) concerned.add(index);
    }
  }

  #judgeReadiness(): void {
    for (const [index, watch] of this.routers.entries()) {
      if (this.daemon.machine.world.isGrouped(index)) continue;
      const ready = this.#readiness.ready(watch.config);
      if (ready !== watch.participates && !(ready && watch.isRefused))
        this.#fail("readiness", `ready: ${ready}, and is ${watch.state}`, index);
    }
  }

  #judgeDeadline(now: Micros): void {
    const next = this.daemon.core.deadline();
    if (next !== null && next.at <= now && !this.#stopped) {
      this.#fail(
        "past-deadline",
        `“${next.reason}” of ${next.owner} is ${now - next.at} µs in the past`,
        null,
      );
    }
  }

  #judgeStopped(): void {
    for (const [index, watch] of this.routers.entries()) {
      if (watch.state !== "INIT") this.#fail("shutdown", `is ${watch.state} after the end`, index);
    }
  }

  /** The host is woken in time for whatever its state demands next. */
  #judgeTimer(index: number, at: Micros): void {
    const watch = this.routers[index]!;
    const needed = watch.neededBy();
    if (at > needed)
      this.#fail("timer", `as ${watch.state} it would wake up ${at - needed} µs too late`, index);
  }

  /** At rest all members are master or none is, and what is in the way of one holds all. */
  #judgeGroup(members: readonly number[]): void {
    const states = members.map((member) => this.routers[member]!.state);
    const kinds = new Set(states.map((state) => (state === "INIT" ? "FAULT" : state)));
    if (kinds.size > 1) this.#fail("group-split", `its group is ${states.join(", ")}`, members[0]!);
  }

  #judgeReason(reason: TimerKind, owner: string | null): void {
    const where = this.routers.findIndex(({ config }) => config.name === owner);
    const departed = reason === "reconcile addresses" && owner === null;
    const ofHost = reason === "renew leases" || reason === "yield over" || departed;
    if (ofHost !== where < 0) this.#fail("reason", `nobody waits for “${reason}” of ${owner}`, null);
    if (ofHost) return;
    const { state } = this.routers[where]!;
    if (!REASONS[reason].includes(state))
      this.#fail("reason", `“${reason}” is waited for in ${state}`, where);
  }

  /** Actual follows wanted: at once, or when something came in between, within the longest backoff. */
  #judgeKernel(index: number): void {
    const { machine } = this.daemon;
    const { world, kernel } = machine;
    const watch = this.routers[index]!;
    const wanted = watch.state === "MASTER";
    if (!wanted && kernel.counts[index] === 0) return;
    if (watch.stall.due !== null || this.#mayListen(index)) return;
    if (watch.state === "INIT" && !this.#readiness.holdsLock(watch.config.id)) return;
    if (machine.overrun.size > 0) return;
    if (world.now - Math.max(watch.disturbedAt, kernel.refusedAt) < MENDED_WITHIN_MICROS) return;
    for (const pool of machine.choices[index]!.list) {
      if (machine.isOwn(index, pool)) continue;
      const held = kernel.held(index, pool);
      const tolerated = held !== null && !held.marked && !watch.config.guardRemove;
      if ((held !== null) === wanted || (!wanted && tolerated)) continue;
      this.#fail("kernel", `as ${watch.state} it ${wanted ? "lacks" : "holds"} address ${pool}`, index);
    }
  }

  /** A member of a sync group listens after its host stood still; how long, nobody follows. */
  #mayListen(index: number): boolean {
    const { world, stallEndedAt } = this.daemon.machine;
    const { advertIntervalMicros, downTimerAdverts } = this.configOf(index);
    const longest = 2 * (downTimerAdverts + 2) * Math.max(advertIntervalMicros, MICROS_PER_SECOND);
    return world.isGrouped(index) && world.now - stallEndedAt < longest;
  }

  #fail(rule: string, message: string, router: number | null): never {
    throw new Violation(rule, message, this.daemon.machine.spec.name, router);
  }
}
