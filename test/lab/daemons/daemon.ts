/** A daemon on one host of the harness, whichever it is: started, watched and ended in one way. */
import type { CapturedFrame, Host, HostProcess } from "../../netns/index.js";
import { until } from "../../netns/index.js";

export type Kind = "vrrpd" | "keepalived" | "frr";

export interface VirtualRouter {
  /** 1..255 */
  readonly id: number;
  readonly family: "ipv4" | "ipv6";
  /** Without prefix length. */
  readonly addresses: readonly string[];
}

/** What a daemon is configured with, in words that every kind has; what is left out is its own default. */
export interface Setup {
  /** With ids in a row, from the first one's. */
  readonly routers: readonly VirtualRouter[];
  readonly priority: number;
  readonly intervalSeconds: number;
  /** Left out: 3. */
  readonly version?: 2 | 3;
  /** Version 2: the password; null or left out: no authentication. */
  readonly password?: string | null;
  /** `preempt_delay 300`, `nopreempt`; left out: it preempts at once. */
  readonly preemption?: string;
  readonly unicastPeers?: readonly string[];
  /** A check script, run once a second. */
  readonly check?: string;
  /** SCHED_RR priority; left out: none. */
  readonly realtimePriority?: number;
  /** More variables for vrrpd. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Keepalived says all that it can. */
  readonly detailedLog?: boolean;
  /** The IPv4 address that FRR's adverts come from, where several hosts run it: all have the same MAC address. */
  readonly source?: string;
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
  /** Of all its processes, while it runs. */
  readonly pids: readonly number[];
  /** FRR has its address on an interface of its own all the time, and takes that up and down. */
  readonly virtualInterface: string | null;
  /** FRR over IPv6: the address is served in time, and the first advert comes an interval later (docs/interop.md). */
  readonly losesFirstAdvert: boolean;
  /** What it printed so far. */
  readonly output: string;
  /** Starts it, and returns when every virtual router takes part in the election. */
  start(): Promise<Started>;
  /** SIGKILL for all of its processes, now: it cannot say goodbye. Returns when it has ended. */
  kill(): Promise<void>;
  /** SIGTERM, now; returns when it has ended. */
  stop(): Promise<void>;
  /** Returns when it has ended, however it was ended. */
  ended(): Promise<void>;
  sent(frame: CapturedFrame): boolean;
}

/** One that is started as a single process, and sends from the host's own interface. */
export abstract class SingleProcess implements Daemon {
  abstract readonly kind: Kind;
  abstract readonly pids: readonly number[];
  readonly virtualInterface = null;
  readonly losesFirstAdvert = false;
  protected process: HostProcess | null = null;

  constructor(readonly host: Host) {}

  abstract start(): Promise<Started>;
  abstract kill(): Promise<void>;

  async stop(): Promise<void> {
    await this.process!.stop();
  }

  async ended(): Promise<void> {
    await this.process!.exited;
  }

  get output(): string {
    return this.process?.output ?? "";
  }

  sent(frame: CapturedFrame): boolean {
    return frame.from === this.host.name;
  }
}

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 5;

/** When the last of so many lines was read. @throws {Error} with all that it said, where it ends before */
export async function readAt(started: HostProcess, line: RegExp, count: number): Promise<number> {
  const seen = () => started.lines.filter(({ text }) => line.test(text));
  await until(() => seen().length >= count || !started.running, {
    what: `${started.name} to say ${line} ${count} times`,
    timeoutMs: START_TIMEOUT_MS,
    intervalMs: POLL_MS,
  });
  const last = seen()[count - 1];
  if (last === undefined) throw new Error(`${started.name} ended before it said ${line}: ${started.output}`);
  return last.atMicros;
}
