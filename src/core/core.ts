/**
 * The core: every decision of vrrpd, pure and synchronous. The daemon, the unit tests and the simulator run this code.
 *
 * Whoever runs it keeps this contract:
 *
 * Time. It is in microseconds, of one clock for the life of the core, and never goes back. The clock goes on while the
 * machine is suspended. Inputs that were read together may have the same time.
 *
 * Inputs. `handle(now, input)` is called once for each, in the order in which they came true. When the time of
 * `deadline()` has come, three things follow each other: an `advertise` input; what has arrived (adverts, then what the
 * kernel tells of links and addresses); a `deadline` input. So a stall lets no down timer fire over adverts that wait to
 * be read, and what waits does not delay a master's adverts. While much is read, `advertise` may come again. A
 * `deadline` that comes early fires nothing; one that comes late is recognised as late.
 *
 * Effects. Those of several inputs in a row may be carried out together. Kinds follow each other as `Effect` lists
 * them; additions and removals count as one kind, and so do transitions and lines of the log. Routes and
 * rules go before addresses are changed and come after that, in their order. Within a kind the order
 * stays. An announcement that a later removal of the same virtual router makes untrue is left out.
 *
 * Answers. An `addressResults` answers each `removeAddresses`, one or more each `addAddresses`, before what is left to
 * do; a `fixtureResults` each `addFixtures` and `removeFixtures`; a `lock` each `acquireLock`. Where the kernel refuses a `sendAdvert` or an `announce`, a `sendFailed` says so,
 * before the next `deadline`. Who else has an address of `probeAddresses` comes as `addressConflict`. Other kinds have
 * no answer.
 *
 * Next. After all this `deadline()` says when to come back, and why; null: only another input changes anything. What it
 * says holds until the next `handle`. `status()`, `followed()` and `leaderChanges` change nothing and may be asked at
 * any time; counters and lists in a status go on changing with the next input.
 *
 * `configure` brings virtual routers, addresses and checks that are new, changed or gone; what may not differ is in
 * configure.ts. It is taken as a whole, or refused with VrrpdError `ECONFIGURE`, and then nothing has changed. Virtual
 * routers that are gone release and remove; their removals are answered as ever. Before the next `deadline`, `addresses`
 * tells of each interface that has new virtual addresses, and `link` and `source` of each new virtual router's. One whose
 * configuration is the very object that it was notices nothing, and costs nothing.
 *
 * After `shutdown` every virtual router is in INIT for good. Only `addressResults` and `deadline` still do anything:
 * removals that the kernel refused are tried again. All other inputs are ignored.
 *
 * Nothing else throws, whatever others send. VrrpdError `EASSERTION` is a defect, of the core or of its caller: an input
 * for a virtual router or an address that the configuration does not have. The core is not used any further then.
 */
import type { Family } from "../base/address.js";
import { assert } from "../base/errors.js";
import { sumOf } from "../base/lists.js";
import type { Micros } from "../base/time.js";
import { onAddressResults } from "./address-results.js";
import { AnnouncementPace } from "./addresses/announcement-pace.js";
import { Departures } from "./addresses/departures.js";
import { Leases } from "./addresses/leases.js";
import { isAlone } from "./addresses/leftover.js";
import { Checks } from "./checks.js";
import { type CoreConfig, tracksLinkOf } from "./config.js";
import { assertApplicable } from "./configure.js";
import { Deadlines, type TimerKind } from "./deadlines.js";
import type { Effect } from "./effect.js";
import { Statics } from "./fixtures/statics.js";
import { Groups } from "./groups/groups.js";
import type { RouterId } from "./identity.js";
import type { Input, LinkState } from "./input.js";
import { Outbox } from "./outbox.js";
import { type Followed, followedBy } from "./router/leader.js";
import type { InterfaceView } from "./router/readiness.js";
import { followOverheard, isRoutine, receiveAdvert, refuseAdvert } from "./router/receive.js";
import { type Surroundings, VirtualRouter } from "./router/router.js";
import { MASTERS_ACT_ON } from "./router/stall.js";
import { Unclaimed } from "./router/unclaimed.js";
import { onSendFailed } from "./send-failure.js";
import { type CoreStatus, fixtureStatus, foreignStatus, type RouterStatus, routerStatus } from "./status.js";
import { Signs } from "./virtual-address.js";
import { type YieldStatus, Yields } from "./yields.js";

export class Core {
  readonly #deadlines = new Deadlines();
  readonly #outbox = new Outbox();
  readonly #leases = new Leases(this.#deadlines);
  readonly #views = new Map<string, InterfaceView>();
  readonly #checks = new Checks(this.#outbox);
  readonly #yields = new Yields(this.#deadlines, this.#outbox, (now) => this.#onYields(now));
  readonly #unclaimed = new Unclaimed(this.#outbox);
  readonly groups = new Groups(this.#outbox);
  readonly #surroundings: Surroundings;
  readonly #departures: Departures;
  /** Of this host: there whoever is master. */
  readonly statics: Statics;
  /** In the order of the configuration. */
  #routers: ReadonlyMap<RouterId, VirtualRouter> = new Map();
  /** What those that are gone had counted, so that the sum never goes down. */
  #earlierLeaderChanges = 0;
  /** Of all virtual addresses of this host, by their texts without prefix length. */
  readonly #signs = new Signs();
  #conflictProbeIntervalMicros: Micros | null = null;
  #grace = { startMicros: 0, linkMicros: 0 };
  readonly #startedAt: Micros;
  #stopped = false;

  /** The first configuration sets the core up; later ones (`configure`) bring changed host facts. */
  constructor(now: Micros, config: CoreConfig) {
    this.#startedAt = now;
    this.#departures = new Departures(this.#deadlines, this.#outbox, (address) =>
      this.#all().some(({ addresses }) => addresses.entryOf(address) !== undefined),
    );
    this.statics = new Statics({ deadlines: this.#deadlines, outbox: this.#outbox }, () => this.#all());
    this.#surroundings = {
      deadlines: this.#deadlines,
      outbox: this.#outbox,
      leases: this.#leases,
      pace: new AnnouncementPace(),
      view: (name) => this.#view(name),
      conflictProbeIntervalMicros: () => this.#conflictProbeIntervalMicros,
      followOverheard,
      graceEndsAt: (name) => this.#graceEndsAt(name),
      check: (name) => this.#checks.get(name)!,
      departures: this.#departures,
      departedFixtures: this.statics.departed,
      handOver: this.statics.handOver,
    };
    this.#adopt(now, config);
    assert(this.#routers.size === config.routers.length, "two virtual routers are known by the same id");
  }

  /**
   * Takes an input and returns the effects.
   * @param ageMicros how long an advert had to wait before it was read: a master's silence begins when it has spoken
   */
  handle(now: Micros, input: Input, ageMicros: Micros = 0): Effect[] {
    this.#dispatch(now, input, now - ageMicros);
    if (!this.#stopped) this.groups.settle(now);
    if (this.#leases.due) this.#renewLeases(now);
    return this.#outbox.drain();
  }

  /** The earliest deadline; null: nothing is waited for. */
  deadline(): { at: Micros; reason: TimerKind; owner: string | null; isUrgent: boolean } | null {
    return this.#deadlines.next();
  }

  /** Whom the virtual routers of an interface and family follow. */
  followed(interfaceName: string, family: Family): Followed {
    return followedBy(this.#on(interfaceName).filter(({ config }) => config.family === family));
  }

  /** Whether the same advert once more changes nothing but when its speaker was heard last: several may be told as one. */
  isRoutine(input: Extract<Input, { type: "advert" }>): boolean {
    const router = this.#routers.get(input.router);
    return router !== undefined && isRoutine(router, input);
  }

  /** Goes up when `followed` may say something else. */
  get leaderChanges(): number {
    return this.#earlierLeaderChanges + sumOf(this.#routers.values(), ({ leader }) => leader.changes);
  }

  get yields(): readonly YieldStatus[] {
    return this.#yields.status;
  }

  /** Goes up when `yields` may say something else. */
  get yieldChanges(): number {
    return this.#yields.changes;
  }

  status(): CoreStatus {
    const routers = [...this.routerStatuses()];
    return {
      yields: this.#yields.status,
      routers,
      groups: this.groups.statuses(),
      statics: this.statics.table.entries.map(fixtureStatus),
      staticCounters: this.statics.counters,
      foreign: this.#unclaimed.speakers.map(foreignStatus),
      unclaimedDrops: this.#unclaimed.drops,
    };
  }

  /** Each as it is when it is asked for. */
  *routerStatuses(): Generator<RouterStatus> {
    for (const router of this.#all()) yield routerStatus(router);
  }

  #dispatch(now: Micros, input: Input, arrivedAt: Micros): void {
    if (this.#stopped && !COUNT_WHEN_STOPPED.has(input.type)) return;
    if (MASTERS_ACT_ON.has(input.type)) for (const router of this.#routers.values()) router.noticeStall(now);
    switch (input.type) {
      case "deadline":
        return this.#deadlines.fireDue(now);
      case "advertise":
        for (const router of this.#routers.values()) router.advertising.sendInTime(now);
        return;
      case "advert":
        return receiveAdvert(this.#router(input.router), now, arrivedAt, input);
      case "foreignAdvert":
        return this.#unclaimed.hear(now, arrivedAt, input, this.#on(input.interface));
      case "drop":
        return this.#onDrop(now, input);
      case "link":
        return this.#onLink(now, input.interface, input.link);
      case "source":
        return this.#onSource(now, input);
      case "addresses":
        return this.#onAddresses(now, input);
      case "addressChanged":
        for (const router of this.#withAddressesOn(input.interface)) router.addresses.onChanged(now, input);
        return;
      case "addressResults":
        return onAddressResults(this.#routers.get(input.router), this.#departures, now, input);
      case "fixtureResults":
        return this.statics.onResults(now, input, this.#routers.get(input.router!)?.fixtures ?? null);
      case "fixturesDoubted":
        for (const router of this.#routers.values()) router.fixtures.doubt();
        return this.statics.doubt();
      case "lock":
        // Another daemon of this configuration has them there already.
        if (input.holder === null) this.statics.begin();
        return this.#router(input.router).onLock(now, input.holder);
      case "check":
        return this.#onCheck(now, input);
      case "sendFailed":
        // One that has left the configuration says goodbye, and nobody minds whether that was heard.
        if (this.#routers.has(input.router))
          onSendFailed(this.#router(input.router), this.#outbox, now, input);
        return;
      case "addressConflict":
        return this.#router(input.router).conflicts.onConflict(now, input.address, input.mac);
      case "addressProbed":
        return this.#router(input.router).conflicts.onProbed(now, input.address, input.mac);
      case "configure":
        return this.#onConfigure(now, input.config);
      case "yield":
        return this.#yields.yield(now, input);
      case "resume":
        return this.#yields.resume(now, input);
      case "shutdown":
        // From here on only removals that the kernel refused are tried again.
        for (const router of this.#routers.values()) router.shutdown(now);
        this.groups.stop();
        this.statics.release();
        this.#leases.configure(null, null);
        this.#yields.stop();
        this.#stopped = true;
        return;
    }
  }

  #router(id: RouterId): VirtualRouter {
    const router = this.#routers.get(id);
    assert(router !== undefined, `no virtual router is ${id}`);
    return router;
  }

  #all(): VirtualRouter[] {
    return [...this.#routers.values()];
  }

  #on(interfaceName: string): VirtualRouter[] {
    return this.#all().filter((router) => router.config.interface === interfaceName);
  }

  #withAddressesOn(interfaceName: string): VirtualRouter[] {
    return this.#all().filter(({ addresses }) => addresses.isOn(interfaceName));
  }

  #view(name: string): InterfaceView {
    let view = this.#views.get(name);
    if (view === undefined) {
      view = { link: undefined, upSince: null };
      this.#views.set(name, view);
    }
    return view;
  }

  /** Until then nobody claims anything on this interface. */
  #graceEndsAt(name: string): Micros {
    const { upSince } = this.#view(name);
    const { startMicros, linkMicros } = this.#grace;
    return Math.max(this.#startedAt + startMicros, upSince === null ? 0 : upSince + linkMicros);
  }

  #onSource(now: Micros, input: Extract<Input, { type: "source" }>): void {
    for (const router of this.#on(input.interface)) {
      const isMeant = router.id === (input.router ?? router.id) && router.config.family === input.family;
      if (isMeant) router.onSource(now, input);
    }
  }

  #onLink(now: Micros, name: string, link: LinkState | null): void {
    const view = this.#view(name);
    const before = view.link;
    // Another interface under the same name: the addresses went with the old one.
    if (link && before && link.index !== before.index) this.#onLink(now, name, null);
    view.link = link;
    const cameUp = before !== undefined && !isUp(before) && isUp(link);
    if (cameUp) view.upSince = now;
    for (const router of this.#withAddressesOn(name)) {
      const { addresses, config, lock } = router;
      const wasWanted = addresses.isWanted;
      if (link === null) addresses.onInterfaceGone(name);
      else if (config.interface === name && lock.holder === undefined) lock.acquire();
      router.evaluate(now);
      // Neighbours know the old MAC address, or heard nothing for a while.
      const another = link !== null && before && before.mac?.text !== link.mac?.text;
      if (another || (cameUp && wasWanted)) addresses.announcing.anew(now, name);
    }
    for (const router of this.#routers.values()) if (tracksLinkOf(router.config, name)) router.evaluate(now);
  }

  #onAddresses(now: Micros, input: Extract<Input, { type: "addresses" }>): void {
    const { interface: on, addresses: all } = input;
    for (const router of this.#withAddressesOn(on)) {
      const neighbours = { all, signs: this.#signs.byText };
      router.addresses.onDump(now, on, all, (one) => isAlone(one, neighbours));
      if (router.state === "INIT" || !router.addresses.isTidy(on)) router.tidy(on);
    }
  }

  #onCheck(now: Micros, input: Extract<Input, { type: "check" }>): void {
    if (this.#checks.report(now, input)) for (const router of this.#routers.values()) router.evaluate(now);
  }

  #onYields(now: Micros): void {
    for (const router of this.#routers.values()) {
      // A sync group yields as one: other nodes take it over as one, or not at all.
      const concerned = [router.config, ...(router.group?.configs ?? [])];
      const terms = concerned.map(({ name }) => this.#yields.of(name)).find((one) => one !== null);
      router.yielding.apply(now, terms ?? null);
    }
  }

  #onDrop(now: Micros, input: Extract<Input, { type: "drop" }>): void {
    if (input.router === null) this.#unclaimed.drop(now, input);
    else refuseAdvert(this.#router(input.router), now, input);
  }

  #onConfigure(now: Micros, config: CoreConfig): void {
    assertApplicable(this.#routers, config);
    const others = this.#adopt(now, config);
    for (const router of others) {
      if (router.lock.holder === undefined && router.view.link) router.lock.acquire();
      router.evaluate(now);
    }
  }

  /** One whose configuration is the very same notices nothing. @returns all others */
  #adopt(now: Micros, config: CoreConfig): VirtualRouter[] {
    const before = this.#routers;
    const wanted = new Set(config.routers.map(({ id }) => id));
    for (const router of before.values()) if (!wanted.has(router.id)) this.#retire(now, router);
    this.#checks.adopt(config.checks);
    this.#routers = new Map(
      config.routers.map((next) => {
        const known = before.get(next.id);
        return [next.id, known ?? new VirtualRouter(now, next, this.#surroundings)];
      }),
    );
    const others = config.routers.filter((next) => before.get(next.id)?.config !== next);
    for (const next of others) before.get(next.id)?.configure(now, next);
    this.groups.configure(now, config.groups ?? [], this.#routers);
    if (this.#yields.any) this.#onYields(now);
    this.#configureHost(config);
    return others.map(({ id }) => this.#router(id));
  }

  #retire(now: Micros, router: VirtualRouter): void {
    router.group = null;
    router.retire(now);
    this.#deadlines.forget(router.config.name);
    this.#earlierLeaderChanges += router.leader.changes + 1;
  }

  #configureHost(config: CoreConfig): void {
    this.#signs.configure(config.routers);
    this.statics.configure(config.statics ?? []);
    this.#grace = { startMicros: config.startGraceMicros ?? 0, linkMicros: config.linkGraceMicros ?? 0 };
    this.#conflictProbeIntervalMicros = config.conflictProbeIntervalMicros ?? null;
    const leased = config.routers.find((router) => router.leaseSeconds !== null);
    this.#leases.configure(leased?.leaseSeconds ?? null, config.renewIntervalMicros);
  }

  #renewLeases(now: Micros): void {
    const masters = this.#all().filter((one) => one.state === "MASTER" && one.config.leaseSeconds !== null);
    this.#leases.onRenewal(now, masters.length > 0);
    for (const router of masters) {
      router.counters.leaseRenewals += 1;
      router.addresses.renew(now);
    }
  }
}

/** What they say is done with until the end. */
const COUNT_WHEN_STOPPED: ReadonlySet<Input["type"]> = new Set([
  "addressResults",
  "fixtureResults",
  "deadline",
]);

function isUp(link: LinkState | null): boolean {
  return link?.up === true && link.carrier;
}
