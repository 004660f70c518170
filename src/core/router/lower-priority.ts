/**
 * A master has heard a rival that does not outrank it. Scripts are told (Keepalived's `notify_master_rx_lower_pri`): at
 * each advert but a release, whatever else comes of it, and only so often, since anybody can send such adverts.
 */
import type { Micros } from "../../base/time.js";
import type { VirtualRouterConfig } from "../config.js";
import type { RouterId } from "../identity.js";
import { MinuteBudget } from "../minute-budget.js";
import type { Outbox } from "../outbox.js";

const NOTICES_PER_MINUTE = 60;

/** Of the virtual router that is master. */
export interface TellingRouter {
  readonly id: RouterId;
  readonly config: VirtualRouterConfig;
  readonly priority: number;
}

export class LowerPriority {
  readonly #budget = new MinuteBudget(NOTICES_PER_MINUTE);

  constructor(
    private readonly router: TellingRouter,
    private readonly outbox: Outbox,
  ) {}

  /** @param rival the address that it speaks from */
  onRival(now: Micros, rival: string): void {
    const { id, config, priority } = this.router;
    if (config.fifo === "none" && !config.notify.some(({ on }) => on === "LOWER_PRIORITY")) return;
    if (this.#budget.availableAt(now) > now) return this.#leaveOut(now, rival);
    this.#budget.spend(now);
    this.outbox.emit({ type: "notify", router: id, state: "LOWER_PRIORITY", priority });
  }

  #leaveOut(now: Micros, rival: string): void {
    const { id, config } = this.router;
    const what = "notify scripts and FIFOs are not told of each advert of lower priority";
    this.outbox.complain(now, { what: `notify limit ${config.name}` }, () => ({
      level: "warn",
      code: "notify-limited",
      router: id,
      message: `(${config.name}) ${what}: more than ${NOTICES_PER_MINUTE} a minute come in, the last one from ${rival}`,
      facts: { rival },
    }));
  }
}
