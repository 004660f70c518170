/** One VRRP speaker on one host, as a cell of the table sees it. */
import type { CapturedFrame, Host } from "../../netns/index.js";

/** What all speakers of a LAN are configured with. */
export interface Group {
  readonly family: "ipv4" | "ipv6";
  readonly version: 2 | 3;
  readonly virtualRouterId: number;
  /** Without prefix length. */
  readonly virtualAddress: string;
  readonly intervalSeconds: number;
  /** Version 2: the password; null: no authentication. */
  readonly password: string | null;
}

export interface Speaker {
  readonly kind: "vrrpd" | "keepalived" | "frr";
  readonly host: Host;
  readonly priority: number;
  /** FRR has its address on an interface of its own all the time, and takes that up and down. */
  readonly virtualInterface: string | null;
  /** FRR over IPv6: the address is served in time, and the first advert comes an interval later (docs/interop.md). */
  readonly losesFirstAdvert: boolean;
  /** Starts it, and returns when it takes part in the election: wall clock, in microseconds. */
  start(): Promise<number>;
  /** SIGKILL for all of its processes: it cannot say goodbye. */
  kill(): Promise<void>;
  /** SIGTERM; returns when it has ended. */
  stop(): Promise<void>;
  /** What it printed so far. */
  readonly output: string;
  sent(frame: CapturedFrame): boolean;
}

export type MakeSpeaker = (host: Host, group: Group) => Speaker;
