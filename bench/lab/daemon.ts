/** The daemons that are compared, each configured with the same virtual routers and otherwise by its defaults. */
import type { CapturedAdvert, Host } from "../../test/netns/index.js";
import type { RouterPlan } from "./routers.js";

export type Kind = "vrrpd" | "keepalived" | "frr";

export interface Setup {
  readonly routers: readonly RouterPlan[];
  readonly intervalSeconds: number;
  /** The same on both hosts: who is master stays master, so the roles can change without end. */
  readonly priority: number;
  /** A check script, run once a second. */
  readonly check?: string;
  /** SCHED_RR priority; left out: the daemon's default, which is none. */
  readonly realtimePriority?: number;
}

/** Wall clock, in microseconds (of millisecond resolution). */
export interface Started {
  /** Just before the program was executed. */
  readonly beganAtMicros: number;
  /** When its last line about BACKUP was read. */
  readonly backupAtMicros: number;
}

export interface Daemon {
  readonly kind: Kind;
  readonly host: Host;
  /** Of all its processes. */
  readonly pids: readonly number[];
  /** Returns when every virtual router is in BACKUP. */
  start(): Promise<Started>;
  /** SIGKILL for all of its processes: it cannot say goodbye. Returns when the signals are sent. */
  kill(): void;
  /** SIGTERM: when it was sent, in wall clock microseconds. */
  terminate(): number;
  /** Once it has ended, however it was ended. */
  ended(): Promise<void>;
  sent(advert: CapturedAdvert): boolean;
}

export const PRIORITY = 100;
export const START_TIMEOUT_MS = 60_000;
