/**
 * The addresses of one simulated host as its kernel keeps them: with leases that end up to 1.1 s late, requests that
 * it may refuse, and others who add and remove what is not theirs. Requests are answered at once.
 */
import { MICROS_PER_SECOND, type Micros } from "../../src/base/time.js";
import type { InterfaceAddress } from "../../src/core/input.js";
import { PLAIN } from "../core/values.js";
import type { Prng } from "./prng.js";
import type { RouterSpec } from "./scenario.js";

/** Measured: with addresses of mixed ages the kernel ends a lease up to this much late. */
export const LEASE_LATENESS_MICROS: Micros = 1.1 * MICROS_PER_SECOND;

export interface HeldAddress {
  /** When its lease ends; Infinity: never. */
  expiresAt: Micros;
  /** When it was last added by the daemon, or by somebody else. */
  renewedAt: Micros;
  /** Carries vrrpd's mark. */
  readonly marked: boolean;
  readonly leaseSeconds: number | null;
}

export type Removal = "lease" | "meddling" | "flush";

export interface KernelHooks {
  readonly now: () => Micros;
  readonly schedule: (at: Micros, run: () => void) => void;
  /** An address went that the daemon had not asked to go. */
  readonly onRemoved: (router: number, address: number, held: HeldAddress, why: Removal) => void;
  readonly onAdded: (router: number, address: number) => void;
}

export class Kernel {
  readonly #held: (HeldAddress | null)[][];
  /** How many addresses of each virtual router are there. */
  readonly counts: number[];
  /** Probabilities of refusing a request, while a fault says so. */
  refuses: { readonly add: number; readonly remove: number } = { add: 0, remove: 0 };
  refusedAt: Micros = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly routers: readonly RouterSpec[],
    private readonly rng: Prng,
    private readonly hooks: KernelHooks,
  ) {
    this.#held = routers.map((router) => router.pool.map(() => null));
    this.counts = routers.map(() => 0);
  }

  held(router: number, address: number): HeldAddress | null {
    return this.#held[router]![address]!;
  }

  /** Those of a virtual router that carry vrrpd's mark. */
  heldByUs(router: number): number[] {
    return this.#held[router]!.flatMap((held, address) => (held?.marked ? [address] : []));
  }

  /** Adds or renews for the daemon; returns an errno name, or null: done. */
  add(router: number, address: number, leaseSeconds: number | null): string | null {
    if (this.rng.next() < this.refuses.add) return this.#refuse();
    this.#put(router, address, leaseSeconds, true);
    return null;
  }

  /** Removes for the daemon; what is not there is done. */
  remove(router: number, address: number): string | null {
    if (this.rng.next() < this.refuses.remove) return this.#refuse();
    this.#drop(router, address);
    return null;
  }

  /** Somebody else removes it. */
  meddleRemove(router: number, address: number): void {
    this.#vanish(router, address, "meddling");
  }

  /** Somebody else adds it, for ever; nothing where it is already. */
  meddleAdd(router: number, address: number): void {
    if (this.held(router, address) !== null) return;
    this.#put(router, address, null, false);
    this.hooks.onAdded(router, address);
  }

  /** The interface went away (all), or down (IPv6 only). */
  flush(only: "ipv6" | null): void {
    for (const [router, spec] of this.routers.entries()) {
      if (only !== null && spec.family !== only) continue;
      for (const address of spec.pool.keys()) this.#vanish(router, address, "flush");
    }
  }

  /** What a dump shows of one virtual address. */
  describe(router: number, address: number): InterfaceAddress {
    const held = this.held(router, address);
    return {
      ...this.routers[router]!.pool[address]!,
      ...PLAIN,
      validSeconds: held?.leaseSeconds ?? null,
      marked: held?.marked ?? false,
    };
  }

  dump(): InterfaceAddress[] {
    const found: InterfaceAddress[] = [];
    for (const [router, addresses] of this.#held.entries()) {
      for (const [address, held] of addresses.entries()) {
        if (held !== null) found.push(this.describe(router, address));
      }
    }
    return found;
  }

  #refuse(): string {
    this.refusedAt = this.hooks.now();
    return "ENOMEM";
  }

  #put(router: number, address: number, leaseSeconds: number | null, marked: boolean): void {
    const now = this.hooks.now();
    const before = this.held(router, address);
    const expiresAt =
      leaseSeconds === null ? Number.POSITIVE_INFINITY : now + leaseSeconds * MICROS_PER_SECOND;
    if (before !== null && before.marked === marked && before.leaseSeconds === leaseSeconds) {
      before.expiresAt = expiresAt;
      before.renewedAt = now;
      return;
    }
    if (before === null) this.counts[router]! += 1;
    const held = { expiresAt, renewedAt: now, marked, leaseSeconds };
    this.#held[router]![address] = held;
    if (leaseSeconds !== null) this.#watchLease(router, address, held);
  }

  #watchLease(router: number, address: number, held: HeldAddress): void {
    const planned = held.expiresAt;
    this.hooks.schedule(planned + this.rng.next() * LEASE_LATENESS_MICROS, () => {
      if (this.held(router, address) !== held) return;
      if (held.expiresAt > planned) this.#watchLease(router, address, held);
      else this.#vanish(router, address, "lease");
    });
  }

  #vanish(router: number, address: number, why: Removal): void {
    const held = this.held(router, address);
    if (held === null) return;
    this.#drop(router, address);
    this.hooks.onRemoved(router, address, held, why);
  }

  #drop(router: number, address: number): void {
    if (this.held(router, address) === null) return;
    this.counts[router]! -= 1;
    this.#held[router]![address] = null;
  }
}
