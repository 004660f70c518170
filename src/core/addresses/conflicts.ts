/**
 * Finds and reports hosts that have one of our addresses while we are master. They are asked for rarely, since each
 * question is a broadcast; hosts that announce such an address are heard without being asked.
 */
import type { MacAddress } from "../../base/mac.js";
import { MICROS_PER_SECOND, type Micros } from "../../base/time.js";
import type { VirtualRouterConfig } from "../config.js";
import type { Counters } from "../counters.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import { type AddressKey, addressTextOf, interfaceOf, type RouterId } from "../identity.js";
import type { LinkState } from "../input.js";
import type { Outbox } from "../outbox.js";
import type { AddressTable } from "./table.js";

/** After this a former master has let go, and an answer is a conflict. */
const FIRST_PROBE_MICROS = 2 * MICROS_PER_SECOND;
/** A thousand addresses: a thousand small broadcasts in one batch, every five minutes. */
export const CONFLICT_PROBE_INTERVAL_MICROS = 300 * MICROS_PER_SECOND;
/** DEFEND_INTERVAL of RFC 5227 §1.1: more often, and two that both defend would never end. */
const DEFENCE_INTERVAL_MICROS = 10 * MICROS_PER_SECOND;

/** Masters whose MAC addresses are remembered. */
const HOLDERS_KEPT = 8;

/** Of the virtual router that is watched. */
export interface WatchedRouter {
  readonly id: RouterId;
  readonly config: VirtualRouterConfig;
  readonly counters: Counters;
  readonly addresses: AddressTable;
  /** The master that this node follows; null: nobody. */
  readonly followed: string | null;
}

/** What the routers of one host share; null: nobody is asked. */
export interface ConflictSurroundings {
  readonly deadlines: Deadlines;
  readonly outbox: Outbox;
  conflictProbeIntervalMicros(): Micros | null;
  view(interfaceName: string): { readonly link: LinkState | null | undefined };
}

export class Conflicts {
  /** null: not master. */
  #masterSince: Micros | null = null;
  /** The addresses that another host was heard to have, asked for again until it no longer answers. */
  readonly #contested = new Map<AddressKey, { mac: string; heardAt: Micros; defendedAt: Micros }>();
  /** MAC addresses of masters, by their addresses; the one that was learned first is first. */
  readonly #holders = new Map<string, string>();
  #probedAt: Micros = Number.NEGATIVE_INFINITY;
  #probedAllAt: Micros = Number.NEGATIVE_INFINITY;
  readonly #probe: Deadline;

  constructor(
    private readonly router: WatchedRouter,
    private readonly surroundings: ConflictSurroundings,
  ) {
    this.#probe = new Deadline("probe for conflicts", router.config.name, (now) => this.#probeDue(now));
  }

  onMaster(now: Micros): void {
    this.#masterSince = now;
    this.#probedAllAt = Number.NEGATIVE_INFINITY;
    if (this.#interval === null) return;
    this.surroundings.deadlines.set(this.#probe, now + FIRST_PROBE_MICROS);
  }

  /** No longer master. */
  stop(): void {
    this.#masterSince = null;
    this.#contested.clear();
    this.surroundings.deadlines.clear(this.#probe);
  }

  /** Asks for all addresses, so that whoever is master now announces them once more. */
  ask(): void {
    if (this.#interval !== null) this.#emit(this.router.addresses.entries.map(({ key }) => key));
  }

  /** Another host asks whether anybody has the address: the answer is for all. */
  onProbed(now: Micros, address: AddressKey, mac: MacAddress): void {
    if (this.#masterSince !== null && !this.#isOurs(address, mac))
      this.router.addresses.announcing.contestOne(now, address);
  }

  /** Another host answers for one of the virtual addresses. */
  onConflict(now: Micros, address: AddressKey, mac: MacAddress): void {
    const { config, counters, id, addresses } = this.router;
    if (this.#isOurs(address, mac)) return;
    this.#learn(mac);
    // A former master may answer until it has heard our first adverts.
    if (this.#masterSince === null || now - this.#masterSince < config.advertIntervalMicros) return;
    counters.addressConflicts += 1;
    const text = addressTextOf(address).replace(/\/.*/, "");
    this.surroundings.outbox.complain(
      now,
      { what: `conflict ${config.name} ${text}`, whom: mac.text },
      () => ({
        level: "error",
        code: "address-conflict",
        router: id,
        message: `(${config.name}) ${text} is also answered by ${mac.text}`,
        facts: { address: text, mac: mac.text },
      }),
    );
    const { defendedAt } = this.#contested.get(address) ?? { defendedAt: Number.NEGATIVE_INFINITY };
    const defends = now - defendedAt >= DEFENCE_INTERVAL_MICROS;
    this.#contested.set(address, { mac: mac.text, heardAt: now, defendedAt: defends ? now : defendedAt });
    if (defends) addresses.announcing.contestOne(now, address);
    if (this.#interval !== null) this.#probeBy(now + DEFENCE_INTERVAL_MICROS);
  }

  /** Whose MAC address was heard to have it, as text; null: nobody's, or no longer. */
  claimantOf(address: AddressKey): string | null {
    return this.#contested.get(address)?.mac ?? null;
  }

  /** As text; null: it is not known. */
  macOf(speaker: string): string | null {
    return this.#holders.get(speaker) ?? null;
  }

  /** Whoever answers for the addresses while this node follows a master is that master. */
  #learn({ text }: MacAddress): void {
    const { followed } = this.router;
    if (this.#masterSince !== null || followed === null) return;
    this.#holders.delete(followed);
    this.#holders.set(followed, text);
    if (this.#holders.size > HOLDERS_KEPT) this.#holders.delete(this.#holders.keys().next().value!);
  }

  /** A bridge or a bond may send our own frames back to us. */
  #isOurs(address: AddressKey, mac: MacAddress): boolean {
    return mac.text === this.surroundings.view(interfaceOf(address)).link?.mac?.text;
  }

  get #interval(): Micros | null {
    return this.surroundings.conflictProbeIntervalMicros();
  }

  #probeBy(at: Micros): void {
    if (!this.#probe.armed || this.#probe.at > at) this.surroundings.deadlines.set(this.#probe, at);
  }

  #probeDue(now: Micros): void {
    const interval = this.#interval;
    if (interval === null) return;
    for (const [address, { heardAt }] of this.#contested) {
      if (heardAt >= this.#probedAt) continue;
      // It has let go; neighbours may have learned it last.
      this.#contested.delete(address);
      this.router.addresses.announcing.contestOne(now, address);
    }
    const all = now - this.#probedAllAt >= interval;
    if (all) this.#probedAllAt = now;
    const present = this.router.addresses.entries.filter(({ isPresent }) => isPresent);
    this.#emit(present.map(({ key }) => key).filter((key) => all || this.#contested.has(key)));
    this.#probedAt = now;
    this.#probeBy(this.#contested.size > 0 ? now + DEFENCE_INTERVAL_MICROS : this.#probedAllAt + interval);
  }

  #emit(addresses: readonly AddressKey[]): void {
    if (addresses.length === 0) return;
    this.surroundings.outbox.emit({ type: "probeAddresses", router: this.router.id, addresses });
  }
}
