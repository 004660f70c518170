/**
 * A master that has one of our addresses under another virtual router id (nodes with different offsets): two elections
 * over one address. It cannot be outranked there, so a claim waits until it has fallen silent
 * (`VRRPD_ID_CONFLICT=hold`). Two that wait are both silent, so that one of them claims.
 */
import type { IpAddress } from "../../base/address.js";
import type { Micros } from "../../base/time.js";
import type { Advert } from "../../wire/advert.js";
import type { VirtualRouterConfig } from "../config.js";
import { masterDownMicros, RELEASE_PRIORITY, skewMicros } from "../election.js";
import { type Cause, cause } from "./cause.js";

/** Of the virtual router that would claim. */
export interface ClaimingRouter {
  readonly config: VirtualRouterConfig;
  readonly priority: number;
}

interface Holder {
  readonly source: IpAddress;
  readonly virtualRouterId: number;
  readonly priority: number;
  /** Those of our addresses that it advertises. */
  readonly addresses: readonly string[];
  /** When its down interval ends. */
  readonly until: Micros;
}

export class IdConflict {
  /** Whose hold ends last; null: nobody was heard. */
  #holder: Holder | null = null;

  constructor(private readonly router: ClaimingRouter) {}

  /** @param addresses those of our addresses that are in it, at least one */
  hear(arrivedAt: Micros, source: IpAddress, advert: Advert, addresses: readonly string[]): void {
    if (advert.priority === RELEASE_PRIORITY && !this.#isHolder(source, advert)) return;
    const until = arrivedAt + this.#spanOf(advert);
    if (this.#holder !== null && this.#holder.until > until && !this.#isHolder(source, advert)) return;
    const { virtualRouterId, priority } = advert;
    this.#holder = { source, virtualRouterId, priority, addresses, until };
  }

  /** When a claim may come; null: now. */
  heldUntil(now: Micros): Micros | null {
    if (this.router.config.idConflict === "claim" || this.#holder === null) return null;
    return this.#holder.until > now ? this.#holder.until : null;
  }

  /** Why nothing is claimed. */
  causeOfHold(): Cause {
    const { source, virtualRouterId, priority, addresses } = this.#holder!;
    const text = `${source.text} advertises our ${addresses.join(", ")} under virtual router id ${virtualRouterId}; nothing is claimed while it does`;
    return cause("id-conflict", text, {
      rival: source.text,
      rivalPriority: priority,
      virtualRouterId,
      addresses,
    });
  }

  /** Why something is claimed that was held back. */
  causeOfClaim(): Cause {
    const { source, virtualRouterId, addresses } = this.#holder!;
    const text = `${source.text} no longer advertises our ${addresses.join(", ")} under virtual router id ${virtualRouterId}`;
    return cause("id-conflict-over", text, { rival: source.text, virtualRouterId, addresses });
  }

  /** Its down interval. After a release a backup of its own comes first: that has spoken within an interval. */
  #spanOf({ version, priority, advertIntervalMicros }: Advert): Micros {
    const { priority: ours, config } = this.router;
    if (priority !== RELEASE_PRIORITY)
      return masterDownMicros(version, ours, advertIntervalMicros, config.downTimerAdverts);
    return advertIntervalMicros + skewMicros(version, ours, advertIntervalMicros);
  }

  #isHolder(source: IpAddress, { virtualRouterId }: Advert): boolean {
    const holder = this.#holder;
    return holder?.source.text === source.text && holder.virtualRouterId === virtualRouterId;
  }
}
