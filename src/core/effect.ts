/** What the core wants done. The host carries effects out in this order of kinds, all of one wake-up together. */
import type { RouterIndex } from "./input.js";

export type NotifyState = "MASTER" | "BACKUP" | "FAULT" | "STOP";
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Facts beside a message; values as JSON has them. */
export type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export type Effect =
  /** In unicast, when a router begins to take part: without an entry in neighbour tables, packets are lost either way. */
  | { readonly type: "introduceSource"; readonly router: RouterIndex }
  /** `release`: with priority 0. `trial`: with priority 1, which no master yields to. */
  | {
      readonly type: "sendAdvert";
      readonly router: RouterIndex;
      readonly release: boolean;
      readonly trial?: true;
    }
  /** Indexes into `virtualAddresses`. Adding is idempotent and renews the lease. Answered by `addressResults`. */
  | { readonly type: "addAddresses"; readonly router: RouterIndex; readonly addresses: readonly number[] }
  /** `why`: a clause for the log. */
  | {
      readonly type: "removeAddresses";
      readonly router: RouterIndex;
      readonly addresses: readonly number[];
      readonly why: string;
    }
  /** One gratuitous ARP or unsolicited Neighbor Advertisement for each. */
  | { readonly type: "announce"; readonly router: RouterIndex; readonly addresses: readonly number[] }
  /** Asks the LAN whether anybody else has them; who does is told as `addressConflict`. */
  | { readonly type: "probeAddresses"; readonly router: RouterIndex; readonly addresses: readonly number[] }
  /** Answered by a `lock` input. */
  | { readonly type: "acquireLock"; readonly router: RouterIndex }
  | {
      readonly type: "notify";
      readonly router: RouterIndex;
      readonly state: NotifyState;
      readonly priority: number;
    }
  | {
      readonly type: "log";
      readonly level: LogLevel;
      readonly code: string;
      readonly router: RouterIndex | null;
      readonly message: string;
      readonly facts: Facts;
    };
