/**
 * When the kernel lifetimes of the virtual addresses are renewed: for the whole host in one batch, because each
 * renewal wakes every netlink listener of the host and staggered ones make the kernel late in ending them.
 */
import { MICROS_PER_SECOND, type Micros } from "../../base/time.js";
import { Deadline, type Deadlines } from "../deadlines.js";

/** With `fast`, a third of the lease may pass before the next advert renews it. */
const FAST_RENEWALS_PER_LEASE = 3;

export class Leases {
  /** Renew with the adverts: at least this long after the last time; null: not so. */
  #fastGapMicros: Micros | null = null;
  #intervalMicros: Micros | null = null;
  #renewedAt: Micros = Number.NEGATIVE_INFINITY;
  #due = false;
  readonly #deadline: Deadline;

  constructor(private readonly deadlines: Deadlines) {
    this.#deadline = new Deadline("renew leases", null, () => {
      this.#due = true;
    });
  }

  configure(leaseSeconds: number | null, intervalMicros: Micros | null): void {
    this.#intervalMicros = intervalMicros;
    const fast = leaseSeconds !== null && intervalMicros === null;
    this.#fastGapMicros = fast ? (leaseSeconds * MICROS_PER_SECOND) / FAST_RENEWALS_PER_LEASE : null;
    if (intervalMicros === null) this.deadlines.clear(this.#deadline);
  }

  /** A virtual router became master; its own addresses have just begun a lease. */
  onClaim(now: Micros): void {
    if (this.#intervalMicros !== null && !this.#deadline.armed) {
      this.deadlines.set(this.#deadline, now + this.#intervalMicros);
    }
  }

  /** An advert goes out in this wake-up. */
  withAdvert(now: Micros): void {
    if (this.#fastGapMicros !== null && now - this.#renewedAt >= this.#fastGapMicros) this.#due = true;
  }

  /** Nothing goes out for a while from now on: they have to last for it. */
  beforeSilence(): void {
    if (this.#fastGapMicros !== null) this.#due = true;
  }

  /** All leases of the host are to be renewed now. */
  get due(): boolean {
    return this.#due;
  }

  /** They were renewed. `held`: there was any; without one nothing is waited for. */
  onRenewal(now: Micros, held: boolean): void {
    this.#due = false;
    if (!held) return;
    this.#renewedAt = now;
    if (this.#intervalMicros !== null) this.deadlines.set(this.#deadline, now + this.#intervalMicros);
  }
}
