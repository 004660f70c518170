/**
 * The pause between two announcements of a family on one interface, whichever virtual routers they are of (Keepalived's
 * `vrrp_garp_interval` and `vrrp_gna_interval`).
 */
import type { Family } from "../../base/address.js";
import type { Micros } from "../../base/time.js";

export class AnnouncementPace {
  readonly #freeAt = new Map<string, Micros>();

  /** The earliest time, from `from` on, at which one may go. */
  availableAt(from: Micros, interfaceName: string, family: Family): Micros {
    return Math.max(from, this.#freeAt.get(`${interfaceName} ${family}`) ?? from);
  }

  spend(now: Micros, interfaceName: string, family: Family, pauseMicros: Micros): void {
    this.#freeAt.set(`${interfaceName} ${family}`, now + pauseMicros);
  }
}
