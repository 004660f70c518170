/**
 * One life of the daemon on a simulated host: the real core in the real loop, between a start and an end. Only what
 * lies below is simulated: sockets, kernel, timer, scripts.
 */
import { isDeepStrictEqual } from "node:util";
import type { IpAddress } from "../../src/base/address.js";
import { VrrpdError } from "../../src/base/errors.js";
import type { Micros } from "../../src/base/time.js";
import { type CoreConfig, routersById, type VirtualRouterConfig } from "../../src/core/config.js";
import { Core } from "../../src/core/core.js";
import type { Effect } from "../../src/core/effect.js";
import { addressKey, type RouterId } from "../../src/core/identity.js";
import type { AddressOutcome, Input } from "../../src/core/input.js";
import { type Admission, Audience } from "../../src/core/peers/admission.js";
import {
  type Consult,
  carryOut,
  type EffectOf,
  type Host,
  type RouterAddresses,
} from "../../src/daemon/loop/effects.js";
import { Lateness } from "../../src/daemon/loop/lateness.js";
import { Loop } from "../../src/daemon/loop/loop.js";
import type { Advert } from "../../src/wire/advert.js";
import { VRRP_GROUP_IPV4, VRRP_GROUP_IPV6, VRRP_TTL } from "../../src/wire/vrrp.js";
import type { SimulatedHost } from "./host.js";
import type { Packet } from "./lan.js";
import { DaemonWatch } from "./safety/daemon-watch.js";
import type { Participant } from "./safety/preemption-truth.js";
import { Violation } from "./violation.js";

const GROUPS = { ipv4: VRRP_GROUP_IPV4, ipv6: VRRP_GROUP_IPV6 };
const NO_GROUP = { ipv4: new Uint8Array(4), ipv6: new Uint8Array(16) };
const audiences = new WeakMap<VirtualRouterConfig, Audience>();

/** On the one LAN that there is: to the group, or to this host alone. */
function admit(config: VirtualRouterConfig, source: IpAddress): Admission {
  const audience = audiences.get(config) ?? new Audience(config);
  audiences.set(config, audience);
  const destination = (config.unicastPeers.length === 0 ? GROUPS : NO_GROUP)[config.family];
  return audience.admit({ source, destination, ttl: VRRP_TTL });
}

/** A socket's receive buffer holds this many adverts of each virtual router; what comes after them is lost. */
const BUFFERED_PACKETS = 20;
/** Answers to answers to answers: beyond this the loop would never come to rest. */
const ROUNDS_PER_WAKE_UP = 50;

export class SimulatedDaemon implements Host {
  readonly core: Core;
  readonly watch: DaemonWatch;
  alive = true;
  readonly #loop: Loop;
  #packets: Packet[] = [];
  #kernelEvents: Input[] = [];
  #others = new Map<string, Input>();
  #timer = 0;
  #timerFired = false;
  #rounds = 0;
  #roundsAt: Micros = 0;
  /** By virtual router and priority: whoever says the same says the very same. */
  #adverts = new Map<string, Advert>();
  /** By the scenario's number of the virtual router. */
  #configs: readonly VirtualRouterConfig[] = [];

  constructor(
    readonly machine: SimulatedHost,
    public config: CoreConfig,
  ) {
    const now = () => machine.clock.read(machine.world.now);
    this.#prepare();
    this.watch = new DaemonWatch(this);
    this.core = new WatchedCore(now(), config, this);
    this.#loop = new Loop({
      core: this.core,
      now,
      timer: { arm: (at) => this.#arm(at), disarm: () => this.#disarm() },
      carryOut: (effects, consult) => this.#carryOut(effects, consult),
      readArrived: () => {
        this.#readArrived();
        return false;
      },
      lateness: new Lateness(() => undefined),
    });
  }

  /** What it finds when it starts, in the daemon's own order: addresses, sources, link (which asks for the lock). */
  start(): void {
    this.#kernelEvents.push(...this.machine.startInputs());
    this.wake();
  }

  packetsArrive(packets: readonly Packet[]): void {
    const most = BUFFERED_PACKETS * this.config.routers.length;
    for (const packet of packets) {
      if (this.#packets.length >= most) break;
      this.#packets.push(packet);
      this.#noteArrival(packet);
    }
    if (!this.machine.stalled) this.wake();
  }

  /** An event that the kernel tells of, after a moment. */
  kernelTells(input: Input): void {
    this.#kernelEvents.push(input);
    const { world } = this.machine;
    world.schedule(world.now + world.rng.int(10, 1000), () => {
      if (this.alive && !this.machine.stalled) this.wake();
    });
  }

  /** A check's result or the like: of each kind the last one waits while the daemon is stalled. */
  tell(key: string, input: Input): void {
    this.#others.set(key, input);
    if (!this.machine.stalled) this.wake();
  }

  /** The core has taken a new plan over. */
  adopt(config: CoreConfig): void {
    this.config = config;
    this.#prepare();
  }

  /** A configuration that cannot be taken over changes nothing. */
  refuse(config: CoreConfig): void {
    const before = this.core.status();
    try {
      this.#loop.input({ type: "configure", config });
    } catch (error) {
      if (!(error instanceof VrrpdError && error.code === "ECONFIGURE")) throw error;
      if (isDeepStrictEqual(this.core.status(), before)) return;
    }
    const why = "a configuration that cannot be taken over changed something";
    throw new Violation("refused-reload", why, this.machine.spec.name, null);
  }

  /** Handles all that is waiting. */
  wake(): void {
    if (this.#timerFired) {
      this.#timerFired = false;
      this.#loop.expired();
    }
    if (this.machine.spec.batches) this.#loop.batch(() => this.#readArrived());
    else this.#readArrived();
    if (this.#others.size > 0) {
      const others = [...this.#others.values()];
      this.#others.clear();
      for (const input of others) this.#loop.input(input);
    }
    this.watch.atRest();
  }

  /** Releases everything; the process ends right after. */
  shutdown(): void {
    this.#loop.input({ type: "shutdown" });
    this.watch.afterShutdown();
    this.die();
  }

  die(): void {
    this.alive = false;
  }

  sendAdverts(effects: readonly EffectOf<"sendAdvert">[]): void {
    const { world, spec } = this.machine;
    const packets = effects.map(({ router: id, priority }): Packet => {
      const router = world.names.routerOf(id);
      const { family } = this.configOf(router);
      return { router, source: spec.sources[family], advert: this.#advert(id, priority) };
    });
    this.machine.transmit(packets);
    for (const { router: id, what } of effects) {
      const router = world.names.routerOf(id);
      if (what !== "release" && !world.isGrouped(router))
        world.truth.speaks(router, spec.index, this.seenFromOutside(router), world.now);
    }
  }

  changeAddresses(operation: "add" | "remove", of: readonly RouterAddresses[]): AddressOutcome[][] {
    const { names } = this.machine.world;
    return of.map(({ router, addresses }) =>
      addresses.map((address): AddressOutcome => {
        const pool = names.poolOf(address);
        const code = this.machine.changeAddress(operation, names.routerOf(router), pool);
        return code === null ? { address, result: "done" } : { address, result: "refused", code };
      }),
    );
  }

  /** No configuration of the simulator has any. */
  changeFixtures(): never[] {
    return [];
  }

  announce(of: readonly RouterAddresses[]): void {
    const { names } = this.machine.world;
    for (const { router, addresses } of of) {
      this.watch.announced(
        names.routerOf(router),
        addresses.map((address) => names.poolOf(address)),
      );
    }
  }

  /** Who has one of them, too, answers, as far as the LAN carries that. */
  probe(of: readonly RouterAddresses[]): void {
    const { names } = this.machine.world;
    for (const { router: id, addresses } of of) {
      const router = names.routerOf(id);
      this.watch.probed(router);
      for (const address of addresses) this.machine.askAround(router, names.poolOf(address));
    }
  }

  introduce(): void {}

  acquireLock(): string | null {
    return this.machine.lockHolder();
  }

  notify(): void {}
  notifyGroup(): void {}

  logTransition(): void {}

  log(): void {}

  configOf(router: number): VirtualRouterConfig {
    return this.#configs[router]!;
  }

  /** Places of its virtual addresses in the pool. */
  poolsOf(router: number): number[] {
    const { names } = this.machine.world;
    return this.configOf(router).virtualAddresses.map((entry) =>
      names.poolOf(addressKey(entry.interface, entry)),
    );
  }

  seenFromOutside(router: number): Participant {
    const { name, clockRate, sources } = this.machine.spec;
    const config = this.watch.configOf(router);
    const stalls = this.machine.stallsLongerThan(config.advertIntervalMicros);
    return { name, clockRate, stalls, source: sources[config.family], config };
  }

  #noteArrival(packet: Packet): void {
    const { world, spec } = this.machine;
    const { router, source, advert } = packet;
    if (router < 0 || world.isGrouped(router)) return;
    const said = { at: world.now, source, advert };
    world.truth.arrived(router, spec.index, this.seenFromOutside(router), said, this.#lists(packet));
  }

  #lists({ router, source }: Packet): boolean {
    const { unicastPeers } = this.configOf(router);
    return unicastPeers.length === 0 || unicastPeers.some(({ address }) => address.text === source.text);
  }

  #readArrived(): void {
    const packets = this.#packets;
    if (packets.length > 0) {
      this.#packets = [];
      for (const packet of packets) this.#loop.input(this.#inputOf(packet));
    }
    const events = this.#kernelEvents;
    if (events.length === 0) return;
    this.#kernelEvents = [];
    for (const event of events) this.#loop.input(event);
  }

  #inputOf({ router, source, advert }: Packet): Input {
    const config = this.configOf(router);
    const admission = admit(config, source);
    if ("reason" in admission) {
      const { interface: on, family } = config;
      return {
        type: "drop",
        interface: on,
        family,
        router: config.id,
        source,
        reason: admission.reason,
        advert,
      };
    }
    // The decoder hands over the very same value for repeated bytes, but it may have forgotten them.
    const value = this.machine.world.rng.chance(0.01) ? { ...advert } : advert;
    return { type: "advert", router: config.id, source, listed: admission.listed, advert: value };
  }

  #carryOut(effects: readonly Effect[], consult: Consult): readonly Input[] {
    const { world, spec } = this.machine;
    this.#rounds = this.#roundsAt === world.now ? this.#rounds + 1 : 0;
    this.#roundsAt = world.now;
    if (this.#rounds > ROUNDS_PER_WAKE_UP * (1 + this.config.routers.length)) {
      throw new Violation("livelock", "the loop does not come to rest", spec.name, null);
    }
    const answers = carryOut(this, effects, consult);
    this.watch.carriedOut();
    return answers;
  }

  #arm(at: Micros): void {
    const { world, clock, spec } = this.machine;
    this.#timer += 1;
    const timer = this.#timer;
    const latency = Math.floor(world.rng.next() * spec.timerLatencyMicros);
    world.schedule(Math.max(world.now, clock.toWorld(at)) + latency, () => {
      if (!this.alive || timer !== this.#timer) return;
      this.#timerFired = true;
      if (!this.machine.stalled) this.wake();
    });
  }

  #disarm(): void {
    this.#timer += 1;
  }

  #advert(id: RouterId, priority: number): Advert {
    const key = `${id} ${priority}`;
    const known = this.#adverts.get(key);
    if (known !== undefined) return known;
    const made = advertOf(this.configOf(this.machine.world.names.routerOf(id)), priority);
    this.#adverts.set(key, made);
    return made;
  }

  #prepare(): void {
    const { routers } = this.config;
    const byId = routersById(routers);
    const { names, scenario } = this.machine.world;
    this.#configs = scenario.routers.map((_, router) => byId.get(names.idOf(router))!);
    this.#adverts = new Map();
  }
}

/** The core, with somebody who looks at all that goes in and comes out. */
class WatchedCore extends Core {
  constructor(
    now: Micros,
    config: CoreConfig,
    private readonly daemon: SimulatedDaemon,
  ) {
    super(now, config);
  }

  override handle(now: Micros, input: Input): Effect[] {
    const effects = super.handle(now, input);
    if (input.type === "configure") this.daemon.adopt(input.config);
    this.daemon.watch.handled(now, input, effects);
    return effects;
  }
}

function advertOf(config: VirtualRouterConfig, priority: number): Advert {
  const { version } = config;
  return {
    version,
    virtualRouterId: config.virtualRouterId,
    priority,
    advertIntervalMicros: config.advertIntervalMicros,
    addresses: config.virtualAddresses.slice(0, config.advertisedCount).map((entry) => entry.address),
    addressCount: config.advertisedCount,
    checksumForm: version === 3 && config.family === "ipv4" ? "pseudo-header" : null,
    password: version === 2 ? config.password : null,
  };
}
