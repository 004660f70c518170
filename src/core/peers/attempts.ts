/**
 * Adverts that were refused for the way that they came, and would have taken the addresses over otherwise: by an
 * attacker, or by a node whose configuration does not fit ours. The last one of each reason is kept, so that a flood
 * of forged sources neither fills the memory nor hides one of them.
 */
import type { Micros } from "../../base/time.js";
import type { DropReason } from "../../wire/advert.js";
import { nameOf, type SettingOrigins } from "../origin.js";

export interface Attempt {
  readonly reason: DropReason;
  /** Of the last one. */
  readonly source: string;
  readonly priority: number;
  readonly count: number;
  readonly lastAt: Micros;
}

const NOTHING = "Nothing accepts it:";

/** What would have to be set for it to be heard, or why nothing makes it heard: a sentence for log and status. */
export function whatAccepts(origins: SettingOrigins) {
  const [peers, minTtl] = [nameOf(origins.unicastPeers), nameOf(origins.unicastMinTtl)];
  return {
    ttl: `${NOTHING} multicast adverts must not cross a router. Find the router that forwards it, or the forger.`,
    "peer-ttl":
      `${NOTHING} this node's routes reach that peer without a router, so either the advert is forged, or a route is ` +
      "missing: look at ip route get, with the peer's address.",
    "min-ttl":
      `${minTtl} accepts it, if it is lowered to the TTL of that advert. Then it accepts forged adverts from as ` +
      "far away, too.",
    "unicast-destination": `${peers} accepts it, if it lists that sender: set it on all nodes or on none.`,
    "multicast-destination": `Nothing accepts it while ${peers} is set: set it on all nodes or on none.`,
    "foreign-peer": `${peers} accepts it, if it lists that sender; else stop the sender.`,
    "foreign-peer-ttl": `${peers} accepts it, if it lists that sender; else find who sends it through a router.`,
  } as const satisfies Partial<Record<DropReason, string>>;
}

export class Attempts {
  /** There are few reasons. */
  readonly #known = new Map<DropReason, Attempt>();

  note(now: Micros, reason: DropReason, source: string, priority: number): void {
    const count = (this.#known.get(reason)?.count ?? 0) + 1;
    this.#known.set(reason, { reason, source, priority, count, lastAt: now });
  }

  all(): readonly Attempt[] {
    return [...this.#known.values()];
  }
}
