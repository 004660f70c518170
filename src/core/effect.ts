/** What the core wants done. The host carries effects out in this order of kinds, all of one wake-up together. */
import type { AddressKey, RouterId } from "./identity.js";

export type NotifyState = "MASTER" | "BACKUP" | "FAULT" | "STOP";
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Facts beside a message; values as JSON has them. */
export type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export type Effect =
  /** In unicast, when a router begins to take part: without an entry in neighbour tables, packets are lost either way. */
  | { readonly type: "introduceSource"; readonly router: RouterId }
  /** `release`: with priority 0. `trial`: with priority 1, which no master yields to. */
  | {
      readonly type: "sendAdvert";
      readonly router: RouterId;
      readonly release: boolean;
      readonly trial?: true;
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
  /** One gratuitous ARP or unsolicited Neighbor Advertisement for each. */
  | { readonly type: "announce"; readonly router: RouterId; readonly addresses: readonly AddressKey[] }
  /** Asks the LAN whether anybody else has them; who does is told as `addressConflict`. */
  | { readonly type: "probeAddresses"; readonly router: RouterId; readonly addresses: readonly AddressKey[] }
  /** Answered by a `lock` input. */
  | { readonly type: "acquireLock"; readonly router: RouterId }
  | {
      readonly type: "notify";
      readonly router: RouterId;
      readonly state: NotifyState;
      readonly priority: number;
    }
  | {
      readonly type: "log";
      readonly level: LogLevel;
      readonly code: string;
      readonly router: RouterId | null;
      readonly message: string;
      readonly facts: Facts;
    };
