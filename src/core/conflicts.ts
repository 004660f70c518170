/**
 * Another host that has one of our addresses while we are master: asked for rarely, since each question is a
 * broadcast, and reported. Hosts that announce or use such an address are heard without being asked.
 */
import { MICROS_PER_SECOND, type Micros } from "../base/time.js";
import type { AddressTable } from "./address-table.js";
import type { VirtualRouterConfig } from "./config.js";
import type { Counters } from "./counters.js";
import { Deadline, type Deadlines } from "./deadlines.js";
import type { RouterIndex } from "./input.js";
import type { Outbox } from "./outbox.js";

/** After this a former master has let go, and an answer is a conflict. */
const FIRST_PROBE_MICROS = 2 * MICROS_PER_SECOND;
/** A thousand addresses: a thousand small broadcasts in one batch, every five minutes. */
export const CONFLICT_PROBE_INTERVAL_MICROS = 300 * MICROS_PER_SECOND;

/** Of the virtual router that is watched. */
export interface WatchedRouter {
  readonly index: RouterIndex;
  readonly config: VirtualRouterConfig;
  readonly counters: Counters;
  readonly addresses: AddressTable;
}

/** What the routers of one host share; null: nobody is asked. */
export interface ConflictSurroundings {
  readonly deadlines: Deadlines;
  readonly outbox: Outbox;
  conflictProbeIntervalMicros(): Micros | null;
}

export class Conflicts {
  /** null: not master. */
  #masterSince: Micros | null = null;
  readonly #probe: Deadline;

  constructor(
    private readonly router: WatchedRouter,
    private readonly surroundings: ConflictSurroundings,
  ) {
    this.#probe = new Deadline("probe for conflicts", router.config.name, (now) => this.#probeDue(now));
  }

  onMaster(now: Micros): void {
    this.#masterSince = now;
    if (this.surroundings.conflictProbeIntervalMicros() === null) return;
    this.surroundings.deadlines.set(this.#probe, now + FIRST_PROBE_MICROS);
  }

  /** No longer master. */
  stop(): void {
    this.#masterSince = null;
    this.surroundings.deadlines.clear(this.#probe);
  }

  /** Another host answers for one of the virtual addresses. @param mac as text */
  onConflict(now: Micros, address: number, mac: string): void {
    const { config, counters, index, addresses } = this.router;
    // A former master may answer until it has heard our first adverts.
    if (this.#masterSince === null || now - this.#masterSince < config.advertIntervalMicros) return;
    counters.addressConflicts += 1;
    const { text } = config.virtualAddresses[address]!.address;
    this.surroundings.outbox.complain(now, `conflict ${config.name} ${text} ${mac}`, () => ({
      level: "error",
      code: "address-conflict",
      router: index,
      message: `(${config.name}) ${text} is also answered by ${mac}`,
      facts: { address: text, mac },
    }));
    addresses.defend(now, address);
  }

  #probeDue(now: Micros): void {
    const interval = this.surroundings.conflictProbeIntervalMicros();
    if (interval === null) return;
    this.surroundings.deadlines.set(this.#probe, now + interval);
    const present = this.router.addresses.entries.filter(({ isPresent }) => isPresent);
    if (present.length === 0) return;
    const addresses = present.map(({ index }) => index);
    this.surroundings.outbox.emit({ type: "probeAddresses", router: this.router.index, addresses });
  }
}
