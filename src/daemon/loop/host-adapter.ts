/** This host as the effects see it: everything a wake-up sends goes out of prepared buffers, in as few calls as there are kinds. */
import { getSystemErrorName } from "node:util";
import type { Family } from "../../base/address.js";
import { shortList } from "../../base/lists.js";
import type { VirtualRouterConfig } from "../../core/config.js";
import { type AddressKey, addressTextOf, type RouterId } from "../../core/identity.js";
import type { AddressOutcome, Input } from "../../core/input.js";
import { packetOf } from "../../host/adverts/prepare.js";
import type { AdvertSocket } from "../../host/adverts/socket.js";
import type { AnnouncementBatch, Announcer } from "../../host/announce/announcer.js";
import type { Logger } from "../../host/log/index.js";
import type { AddressBatch, AddressRequests, RequestOutcome } from "../../host/netlink/requests.js";
import type { Notifier } from "../../host/scripts/notify.js";
import type { Locks } from "../locks/locks.js";
import type { PreparedRouter } from "../network/interface.js";
import type { EffectOf, Host, RouterAddresses } from "./effects.js";

/** One interface, as far as something is sent there. */
export interface Outlet {
  socket(family: Family): Pick<AdvertSocket, "send"> | null;
  prepared(router: RouterId): PreparedRouter | null;
  readonly announcer: Pick<Announcer, "send" | "lastFailure"> | null;
}

export interface MachineParts {
  readonly network: { of(router: RouterId): Outlet };
  readonly requests: Pick<AddressRequests, "add" | "remove">;
  readonly locks: Pick<Locks, "acquire">;
  readonly notifier: Pick<Notifier, "notify">;
  readonly logger: Pick<Logger, "log">;
  readonly routers: () => ReadonlyMap<RouterId, VirtualRouterConfig>;
}

type Frames = Pick<RouterAddresses, "router"> & Partial<RouterAddresses>;

export class HostAdapter implements Host {
  #failures: Input[] = [];

  constructor(private readonly parts: MachineParts) {}

  /** What could not be sent since the last call. */
  takeFailures(): Input[] {
    const failures = this.#failures;
    this.#failures = [];
    return failures;
  }

  sendAdverts(effects: readonly EffectOf<"sendAdvert">[]): void {
    for (const { router, what, priority } of effects) {
      const networkInterface = this.parts.network.of(router);
      const socket = networkInterface.socket(this.#config(router).family);
      const adverts = networkInterface.prepared(router)?.adverts ?? [];
      if (socket === null || adverts.length === 0) {
        this.#failures.push({ type: "sendFailed", router, what, codes: ["ENODEV"], reached: 0 });
        continue;
      }
      const codes: string[] = [];
      for (const advert of adverts) {
        const errno = socket.send(packetOf(advert, priority), advert.destination);
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
      const prepared = this.parts.network.of(router).prepared(router);
      const positions = prepared && positionsIn(prepared, addresses);
      return positions && { prepared: prepared.addresses, addresses: positions };
    });
    const sent = batches.filter((batch) => batch !== null);
    const outcomes = this.parts.requests[operation](sent).values();
    return batches.map((batch, position) => {
      const { addresses } = of[position]!;
      if (batch === null) return withoutInterface(operation, addresses);
      const said: RequestOutcome[] = outcomes.next().value!;
      const results = said.map((outcome, at): AddressOutcome => ({ ...outcome, address: addresses[at]! }));
      if (operation === "remove") this.#logRemovals(of[position]!, results);
      return results;
    });
  }

  /** Each of them, in one line for all that went together: a node's addresses never change without a word. */
  #logRemovals({ router, why }: RouterAddresses, outcomes: readonly AddressOutcome[]): void {
    const { name, interface: on } = this.#config(router);
    const addresses = outcomes
      .filter(({ result }) => result === "done")
      .map(({ address }) => addressTextOf(address));
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

  introduce(routers: readonly RouterId[]): void {
    this.#sendFrames(
      "introductions",
      routers.map((router) => ({ router })),
    );
  }

  /** `addresses` left out: all that is prepared. */
  #sendFrames(kind: "announcements" | "probes" | "introductions", of: readonly Frames[]): void {
    const byInterface = new Map<Outlet, AnnouncementBatch[]>();
    for (const { router, addresses } of of) {
      const networkInterface = this.parts.network.of(router);
      const ready = networkInterface.prepared(router);
      const prepared = ready?.[kind];
      if (!ready || !prepared) continue;
      const positions = addresses === undefined ? [...prepared.keys()] : positionsIn(ready, addresses);
      if (positions === null) continue;
      const batches = byInterface.get(networkInterface) ?? [];
      batches.push({ prepared, addresses: positions });
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

  acquireLock(router: RouterId): string | null {
    return this.parts.locks.acquire(this.#config(router));
  }

  notify({ router, state, priority }: EffectOf<"notify">): void {
    const { name, notify } = this.#config(router);
    for (const { command } of notify) this.parts.notifier.notify(name, { command, state, priority });
  }

  /** In Keepalived's words, which operators look for. */
  logTransition({ router, from, to, cause }: EffectOf<"transition">): void {
    const { name } = this.#config(router);
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

/** null: one of them is on an interface that its virtual router has left. */
function positionsIn({ positions }: PreparedRouter, addresses: readonly AddressKey[]): number[] | null {
  const found: number[] = [];
  for (const address of addresses) {
    const position = positions.get(address);
    if (position === undefined) return null;
    found.push(position);
  }
  return found;
}

/** The interface is gone: what was on it is too. */
function withoutInterface(operation: "add" | "remove", addresses: readonly AddressKey[]): AddressOutcome[] {
  return addresses.map((address) =>
    operation === "remove" ? { address, result: "done" } : { address, result: "refused", code: "ENODEV" },
  );
}
