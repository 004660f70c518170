/**
 * A takeover before there is one. Code that never ran has to be compiled first, which costs more than a millisecond, and
 * a takeover's code runs for the first time when it matters most. So a daemon that has started plays takeovers to
 * itself, and once more just before a real one: with the real core, loop, host and netlink requests, a clock of their
 * own. Its adverts take the real way as far as to the interface, where the kernel throws them away.
 */
import { setFlagsFromString } from "node:v8";
import { addressFromBytes, type Family, type IpAddress } from "../../base/address.js";
import { macFromBytes } from "../../base/mac.js";
import { fixtureKey } from "../../config/index.js";
import { type CoreConfig, routersById, type VirtualRouterConfig } from "../../core/config.js";
import { Core } from "../../core/core.js";
import { type FixtureConfig, PLAIN_ROUTE, type Route } from "../../core/fixture.js";
import type { RouterId } from "../../core/identity.js";
import type { FixtureOutcome, Input } from "../../core/input.js";
import { prepareAdverts } from "../../host/adverts/prepare.js";
import type { AdvertSocket } from "../../host/adverts/socket.js";
import { unheard } from "../../host/adverts/unheard.js";
import { prepareAnnouncements } from "../../host/announce/frames.js";
import { encodeFixture, FixtureRequests } from "../../host/netlink/fixtures.js";
import { OwnChanges } from "../../host/netlink/own-changes.js";
import { AddressRequests, prepareAddresses } from "../../host/netlink/requests.js";
import type { Advert } from "../../wire/advert.js";
import { positionsOf } from "../network/interface.js";
import { carryOut } from "./effects.js";
import { HostAdapter, type Outlet } from "./host-adapter.js";
import { Lateness } from "./lateness.js";
import { AHEAD_MICROS, Loop } from "./loop.js";
import { stayAwake } from "./stay-awake.js";

/** The first one compiles; the others gain what is left to be gained, for a millisecond together. */
const ROUNDS = 4;
/** The down timer, then adverts and announcements: what comes due within the first seconds of a master. */
const DEADLINES_A_ROUND = 12;
const PRIORITY = 100;
const RIVAL_PRIORITY = 200;
/** No interface has it: the kernel refuses what is asked of it, and nothing changes. */
const NO_INTERFACE = 0x7fff_ffff;
const MAC = macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, 1));
const SOURCES: Readonly<Record<VirtualRouterConfig["family"], IpAddress>> = {
  ipv4: addressFromBytes(Uint8Array.of(192, 0, 2, 1)),
  ipv6: addressFromBytes(Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
};

/** Where real adverts of a virtual router leave; null: nowhere at present. */
export interface RehearsalNetwork {
  of(router: RouterId): { socket(family: Family): Pick<AdvertSocket, "rehearse"> | null } | null;
}

export class Rehearsal {
  readonly #requests: AddressRequests;
  readonly #fixtures: FixtureRequests;
  readonly #stages: readonly Stage[];

  /** Throws an Error with `code` when no netlink socket can be opened. */
  constructor(config: CoreConfig, network: RehearsalNetwork) {
    // V8 throws code away that has not run for a while, as a backup's has not.
    setFlagsFromString("--no-flush-bytecode");
    this.#requests = new AddressRequests(new OwnChanges());
    this.#fixtures = new FixtureRequests();
    const kernel = { requests: this.#requests, fixtures: this.#fixtures };
    const routers = ["ipv4", "ipv6"].flatMap(
      (family) => config.routers.find((router) => router.family === family) ?? [],
    );
    this.#stages = routers.map((router) => new Stage(scratchOf(router), kernel, network));
    for (let round = 0; round < ROUNDS; round += 1) this.#play(DEADLINES_A_ROUND);
  }

  /** Only the takeover itself, just before a real one: brings its code and data back into the processor's caches. */
  warmUp(): void {
    this.#play(1);
  }

  /** How many takeovers were played. */
  get takeovers(): number {
    return this.#stages.reduce((sum, stage) => sum + stage.takeovers, 0);
  }

  close(): void {
    this.#requests.close();
    this.#fixtures.close();
  }

  #play(deadlines: number): void {
    for (const stage of this.#stages) stage.play(deadlines);
  }
}

/** One address, and nothing that the host would have to be asked about. */
function scratchOf(router: VirtualRouterConfig): VirtualRouterConfig {
  const { interface: on } = router;
  const advertised = router.virtualAddresses.filter((entry) => entry.advertised);
  const virtualAddresses = advertised.slice(0, 1).map((entry) => ({ ...entry, interface: on }));
  return {
    ...router,
    priority: PRIORITY,
    preempt: { mode: "immediate", delaySeconds: 0 },
    virtualAddresses,
    advertisedCount: virtualAddresses.length,
    vmacs: [],
    unicastPeers: [],
    unicastStrict: false,
    tracks: [],
    fixtures: router.fixtures.length > 0 ? [scratchRoute(router.family)] : [],
    notify: [],
    fifo: "none",
  };
}

/** Where requests go. */
interface Kernel {
  readonly requests: AddressRequests;
  readonly fixtures: FixtureRequests;
}

/** One that no host has. */
function scratchRoute(family: Family): FixtureConfig {
  const fixture: Route = {
    ...PLAIN_ROUTE,
    family,
    destination: { address: SOURCES[family], prefixLength: 8 * SOURCES[family].bytes.length },
    interface: "rehearsal",
  };
  return { key: fixtureKey(fixture), fixture, guarded: false, trackedInterfaces: [] };
}

/** One virtual router with a clock of its own. It sends, changes and logs nothing. */
class Stage {
  #now = 0;
  readonly #core: Core;
  readonly #loop: Loop;
  readonly #rival: Input;

  constructor(router: VirtualRouterConfig, kernel: Kernel, network: RehearsalNetwork) {
    this.#core = new Core(this.#now, { routers: [router], checks: [], renewIntervalMicros: null });
    const host = adapterOf(router, kernel, network);
    this.#loop = new Loop({
      core: this.#core,
      now: () => this.#now,
      timer: { arm: () => {}, disarm: () => {} },
      carryOut: (effects, ...asks) => [...carryOut(host, effects, ...asks), ...host.takeFailures()],
      spin: (at) => {
        // The real one, too, and it returns at once.
        stayAwake(0);
        this.#now = at;
      },
      readArrived: () => false,
      lateness: new Lateness(() => {}),
    });
    const { interface: name, family } = router;
    const source = SOURCES[family];
    const link = { index: NO_INTERFACE, up: true, carrier: true, mac: MAC, mtu: 1500 };
    this.#rival = { type: "advert", router: router.id, source, listed: true, advert: rivalAdvert(router) };
    this.#loop.batch(() => {
      this.#loop.input({ type: "addresses", interface: name, addresses: [] });
      this.#loop.input({ type: "source", interface: name, family, source, detail: null });
      this.#loop.input({ type: "link", interface: name, link });
    });
  }

  get takeovers(): number {
    return this.#core.status().routers[0]!.counters.becomeMaster;
  }

  /** From BACKUP to MASTER, for as many deadlines, and back. */
  play(deadlines: number): void {
    for (let fired = 0; fired < deadlines; fired += 1) {
      const deadline = this.#core.deadline();
      if (deadline !== null) this.#now = deadline.at - (deadline.isUrgent ? AHEAD_MICROS : 0);
      this.#loop.expired();
    }
    this.#loop.input(this.#rival);
  }
}

function rivalAdvert(router: VirtualRouterConfig): Advert {
  const { version, virtualRouterId, advertIntervalMicros, password, virtualAddresses } = router;
  const addresses = virtualAddresses.map(({ address }) => address);
  const said = {
    version,
    virtualRouterId,
    advertIntervalMicros,
    password,
    addresses,
    addressCount: addresses.length,
  };
  return { ...said, priority: RIVAL_PRIORITY, checksumForm: null };
}

function adapterOf(
  router: VirtualRouterConfig,
  { requests, fixtures }: Kernel,
  network: RehearsalNetwork,
): HostAdapter {
  const prepared = {
    adverts: prepareAdverts(router, SOURCES[router.family]).map((advert) => unheard(router.family, advert)),
    positions: positionsOf(router.virtualAddresses),
    addresses: prepareAddresses(NO_INTERFACE, router.virtualAddresses, router.leaseSeconds),
    announcements: prepareAnnouncements(router.interface, MAC, router.virtualAddresses),
    probes: null,
    introductions: null,
  };
  const outlet: Outlet = {
    name: router.interface,
    socket: () => ({
      send: (packet, destination) => {
        network.of(router.id)?.socket(router.family)?.rehearse(packet, destination);
        return 0;
      },
    }),
    prepared: () => prepared,
    announcer: { send: () => 0, lastFailure: "" },
  };
  return new HostAdapter({
    network: {
      of: () => outlet,
      speakerOf: () => outlet,
      on: () => outlet,
      fixtures: { change: (operation, configs) => changeAsIf(fixtures, operation, configs) },
    },
    vmacs: { raise: () => {}, lower: () => {} },
    interfaces: () => [],
    requests: {
      add: (batches) => asDone(requests.add(batches)),
      remove: (batches) => asDone(requests.remove(batches)),
    },
    locks: { acquire: () => null },
    notifier: { notify: () => {} },
    fifos: { tell: () => {} },
    logger: { log: () => {} },
    routers: () => routersById([router]),
    groups: () => [],
  });
}

function changeAsIf(
  fixtures: FixtureRequests,
  operation: "add" | "remove",
  configs: readonly FixtureConfig[],
): FixtureOutcome[] {
  const orders = configs.map((config) => ({
    config,
    encoded: encodeFixture(config.fixture, () => NO_INTERFACE),
  }));
  return fixtures
    .carryOut(operation, orders)
    .map(({ fixture }) => ({ fixture, result: "done", changed: true }));
}

/** What the kernel has refused for want of the interface, as if it had not. */
function asDone(outcomes: ReturnType<AddressRequests["add"]>): ReturnType<AddressRequests["add"]> {
  return outcomes.map((batch) => batch.map(({ address }) => ({ address, result: "done" })));
}
