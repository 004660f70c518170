/**
 * Announcements of a master without a cause, at an interval (Keepalived's garp_master_refresh): for switches and
 * neighbours that lost, or never got, those of the takeover.
 */
import type { Micros } from "../../base/time.js";
import type { VirtualRouterConfig } from "../config.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import type { AddressTable } from "./table.js";

/** Of the virtual router that may be master. */
export interface RefreshingRouter {
  readonly config: VirtualRouterConfig;
  readonly addresses: AddressTable;
}

export class AnnounceRefresh {
  readonly #deadline: Deadline;
  /** null: no refresh is planned. */
  #everyMicros: Micros | null = null;

  constructor(
    private readonly router: RefreshingRouter,
    private readonly deadlines: Deadlines,
  ) {
    this.#deadline = new Deadline("announce refresh", router.config.name, (now) => {
      router.addresses.announcing.refresh(now);
      this.onMaster(now);
    });
  }

  /** From now on. */
  onMaster(now: Micros): void {
    this.#everyMicros = this.router.config.announcements.refresh?.everyMicros ?? null;
    if (this.#everyMicros === null) this.stop();
    else this.deadlines.set(this.#deadline, now + this.#everyMicros);
  }

  /** Of a master: another interval counts from now on. */
  configure(now: Micros): void {
    const { refresh } = this.router.config.announcements;
    if ((refresh?.everyMicros ?? null) !== this.#everyMicros) this.onMaster(now);
  }

  /** No longer master. */
  stop(): void {
    this.deadlines.clear(this.#deadline);
  }
}
