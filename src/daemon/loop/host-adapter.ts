/** This host as the effects see it: everything a wake-up sends goes out of prepared buffers, in as few calls as there are kinds. */
import { getSystemErrorName } from "node:util";
import type { Family } from "../../base/address.js";
import { shortList } from "../../base/lists.js";
import type { InterfaceFacts } from "../../config/plan/facts.js";
import type { GroupConfig, VirtualRouterConfig } from "../../core/config.js";
import { lineOf } from "../../core/fifo.js";
import {
  type AddressKey,
  addressKey,
  addressOf,
  addressTextOf,
  interfaceOf,
  type RouterId,
} from "../../core/identity.js";
import type { AddressOutcome, FixtureOutcome, Input } from "../../core/input.js";
import { commandsFor } from "../../core/notify.js";
import { packetOf } from "../../host/adverts/prepare.js";
import type { AdvertSocket } from "../../host/adverts/socket.js";
import type { AnnouncementBatch, Announcer } from "../../host/announce/announcer.js";
import type { Logger } from "../../host/log/index.js";
import {
  type AddressBatch,
  type AddressRequests,
  prepareAddresses,
  type RequestOutcome,
} from "../../host/netlink/requests.js";
import type { Notifier } from "../../host/scripts/notify.js";
import type { Fifos } from "../fifos.js";
import type { Locks } from "../locks/locks.js";
import type { Fixtures } from "../network/fixtures.js";
import type { PreparedRouter } from "../network/interface.js";
import type { Vmacs } from "../vmacs/vmacs.js";
import type { EffectOf, Host, RouterAddresses, UntilDue } from "./effects.js";

/** One interface, as far as something is sent there. */
export interface Outlet {
  readonly name: string;
  socket(family: Family): Pick<AdvertSocket, "send"> | null;
  prepared(router: RouterId): PreparedRouter | null;
  readonly announcer: Pick<Announcer, "send" | "lastFailure"> | null;
}

export interface MachineParts {
  readonly network: {
    of(router: RouterId): Outlet | null;
    /** Where its adverts leave. */
    speakerOf(router: RouterId): Pick<Outlet, "socket"> | null;
    on(interfaceName: string): Outlet | null;
    readonly fixtures: Pick<Fixtures, "change">;
  };
  readonly vmacs: Pick<Vmacs, "raise" | "lower">;
  readonly requests: Pick<AddressRequests, "add" | "remove">;
  /** As the kernel has told. */
  readonly interfaces: () => readonly InterfaceFacts[];
  readonly locks: Pick<Locks, "acquire">;
  readonly notifier: Pick<Notifier, "notify">;
  readonly fifos: Pick<Fifos, "tell">;
  readonly logger: Pick<Logger, "log">;
  readonly routers: () => ReadonlyMap<RouterId, VirtualRouterConfig>;
  readonly groups: () => readonly GroupConfig[];
}

/** Addresses of one virtual router on one interface. */
interface Place {
  readonly outlet: Outlet;
  readonly ready: PreparedRouter;
  readonly positions: readonly number[];
  /** In the same order. */
  readonly keys: readonly AddressKey[];
}

export class HostAdapter implements Host {
  #failures: Input[] = [];

  constructor(private readonly parts: MachineParts) {}

  /** What could not be sent since the last call. */
  takeFailures(): Input[] {
    const failures = this.#failures;
    this.#failures = [];
    return failures;
  }

  sendAdverts(effects: readonly EffectOf<"sendAdvert">[], untilDue: UntilDue): void {
    for (const { router, what, priority } of effects) {
      const { network, vmacs } = this.parts;
      if (what === "advert") vmacs.raise(router);
      // Nobody is master: the interface with the virtual MAC address is down, and could send nothing.
      const speaker = what === "trial" ? network.of(router) : network.speakerOf(router);
      const socket = speaker?.socket(this.#config(router).family) ?? null;
      const adverts = network.of(router)?.prepared(router)?.adverts ?? [];
      if (socket === null || adverts.length === 0) {
        this.#failures.push({ type: "sendFailed", router, what, codes: ["ENODEV"], reached: 0 });
        continue;
      }
      const codes: string[] = [];
      for (const advert of adverts) {
        const packet = packetOf(advert, priority);
        untilDue();
        const errno = socket.send(packet, advert.destination);
        if (errno !== 0) codes.push(getSystemErrorName(errno));
      }
      if (codes.length === 0) continue;
      this.#failures.push({
        type: "sendFailed",
        router,
        what,
        codes,
        reached: adverts.length - codes.length,
      });
    }
  }

  changeAddresses(operation: "add" | "remove", of: readonly RouterAddresses[]): AddressOutcome[][] {
    const parts = of.map(({ router, addresses }) => this.#placesOf(router, addresses));
    const batches: AddressBatch[] = parts.flatMap((places) =>
      places.map(({ ready, positions }) => ({ prepared: ready.addresses, addresses: positions })),
    );
    const answers = this.parts.requests[operation](batches).values();
    return of.map(({ router, addresses, why }, at) => {
      const said = parts[at]!.map(({ keys }) => named(answers.next().value!, keys));
      if (operation === "remove") said.push(...this.#removeUnprepared(addresses, parts[at]!));
      if (operation === "remove") for (const outcomes of said) this.#logRemovals(router, outcomes, why);
      return inOrder(operation, addresses, said);
    });
  }

  changeFixtures(
    effects: readonly (EffectOf<"addFixtures"> | EffectOf<"removeFixtures">)[],
  ): FixtureOutcome[][] {
    return effects.map((effect) => {
      const outcomes = this.parts.network.fixtures.change(
        effect.type === "addFixtures" ? "add" : "remove",
        effect.fixtures,
      );
      if (effect.type === "removeFixtures") this.#logFixtures(effect, outcomes);
      return outcomes;
    });
  }

  /** Like an address, a route never goes without a word. */
  #logFixtures({ router, why }: EffectOf<"removeFixtures">, outcomes: readonly FixtureOutcome[]): void {
    const removed = outcomes.filter((one) => one.result === "done" && one.changed).map((one) => one.fixture);
    if (removed.length === 0) return;
    const name = router === null ? null : (this.parts.routers().get(router)?.name ?? router);
    const what = `${shortList(removed)} ${removed.length === 1 ? "was" : "were"} removed`;
    const facts = { code: "route-removed", instance: name, removed };
    this.parts.logger.log("info", `${name === null ? "" : `(${name}) `}${what}: ${why}`, facts);
  }

  /** Of what no virtual router has any more nothing is prepared. */
  #removeUnprepared(addresses: readonly AddressKey[], places: readonly Place[]): AddressOutcome[][] {
    const prepared = new Set(places.flatMap(({ keys }) => keys));
    const left = addresses.filter((key) => !prepared.has(key));
    if (left.length === 0) return [];
    return this.parts.interfaces().flatMap((on) => {
      const here = left.filter((key) => interfaceOf(key) === on.name);
      if (here.length === 0) return [];
      const entries = here.map((key) => entryOf(on, key));
      const ready = prepareAddresses(on.link.index, entries, null);
      const [said] = this.parts.requests.remove([{ prepared: ready, addresses: [...here.keys()] }]);
      return [named(said!, here)];
    });
  }

  /** Each of them, in one line for all that went together: a node's addresses never change without a word. */
  #logRemovals(router: RouterId, outcomes: readonly AddressOutcome[], why = "no longer wanted"): void {
    const name = this.parts.routers().get(router)?.name ?? router;
    const removed = outcomes.filter(({ result }) => result === "done").map(({ address }) => address);
    if (removed.length === 0) return;
    const on = interfaceOf(removed[0]!);
    const addresses = removed.map(addressTextOf);
    const what = `${shortList(addresses)} ${addresses.length === 1 ? "was" : "were"} removed from ${on}`;
    const facts = { code: "address-removed", instance: name, addresses, interface: on };
    this.parts.logger.log("info", `(${name}) ${what}: ${why}`, facts);
  }

  /** Where the addresses are prepared, interface by interface; what is prepared nowhere has no interface any more. */
  #placesOf(router: RouterId, addresses: readonly AddressKey[]): Place[] {
    const outlet = this.parts.network.of(router);
    const places: Place[] = [];
    const elsewhere = outlet === null ? addresses : gather(places, outlet, router, addresses);
    for (const name of new Set(elsewhere.map(interfaceOf))) {
      const other = this.parts.network.on(name);
      if (other !== null && other !== outlet) gather(places, other, router, elsewhere);
    }
    return places;
  }

  announce(of: readonly RouterAddresses[]): void {
    this.#sendAddressFrames("announcements", of);
  }

  probe(of: readonly RouterAddresses[]): void {
    this.#sendAddressFrames("probes", of);
  }

  introduce(routers: readonly RouterId[]): void {
    const frames = new Frames();
    for (const router of routers) {
      const outlet = this.parts.network.of(router);
      const prepared = outlet?.prepared(router)?.introductions;
      if (outlet && prepared) frames.add(outlet, router, { prepared, addresses: [...prepared.keys()] });
    }
    this.#sendFrames(frames);
  }

  #sendAddressFrames(kind: "announcements" | "probes", of: readonly RouterAddresses[]): void {
    const frames = new Frames();
    for (const { router, addresses } of of) {
      for (const { outlet, ready, positions } of this.#placesOf(router, addresses)) {
        const prepared = ready[kind];
        if (prepared !== null) frames.add(outlet, router, { prepared, addresses: positions });
      }
    }
    this.#sendFrames(frames);
  }

  #sendFrames({ byOutlet }: Frames): void {
    for (const [{ announcer, name }, { router, batches }] of byOutlet) {
      if (announcer === null || announcer.send(batches) === 0) continue;
      const codes = [announcer.lastFailure];
      this.#failures.push({ type: "sendFailed", router, what: "announcement", on: name, codes, reached: 0 });
    }
  }

  acquireLock(router: RouterId): string | null {
    return this.parts.locks.acquire(this.#config(router));
  }

  notify({ router, state, priority }: EffectOf<"notify">): void {
    const { name, notify, fifo } = this.#config(router);
    if (fifo !== "none") this.parts.fifos.tell(lineOf("INSTANCE", name, state, priority));
    if (state === "MASTER_PRIORITY" || state === "BACKUP_PRIORITY") return;
    const commands = commandsFor(state, notify);
    if (commands.length > 0) this.parts.notifier.notify(name, { of: "INSTANCE", state, priority, commands });
  }

  /** A group has no priority, and says 0, as Keepalived's do. */
  notifyGroup({ group, state }: EffectOf<"notifyGroup">): void {
    const { notify = [], fifo = false } = this.parts.groups().find(({ name }) => name === group) ?? {};
    if (fifo) this.parts.fifos.tell(lineOf("GROUP", group, state, 0));
    const commands = commandsFor(state, notify);
    if (commands.length > 0) this.parts.notifier.notify(group, { of: "GROUP", state, priority: 0, commands });
  }

  /** In Keepalived's words, which operators look for. */
  logTransition({ router, from, to, cause }: EffectOf<"transition">): void {
    const { name } = this.#config(router);
    if (from === "MASTER") this.parts.vmacs.lower(router);
    const { code, text, facts } = cause;
    const level = to === "FAULT" ? "error" : "info";
    this.parts.logger.log(level, `(${name}) Entering ${to} STATE`, {
      code,
      instance: name,
      from,
      to,
      cause: text,
      ...facts,
    });
  }

  log({ level, code, message, facts }: EffectOf<"log">): void {
    this.parts.logger.log(level, message, { code, ...facts });
  }

  #config(router: RouterId): VirtualRouterConfig {
    return this.parts.routers().get(router)!;
  }
}

/** The frames of one burst, by where they leave. */
class Frames {
  /** `router`: the first that has some there. */
  readonly byOutlet = new Map<Outlet, { readonly router: RouterId; readonly batches: AnnouncementBatch[] }>();

  add(outlet: Outlet, router: RouterId, batch: AnnouncementBatch): void {
    const known = this.byOutlet.get(outlet);
    if (known === undefined) this.byOutlet.set(outlet, { router, batches: [batch] });
    else known.batches.push(batch);
  }
}

/** As the kernel has it, or would have it. */
function entryOf(on: InterfaceFacts, key: AddressKey) {
  const there = on.addresses.find((entry) => addressKey(on.name, entry) === key);
  const { address, prefixLength } = there ?? addressOf(key);
  return { address, prefixLength, peer: there?.peer ?? null };
}

/** Notes which of the addresses are prepared there, and returns the others. */
function gather(
  places: Place[],
  outlet: Outlet,
  router: RouterId,
  addresses: readonly AddressKey[],
): AddressKey[] {
  const ready = outlet.prepared(router);
  if (ready === null) return [...addresses];
  const [positions, keys, others]: [number[], AddressKey[], AddressKey[]] = [[], [], []];
  for (const address of addresses) {
    const position = ready.positions.get(address);
    if (position === undefined) others.push(address);
    else {
      positions.push(position);
      keys.push(address);
    }
  }
  if (keys.length > 0) places.push({ outlet, ready, positions, keys });
  return others;
}

/** What the kernel said of positions, said of addresses. */
function named(said: readonly RequestOutcome[], keys: readonly AddressKey[]): AddressOutcome[] {
  return said.map((outcome, at): AddressOutcome => ({ ...outcome, address: keys[at]! }));
}

/** One for each address; where the interface is gone, what was on it is too. */
function inOrder(
  operation: "add" | "remove",
  addresses: readonly AddressKey[],
  said: readonly AddressOutcome[][],
): AddressOutcome[] {
  const [only] = said;
  if (only?.length === addresses.length) return only;
  const byAddress = new Map(said.flat().map((outcome) => [outcome.address, outcome]));
  return addresses.map(
    (address): AddressOutcome =>
      byAddress.get(address) ??
      (operation === "remove" ? { address, result: "done" } : { address, result: "refused", code: "ENODEV" }),
  );
}
