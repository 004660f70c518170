/** One simulated host: clock, kernel, network interface, service checks, and a daemon that comes and goes. */
import type { Family } from "../../src/base/address.js";
import { type MacAddress, macFromBytes } from "../../src/base/mac.js";
import type { Micros } from "../../src/base/time.js";
import type { Input, InterfaceAddress, LinkState } from "../../src/core/input.js";
import { PLAIN } from "../core/values.js";
import { strangeAddress } from "./addresses.js";
import { DriftingClock } from "./clock.js";
import { SimulatedDaemon } from "./daemon.js";
import type { Fault, Reloaded } from "./faults/fault.js";
import { type HeldAddress, Kernel, type Removal } from "./kernel.js";
import type { Packet } from "./lan.js";
import type { StallSpan } from "./safety/preemption-truth.js";
import { coreConfigOf, type HostSpec, INTERFACE, type RouterChoice, UPLINK } from "./scenario.js";
import { ServiceChecks } from "./service-checks.js";
import type { World } from "./world.js";

/** Why something is away: as long as there is one reason, it is. */
export type Reasons = Set<Fault | "not started">;

export class SimulatedHost {
  readonly clock: DriftingClock;
  readonly kernel: Kernel;
  readonly checks: ServiceChecks;
  daemon: SimulatedDaemon | null = null;
  choices: RouterChoice[];
  /** Addresses that a running daemon has been told to give up for good, by virtual router and place in its pool. */
  readonly departed = new Set<string>();
  readonly down: Reasons = new Set();
  readonly stalls: Reasons = new Set();
  readonly carrierLost: Reasons = new Set();
  readonly adminDown: Reasons = new Set();
  readonly gone: Reasons = new Set();
  readonly sourceLost: Reasons = new Set();
  readonly lockTaken: Reasons = new Set();
  readonly overrun: Reasons = new Set();
  /** The tracked interface is not what it is else. */
  readonly uplinkTurned: Reasons = new Set();
  /** When the daemon last got time again. */
  stallEndedAt: Micros = Number.NEGATIVE_INFINITY;
  #stallBegan: Micros = 0;
  readonly #stallSpans: StallSpan[] = [];
  #macCount = 0;
  #turns = 0;
  #uplink: LinkState | null;
  readonly #families: readonly Family[];

  constructor(
    readonly world: World,
    readonly spec: HostSpec,
  ) {
    this.clock = new DriftingClock(spec.clockOffset, spec.clockRate);
    this.choices = [...spec.choices];
    this.#families = [...new Set(world.scenario.routers.map((router) => router.family))];
    this.kernel = new Kernel(world.scenario.routers, world.rng.fork(), {
      now: () => world.now,
      schedule: (at, run) => world.schedule(at, run),
      onRemoved: (router, address, held, why) => this.#onRemoved(router, address, held, why),
      onAdded: (router, address) => this.#tellOfAddress(router, address, "added"),
    });
    this.checks = new ServiceChecks(this);
    this.#uplink = this.#usualUplink();
  }

  get stalled(): boolean {
    return this.stalls.size > 0;
  }

  get connected(): boolean {
    return this.gone.size === 0 && this.adminDown.size === 0 && this.carrierLost.size === 0;
  }

  boot(): void {
    if (this.down.size > 0 || this.daemon !== null) return;
    this.note("daemon starts");
    this.world.truth.booted(this.spec.index);
    this.daemon = new SimulatedDaemon(this, coreConfigOf(this.world.scenario, this.spec, this.choices));
    this.daemon.start();
    this.checks.start(this.daemon);
  }

  /** Ends the daemon without a word. */
  crash(): void {
    if (this.daemon === null) return;
    this.note("daemon dies");
    this.departed.clear();
    this.daemon.die();
    this.daemon = null;
  }

  /** Ends the daemon in order; one that is stalled cannot hear that and is killed. */
  stop(): void {
    if (this.daemon === null) return;
    if (this.stalled) return this.crash();
    this.note("daemon stops");
    this.daemon.shutdown();
    this.daemon = null;
  }

  stall(): void {
    this.#stallBegan = this.world.now;
  }

  stallsLongerThan(interval: Micros): readonly StallSpan[] {
    if (this.#stallSpans.length === 0) return [];
    return this.#stallSpans.filter(({ beganAt, endedAt }) => endedAt - beganAt >= interval * 0.9);
  }

  resume(): void {
    this.#stallSpans.push({ beganAt: this.#stallBegan, endedAt: this.world.now });
    this.stallEndedAt = this.world.now;
    this.daemon?.watch.disturbAll();
    this.daemon?.wake();
  }

  /** The same virtual routers and addresses, in other orders. What all hosts have stays first in its list. */
  configure(): void {
    this.choices = this.choices.map((choice) => {
      const [first, ...others] = choice.list;
      return { ...choice, list: [first!, ...others.reverse()] };
    });
    const { routers, ...config } = coreConfigOf(this.world.scenario, this.spec, this.choices);
    this.#turns += 1;
    const turned = routers.map((_, at) => routers[(at + this.#turns) % routers.length]!);
    this.daemon?.tell("configure", { type: "configure", config: { ...config, routers: turned } });
  }

  /** The configuration is read again. */
  reload(router: number, change: Reloaded): void {
    const choice = this.choices[router]!;
    if (change === "refused") return this.#offerWhatCannotBe(router);
    // What is the node's own never was a virtual address for its daemon.
    if ("list" in change && this.spec.own?.router === router) return;
    this.choices[router] = { ...choice, ...change };
    if (this.daemon !== null && "list" in change) {
      this.daemon.watch.disturb(router);
      for (const pool of choice.list) if (!change.list.includes(pool)) this.departed.add(`${router} ${pool}`);
    }
    this.configure();
  }

  /** A virtual router cannot get another name while it runs. */
  #offerWhatCannotBe(router: number): void {
    if (this.daemon === null || this.stalled) return;
    const { routers, ...config } = coreConfigOf(this.world.scenario, this.spec, this.choices);
    const renamed = routers.map((one, at) => (at === router ? { ...one, name: `${one.name}x` } : one));
    this.daemon.refuse({ ...config, routers: renamed });
  }

  transmit(packets: readonly Packet[]): void {
    if (this.connected) this.world.lan.transmit(this.world.now, this.spec.index, packets);
  }

  receive(packets: readonly Packet[]): void {
    if (this.connected) this.daemon?.packetsArrive(packets);
  }

  /** @param address index into the pool; returns an errno name, or null: done */
  changeAddress(operation: "add" | "remove", router: number, address: number): string | null {
    const { world, kernel } = this;
    if (operation === "remove") return kernel.remove(router, address);
    if (this.gone.size > 0) return "ENODEV";
    world.counts.addressAdds += 1;
    return kernel.add(router, address, world.scenario.leaseSeconds);
  }

  /** Asks the LAN for an address: hosts that have it answer, and all daemons hear the question. */
  askAround(router: number, pool: number): void {
    for (const other of this.world.machines) {
      const reached = this.world.lan.carries(this.spec.index, other.spec.index);
      if (other === this || !reached || !this.connected || !other.connected) continue;
      if (other.kernel.held(router, pool) !== null) {
        const mac = other.#mac();
        this.#tellSoon(router, pool, { type: "addressConflict", mac });
      }
      other.#tellSoon(router, pool, { type: "addressProbed", mac: this.#mac() });
    }
  }

  #tellSoon(
    router: number,
    pool: number,
    what: { type: "addressConflict" | "addressProbed"; mac: MacAddress },
  ): void {
    const { world, daemon } = this;
    if (!this.choices[router]!.list.includes(pool) || daemon === null) return;
    const { names } = world;
    const address = names.keyOf(router, pool);
    const input: Input = { ...what, router: names.idOf(router), address };
    world.schedule(world.now + world.rng.int(100, 1000), () => {
      if (daemon.alive) daemon.tell(`${what.type} ${address}`, input);
    });
  }

  isOwn(router: number, address: number): boolean {
    const { own } = this.spec;
    return own !== null && own.router === router && own.address === address;
  }

  lockHolder(): string | null {
    return this.lockTaken.size > 0 ? "process 4711" : null;
  }

  /** All that a daemon learns when it starts, or when its interface appears. */
  startInputs(): Input[] {
    const uplink = this.#tracksUplink ? [this.#uplinkInput()] : [];
    if (this.gone.size > 0) return [...uplink, this.#linkInput()];
    return [...uplink, this.#dumpInput(), ...this.#sourceInputs(), this.#linkInput()];
  }

  /** @param how null: it is again what it is else */
  uplinkChanged(how: "gone" | "down" | "no carrier" | null): void {
    const usual = this.#usualUplink();
    const up = { ...usual, up: true, carrier: true };
    if (how === null) this.#uplink = usual;
    else if (!this.world.scenario.uplinkIsUp) this.#uplink = up;
    else if (how === "gone") this.#uplink = null;
    else this.#uplink = { ...up, carrier: false, up: how === "no carrier" };
    if (this.#tracksUplink) this.daemon?.kernelTells(this.#uplinkInput());
  }

  get #tracksUplink(): boolean {
    return this.world.scenario.routers.some(({ tracks }) => tracks.some(({ on }) => "interface" in on));
  }

  #usualUplink(): LinkState {
    const { uplinkIsUp } = this.world.scenario;
    return { index: 3, up: uplinkIsUp, carrier: uplinkIsUp, mac: this.#mac(), mtu: 1500 };
  }

  #uplinkInput(): Input {
    return { type: "link", interface: UPLINK, link: this.#uplink };
  }

  interfaceVanished(): void {
    this.kernel.flush(null);
    for (const input of [...this.#sourceInputs(), this.#linkInput()]) this.daemon?.kernelTells(input);
  }

  interfaceAppeared(): void {
    this.#macCount += 1;
    for (const input of this.startInputs()) this.daemon?.kernelTells(input);
  }

  linkChanged(): void {
    if (this.adminDown.size > 0) this.kernel.flush("ipv6");
    this.daemon?.kernelTells(this.#linkInput());
  }

  sourceChanged(): void {
    for (const input of this.#sourceInputs()) this.daemon?.kernelTells(input);
  }

  macChanged(): void {
    this.#macCount += 1;
    this.daemon?.kernelTells(this.#linkInput());
  }

  /** Events were lost: the kernel's whole list, once. */
  resynchronise(): void {
    if (this.gone.size > 0) return;
    this.daemon?.watch.disturbAll();
    this.daemon?.kernelTells(this.#dumpInput());
  }

  note(text: string, router: number | null = null): void {
    this.world.timeline?.add(this.world.now, this.spec.name, router, text);
  }

  #onRemoved(router: number, address: number, held: HeldAddress, why: Removal): void {
    this.note(`address ${address} goes (${why})`, router);
    if (why === "lease") this.daemon?.watch.leaseEnded(router, address, held);
    this.#tellOfAddress(router, address, "removed");
  }

  #tellOfAddress(router: number, address: number, change: "added" | "removed"): void {
    this.daemon?.watch.disturb(router);
    if (this.overrun.size > 0) return;
    const entry = this.kernel.describe(router, address);
    this.daemon?.kernelTells({
      type: "addressChanged",
      interface: INTERFACE,
      change,
      address: entry,
      alone: false,
    });
  }

  #linkInput(): Input {
    return { type: "link", interface: INTERFACE, link: this.gone.size > 0 ? null : this.#link() };
  }

  #link(): LinkState {
    const up = this.adminDown.size === 0;
    return { index: 2, up, carrier: up && this.carrierLost.size === 0, mac: this.#mac(), mtu: 1500 };
  }

  #mac(): MacAddress {
    return macFromBytes(Uint8Array.of(2, 0, 0, this.spec.index, this.#macCount >> 8, this.#macCount & 0xff));
  }

  #sourceInputs(): Input[] {
    const there = this.gone.size === 0 && this.sourceLost.size === 0;
    return this.#families.map((family) => ({
      type: "source",
      interface: INTERFACE,
      family,
      source: there ? this.spec.sources[family] : null,
      detail: there ? null : "the address is away",
    }));
  }

  /** What the interface has beside virtual addresses: by that a leftover is told from a node's own address. */
  #nodeAddresses(): InterfaceAddress[] {
    return this.#families.flatMap((family): InterfaceAddress[] => {
      const source: InterfaceAddress = {
        ...PLAIN,
        address: this.spec.sources[family],
        prefixLength: family === "ipv4" ? 24 : 64,
        scope: family === "ipv4" ? "global" : "link",
      };
      if (family === "ipv4") return [source];
      return [source, { ...source, address: strangeAddress(family), scope: "global" }];
    });
  }

  #dumpInput(): Input {
    const { own } = this.spec;
    const addresses = [...this.#nodeAddresses(), ...this.kernel.dump()];
    if (own !== null) {
      const entry = this.kernel.describe(own.router, own.address);
      // The node has it with the prefix of its network, which tells it from a leftover.
      addresses.push({ ...entry, prefixLength: 24 });
    }
    return { type: "addresses", interface: INTERFACE, addresses };
  }
}
