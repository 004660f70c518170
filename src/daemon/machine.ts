/** This machine as the effects see it: everything a wake-up sends goes out of prepared buffers, in as few calls as there are kinds. */
import { getSystemErrorName } from "node:util";
import { type Family, formatWithPrefix } from "../base/address.js";
import { shortList } from "../base/lists.js";
import type { VirtualRouterConfig } from "../core/config.js";
import type { AddressOutcome, Input, RouterIndex } from "../core/input.js";
import type { AdvertSocket } from "../host/adverts/socket.js";
import type { AnnouncementBatch, Announcer } from "../host/announce/announcer.js";
import type { Logger } from "../host/log.js";
import type { AddressBatch, AddressRequests } from "../host/netlink/requests.js";
import type { Notifier } from "../host/scripts/notify.js";
import type { EffectOf, Host, RouterAddresses } from "./effects.js";
import type { Locks } from "./locks.js";
import type { PreparedRouter } from "./network-interface.js";

/** One interface, as far as something is sent there. */
export interface Outlet {
  socket(family: Family): Pick<AdvertSocket, "send"> | null;
  prepared(router: RouterIndex): PreparedRouter | null;
  readonly announcer: Pick<Announcer, "send" | "lastFailure"> | null;
}

export interface MachineParts {
  readonly network: { of(router: RouterIndex): Outlet };
  readonly requests: Pick<AddressRequests, "add" | "remove">;
  readonly locks: Pick<Locks, "acquire">;
  readonly notifier: Pick<Notifier, "notify">;
  readonly logger: Pick<Logger, "log">;
  readonly routers: () => readonly VirtualRouterConfig[];
}

export class Machine implements Host {
  #failures: Input[] = [];

  constructor(private readonly parts: MachineParts) {}

  /** What could not be sent since the last call. */
  takeFailures(): Input[] {
    const failures = this.#failures;
    this.#failures = [];
    return failures;
  }

  sendAdverts(effects: readonly EffectOf<"sendAdvert">[]): void {
    for (const { router, release, trial } of effects) {
      const what = release ? "release" : trial === true ? "trial" : "advert";
      const networkInterface = this.parts.network.of(router);
      const socket = networkInterface.socket(this.#config(router).family);
      const adverts = networkInterface.prepared(router)?.adverts ?? [];
      if (socket === null || adverts.length === 0) {
        this.#failures.push({ type: "sendFailed", router, what, codes: ["ENODEV"], reached: 0 });
        continue;
      }
      const codes: string[] = [];
      for (const advert of adverts) {
        const packet = what === "advert" ? advert.normal : advert[what];
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
    const batches = of.map(({ router, addresses }): AddressBatch | null => {
      const prepared = this.parts.network.of(router).prepared(router)?.addresses;
      return prepared === undefined ? null : { prepared, addresses };
    });
    const sent = batches.filter((batch) => batch !== null);
    const outcomes = this.parts.requests[operation](sent).values();
    return batches.map((batch, position) => {
      if (batch === null) return withoutInterface(operation, of[position]!.addresses);
      const results = outcomes.next().value!;
      if (operation === "remove") this.#logRemovals(of[position]!, results);
      return results;
    });
  }

  /** Each of them, in one line for all that went together: a node's addresses never change without a word. */
  #logRemovals({ router, why }: RouterAddresses, outcomes: readonly AddressOutcome[]): void {
    const { name, interface: on, virtualAddresses } = this.#config(router);
    const addresses = outcomes
      .filter(({ result }) => result === "done")
      .map(({ address }) => formatWithPrefix(virtualAddresses[address]!));
    if (addresses.length === 0) return;
    const what = `${shortList(addresses)} ${addresses.length === 1 ? "was" : "were"} removed from ${on}`;
    const facts = { code: "address-removed", instance: name, addresses, interface: on };
    this.parts.logger.log("info", `(${name}) ${what}: ${why ?? "no longer wanted"}`, facts);
  }

  announce(of: readonly RouterAddresses[]): void {
    this.#sendFrames("announcements", of);
  }

  probe(of: readonly RouterAddresses[]): void {
    this.#sendFrames("probes", of);
  }

  introduce(routers: readonly RouterIndex[]): void {
    const frames = (router: RouterIndex) =>
      this.parts.network.of(router).prepared(router)?.introductions ?? [];
    this.#sendFrames(
      "introductions",
      routers.map((router) => ({ router, addresses: [...frames(router).keys()] })),
    );
  }

  #sendFrames(kind: "announcements" | "probes" | "introductions", of: readonly RouterAddresses[]): void {
    const byInterface = new Map<Outlet, AnnouncementBatch[]>();
    for (const { router, addresses } of of) {
      const networkInterface = this.parts.network.of(router);
      const prepared = networkInterface.prepared(router)?.[kind];
      if (!prepared) continue;
      const batches = byInterface.get(networkInterface) ?? [];
      batches.push({ prepared, addresses });
      byInterface.set(networkInterface, batches);
    }
    for (const [networkInterface, batches] of byInterface) {
      const { announcer } = networkInterface;
      if (announcer === null || announcer.send(batches) === 0) continue;
      this.#failures.push({
        type: "sendFailed",
        router: of[0]!.router,
        what: "announcement",
        codes: [announcer.lastFailure],
        reached: 0,
      });
    }
  }

  acquireLock(router: number): string | null {
    return this.parts.locks.acquire(this.#config(router));
  }

  notify({ router, state, priority }: EffectOf<"notify">): void {
    const { name, notifyCommand } = this.#config(router);
    if (notifyCommand !== null) this.parts.notifier.notify(name, { command: notifyCommand, state, priority });
  }

  log({ level, code, message, facts }: EffectOf<"log">): void {
    this.parts.logger.log(level, message, { code, ...facts });
  }

  #config(router: number): VirtualRouterConfig {
    return this.parts.routers()[router]!;
  }
}

/** The interface is gone: what was on it is too. */
function withoutInterface(operation: "add" | "remove", addresses: readonly number[]): AddressOutcome[] {
  return addresses.map((address) =>
    operation === "remove" ? { address, result: "done" } : { address, result: "refused", code: "ENODEV" },
  );
}
