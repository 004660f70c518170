/** The notify scripts of one instance: in order, one at a time; only STOP does not wait for ever. */
import type { NotifyState } from "../../core/notify.js";
import { isShortage } from "./file.js";
import type { Launcher } from "./launcher.js";
import type { Run, RunResult } from "./run.js";

/** After this host had no process or descriptor to start it with. */
const SHORTAGE_RETRY_MILLIS = 1_000;
/** Waiting runs of one instance; beyond it the oldest is dropped, with a warning. */
const MAX_WAITING = 256;

export interface Notification {
  /** The command's own words. */
  readonly command: readonly string[];
  readonly state: NotifyState;
  readonly priority: number;
}

export interface NotifyQueueOptions {
  readonly instance: string;
  readonly launcher: Launcher;
  /** How long a run may last from the moment when another waits behind it. */
  readonly timeoutMillis: number;
  readonly onProblem: (sentence: string) => void;
}

export class NotifyQueue {
  readonly #options: NotifyQueueOptions;
  #waiting: Notification[] = [];
  /** One, and STOP beside it perhaps; null where it could not be started yet. */
  readonly #running = new Map<Notification, Run | null>();
  #lastState: NotifyState | null = null;
  #onEmptied: (() => void)[] = [];

  constructor(options: NotifyQueueOptions) {
    this.#options = options;
  }

  add(notification: Notification): void {
    if (notification.state === this.#lastState) return;
    this.#lastState = notification.state;
    this.#waiting.push(notification);
    if (this.#waiting.length > MAX_WAITING) this.#dropped(this.#waiting.shift()!, "too many wait before it");
    for (const current of this.#running.values()) current?.limit(this.#options.timeoutMillis);
    this.#runNext();
  }

  emptied(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onEmptied.push(resolve));
  }

  /** Where STOP waits still, it is started beside what runs; what waits before it is dropped. */
  startStop(): void {
    if (this.#waiting.at(-1)?.state !== "STOP") return;
    const stop = this.#waiting.pop()!;
    this.#dropWaiting();
    this.#options.onProblem(`${describe(stop)} is started beside ${this.#described()}, which still runs`);
    void this.#runOne(stop);
  }

  /** vrrpd ends: what waits is dropped, what runs is let run. Whether there was nothing of either. */
  abandon(): boolean {
    this.#dropWaiting();
    if (this.#running.size === 0) return true;
    this.#options.onProblem(`vrrpd ends before ${this.#described()}, which may outlive it`);
    return false;
  }

  #dropWaiting(): void {
    for (const notification of this.#waiting.splice(0)) {
      this.#dropped(notification, `${this.#described()} still runs and vrrpd is ending`);
    }
  }

  #dropped(notification: Notification, reason: string): void {
    this.#options.onProblem(`${describe(notification)} is not run: ${reason}`);
  }

  #described(): string {
    return [...this.#running.keys()].map(describe).join(" and ");
  }

  #runNext(): void {
    if (this.#running.size > 0) return;
    const next = this.#waiting.shift();
    if (next !== undefined) void this.#runOne(next);
    else for (const resolve of this.#onEmptied.splice(0)) resolve();
  }

  async #runOne(notification: Notification): Promise<void> {
    const { command, state, priority } = notification;
    const current = this.#options.launcher.run({
      command: [...command, "INSTANCE", this.#options.instance, state, String(priority)],
      timeoutMillis: null,
      ends: "program",
      tailBytes: null,
    });
    this.#running.set(notification, current);
    if (this.#waiting.length > 0) current.limit(this.#options.timeoutMillis);
    const result = await current.result;
    const problem = await this.#problemOf(result, command);
    if (problem !== null) this.#options.onProblem(`${describe(notification)}: ${problem}`);
    await current.gone;
    if (result.type === "notStarted" && isShortage(result.code)) {
      this.#running.set(notification, null);
      // It keeps its turn. Not unref'd: a process that is short of something still has its states to tell.
      setTimeout(() => void this.#runOne(notification), SHORTAGE_RETRY_MILLIS);
      return;
    }
    this.#running.delete(notification);
    this.#runNext();
  }

  async #problemOf(result: RunResult, command: readonly string[]): Promise<string | null> {
    switch (result.type) {
      case "exited":
        return result.exitCode === 0 ? null : `exited with code ${result.exitCode}`;
      case "signalled":
        return `ended by ${result.signal}`;
      case "timeout":
        return `timed out after ${this.#options.timeoutMillis / 1_000} s with another one waiting behind it, and is ended`;
      case "notStarted":
        if (isShortage(result.code)) return `could not be started (${result.code}); it is tried again`;
        return this.#options.launcher.describeNotStarted(command, result.code);
      case "refused":
        return result.why;
    }
  }
}

export function describe(notification: Notification): string {
  return `notify script ${notification.command[0]} (${notification.state})`;
}
