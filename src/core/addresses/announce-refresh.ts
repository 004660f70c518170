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
    const { refresh } = this.router.config.announcements;
    if (refresh !== null) this.deadlines.set(this.#deadline, now + refresh.everyMicros);
  }

  /** No longer master. */
  stop(): void {
    this.deadlines.clear(this.#deadline);
  }
}
