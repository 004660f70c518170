/**
 * Tells the service manager how the daemon fares, as sd_notify(3) does: systemd's units of `Type=notify` wait for it.
 * Where none has asked to be told, nothing happens.
 */
import { visible } from "../base/visible.js";
import { Datagrams, isBusy } from "./datagrams.js";

/** Names a socket of the service manager, which listens for the states of the daemon. */
const SOCKET = "NOTIFY_SOCKET";

/**
 * Variables in which a service manager speaks to the process that it has started, and to none of that one's children:
 * a script that followed them would speak for the daemon, or take its descriptors.
 */
export const FOR_THE_DAEMON_ALONE: ReadonlySet<string> = new Set([
  SOCKET,
  ...["WATCHDOG_PID", "WATCHDOG_USEC"],
  ...["LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES"],
]);

/** How long the service manager waits for a sign of life of this process, before it ends it. */
const [WATCHDOG_MICROS, WATCHDOG_PID] = ["WATCHDOG_USEC", "WATCHDOG_PID"];
/** As sd_watchdog_enabled(3) advises: one message that is late does no harm. */
const SIGNS_IN_TIME = 2;

/** A service manager that is too busy to take a message is asked again. */
const RETRY_MILLIS = 50;
/** Of messages that it has not taken; beyond, the oldest goes. */
const MOST_WAITING = 16;

export interface Ready {
  /** Of the daemon, where the process that was started is another one. */
  readonly mainPid?: number;
  /** A sentence for `systemctl status`. */
  readonly status?: string;
}

export class ServiceManager {
  /** As the addon takes it; null: nobody is to be told. */
  readonly #path: string | null;
  readonly #name: string;
  readonly #datagrams = new Datagrams();
  readonly #onProblem: (sentence: string) => void;
  #waiting: string[] = [];
  #retry: NodeJS.Timeout | null = null;
  /** null: none is wanted, or not yet. */
  #watchdog: NodeJS.Timeout | null = null;
  readonly #watchdogMillis: number | null;
  #hasWarned = false;

  /** @param onProblem is told at most once. */
  constructor(env: NodeJS.ProcessEnv, onProblem: (sentence: string) => void) {
    this.#name = env[SOCKET] ?? "";
    this.#path = pathOf(this.#name);
    this.#watchdogMillis = watchdogOf(env);
    this.#onProblem = onProblem;
    if (this.#path === null && this.#name !== "") this.#warn("it is no absolute path, and no @name");
  }

  /** The daemon serves: for the first time, or again after `reloading`. */
  ready({ mainPid, status }: Ready = {}): void {
    const fields = ["READY=1"];
    if (mainPid !== undefined) fields.push(`MAINPID=${mainPid}`);
    if (status !== undefined) fields.push(`STATUS=${visible(status)}`);
    this.#send(fields);
    this.#keepAwake();
  }

  /** The loop itself says that it turns: one that hangs falls silent. */
  #keepAwake(): void {
    if (this.#path === null || this.#watchdogMillis === null || this.#watchdog !== null) return;
    const sign = () => {
      // What waits is as good a sign, and in vain where nobody takes it.
      if (this.#waiting.length === 0) this.#send(["WATCHDOG=1"]);
    };
    this.#watchdog = setInterval(sign, this.#watchdogMillis / SIGNS_IN_TIME).unref();
  }

  /** It reads its configuration anew, until it says that it is ready. */
  reloading(): void {
    // CLOCK_MONOTONIC, which tells the service manager that this is younger than its own signal.
    this.#send(["RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`]);
  }

  stopping(): void {
    this.#send(["STOPPING=1"]);
  }

  #send(fields: readonly string[]): void {
    if (this.#path === null) return;
    this.#waiting.push(fields.join("\n"));
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    if (this.#retry === null) this.#sendWaiting(this.#path);
  }

  /** In order: what comes after one that has to wait does so too. */
  #sendWaiting(path: string): void {
    while (this.#waiting.length > 0) {
      const refusal = this.#datagrams.send(path, this.#waiting[0]!);
      if (refusal !== null && isBusy(refusal)) return this.#retryLater(path);
      if (refusal !== null) this.#warn(`sending there failed (${refusal})`);
      this.#waiting.shift();
    }
  }

  #retryLater(path: string): void {
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#sendWaiting(path);
    }, RETRY_MILLIS).unref();
  }

  #warn(why: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const what = `the service manager is not told how vrrpd fares, for ${SOCKET} is “${visible(this.#name)}”`;
    this.#onProblem(`${what}: ${why}`);
  }
}

/** null: none, or one of a kind that is not ours (`vsock:…`). */
function pathOf(name: string): string | null {
  if (name.startsWith("/")) return name;
  return name.startsWith("@") && name.length > 1 ? `\0${name.slice(1)}` : null;
}

/** null: no sign of life is asked for, or of another process. */
function watchdogOf(env: NodeJS.ProcessEnv): number | null {
  const [micros, pid] = [Number(env[WATCHDOG_MICROS]), env[WATCHDOG_PID]];
  if (!(micros > 0 && micros < Number.MAX_SAFE_INTEGER)) return null;
  return pid === undefined || Number(pid) === process.pid ? micros / 1000 : null;
}
