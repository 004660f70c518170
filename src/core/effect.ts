/** What the core wants done. The host carries effects out in this order of kinds, all of one wake-up together. */
import type { Facts, LogLevel } from "../base/log-line.js";
import type { Told } from "./fifo.js";
import type { FixtureConfig } from "./fixture.js";
import type { AddressKey, RouterId } from "./identity.js";
import type { NotifyState } from "./notify.js";
import type { Transition } from "./router/state.js";

/** A master's, one that ends a mastership (priority 0), or one of somebody whose adverts the kernel has refused. */
export type AdvertKind = "advert" | "release" | "trial";

export type Effect =
  /** In unicast, when a router begins to take part: without an entry in neighbour tables, packets are lost either way. */
  | { readonly type: "introduceSource"; readonly router: RouterId }
  /** `priority`: the one that it says, 0..255. */
  | {
      readonly type: "sendAdvert";
      readonly router: RouterId;
      readonly what: AdvertKind;
      readonly priority: number;
    }
  /** Adding is idempotent and renews the lease. Answered by `addressResults`. */
  | { readonly type: "addAddresses"; readonly router: RouterId; readonly addresses: readonly AddressKey[] }
  /** `why`: a clause for the log. */
  | {
      readonly type: "removeAddresses";
      readonly router: RouterId;
      readonly addresses: readonly AddressKey[];
      readonly why: string;
    }
  /** Adding is idempotent, and tells whether it was there. Answered by `fixtureResults`. `router` null: of this host. */
  | {
      readonly type: "addFixtures";
      readonly router: RouterId | null;
      readonly fixtures: readonly FixtureConfig[];
    }
  /** `why`: a clause for the log. */
  | {
      readonly type: "removeFixtures";
      readonly router: RouterId | null;
      readonly fixtures: readonly FixtureConfig[];
      readonly why: string;
    }
  /** One gratuitous ARP or unsolicited Neighbor Advertisement for each. */
  | { readonly type: "announce"; readonly router: RouterId; readonly addresses: readonly AddressKey[] }
  /** Asks the LAN whether anybody else has them; who does is told as `addressConflict`. */
  | { readonly type: "probeAddresses"; readonly router: RouterId; readonly addresses: readonly AddressKey[] }
  /** Answered by a `lock` input. */
  | { readonly type: "acquireLock"; readonly router: RouterId }
  | {
      readonly type: "notify";
      readonly router: RouterId;
      readonly state: Told;
      readonly priority: number;
    }
  /** Scripts of a sync group. */
  | { readonly type: "notifyGroup"; readonly group: string; readonly state: NotifyState }
  /** The state has changed. Log line and metrics of it are made of this. */
  | ({ readonly type: "transition"; readonly router: RouterId } & Transition)
  | {
      readonly type: "log";
      readonly level: LogLevel;
      readonly code: string;
      readonly router: RouterId | null;
      readonly message: string;
      readonly facts: Facts;
    };
