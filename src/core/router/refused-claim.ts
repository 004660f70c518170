/**
 * A master for which the kernel adds none of its addresses: it serves nobody, and keeps those away who could. It gives
 * way after a while, and tries one address from time to time; what the kernel takes then is removed at once.
 */
import type { Micros } from "../../base/time.js";
import { MICROS_PER_SECOND } from "../../base/time.js";
import type { AddressTable } from "../addresses/table.js";
import type { VirtualRouterConfig } from "../config.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import { masterDownMicros } from "../election.js";
import type { AddressOutcome } from "../input.js";
import { type Cause, cause } from "./cause.js";
import { DoublingPause } from "./doubling-pause.js";
import type { State } from "./state.js";

/** A shortage of memory may last so long. */
const TOLERATED_MICROS: Micros = 3 * MICROS_PER_SECOND;

/** Of the virtual router that claims. */
export interface RefusedRouter {
  readonly config: VirtualRouterConfig;
  readonly priority: number;
  readonly state: State;
  readonly addresses: AddressTable;
  evaluate(now: Micros): void;
}

export class RefusedClaim {
  /** null: the kernel has taken one, or was not asked. */
  #refusedSince: Micros | null = null;
  /** Errno name; null: it takes part. */
  #errno: string | null = null;
  readonly #pause = new DoublingPause();
  readonly #trial: Deadline;

  constructor(
    private readonly router: RefusedRouter,
    private readonly deadlines: Deadlines,
  ) {
    this.#trial = new Deadline("trial address", router.config.name, (now) => {
      deadlines.set(this.#trial, now + this.#pause.next());
      router.addresses.tryOne();
    });
  }

  /** Why it may not take part; null: it may. */
  get impediment(): Cause | null {
    if (this.#errno === null) return null;
    return cause("addresses-refused", `the kernel takes none of its addresses (${this.#errno})`, {
      errno: this.#errno,
    });
  }

  onMaster(): void {
    this.#refusedSince = null;
  }

  /** The kernel has answered. */
  onAdded(now: Micros, outcomes: readonly AddressOutcome[]): void {
    const refused = outcomes.find((outcome) => outcome.result === "refused");
    if (this.router.state === "MASTER") return this.#judge(now, refused?.code ?? null);
    if (this.#errno === null || refused !== undefined) return;
    this.#pause.end(now);
    this.stop();
    this.router.evaluate(now);
  }

  /** It ends. */
  stop(): void {
    this.#errno = null;
    this.deadlines.clear(this.#trial);
  }

  #judge(now: Micros, errno: string | null): void {
    const { config, priority, addresses } = this.router;
    if (errno === null || !addresses.areAllRefused) {
      this.#refusedSince = null;
      return;
    }
    this.#refusedSince ??= now;
    const { version, advertIntervalMicros, downTimerAdverts } = config;
    const down = masterDownMicros(version, priority, advertIntervalMicros, downTimerAdverts);
    if (now - this.#refusedSince < Math.max(down, TOLERATED_MICROS)) return;
    this.#errno = errno;
    this.deadlines.set(this.#trial, now + this.#pause.first(now));
    this.router.evaluate(now);
  }
}
