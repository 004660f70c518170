/**
 * The notify scripts of one instance: one event at a time, in order; only STOP does not wait for ever. Those of one event
 * are started together.
 */
import type { NotifyCommand, NotifyEvent } from "../../core/notify.js";
import { isShortage } from "./file.js";
import type { Launcher } from "./launcher.js";
import type { Run, RunResult } from "./run.js";

/** After this host had no process or descriptor to start it with. */
const SHORTAGE_RETRY_MILLIS = 1_000;
/** Events of one instance that wait; beyond it the oldest is dropped, with a warning. */
const MAX_WAITING = 256;

export interface Notification {
  /** What is told of, as Keepalived's first argument has it. */
  readonly of: "INSTANCE" | "GROUP";
  readonly state: NotifyEvent;
  readonly priority: number;
  /** What it runs, in the order in which they are started; at least one. */
  readonly commands: readonly NotifyCommand[];
}

export interface NotifyQueueOptions {
  readonly instance: string;
  /** Of what runs as this command's user. */
  readonly launcherFor: (command: NotifyCommand) => Pick<Launcher, "run" | "describeNotStarted">;
  /** How long a run may last from the moment when another event waits behind it. */
  readonly timeoutMillis: number;
  readonly onProblem: (sentence: string) => void;
}

/** One script of an event. */
interface Job {
  readonly notification: Notification;
  readonly command: NotifyCommand;
}

export class NotifyQueue {
  readonly #options: NotifyQueueOptions;
  #waiting: Notification[] = [];
  /** Those of one event, and of STOP beside it perhaps; null where it could not be started yet. */
  readonly #running = new Map<Job, Run | null>();
  #lastState: NotifyEvent | null = null;
  #onEmptied: (() => void)[] = [];

  constructor(options: NotifyQueueOptions) {
    this.#options = options;
  }

  add(notification: Notification): void {
    if (this.#isRepetition(notification)) return;
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
    for (const text of describe(stop)) {
      this.#options.onProblem(`${text} is started beside ${this.#described()}, which still runs`);
    }
    this.#start(stop);
  }

  /** vrrpd ends: what waits is dropped, what runs is let run. Whether there was nothing of either. */
  abandon(): boolean {
    this.#dropWaiting();
    if (this.#running.size === 0) return true;
    this.#options.onProblem(`vrrpd ends before ${this.#described()}, which may outlive it`);
    return false;
  }

  /** A state is told once. A rival's advert is told again, but one that waits already stands for all that come meanwhile. */
  #isRepetition(notification: Notification): boolean {
    if (notification.state !== "LOWER_PRIORITY") return notification.state === this.#lastState;
    if (this.#waiting.length === 0) return false;
    this.#dropped(notification, "one that waits already stands for it");
    return true;
  }

  #dropWaiting(): void {
    for (const notification of this.#waiting.splice(0)) {
      this.#dropped(notification, `${this.#described()} still runs and vrrpd is ending`);
    }
  }

  #dropped(notification: Notification, reason: string): void {
    for (const text of describe(notification)) this.#options.onProblem(`${text} is not run: ${reason}`);
  }

  #described(): string {
    return [...this.#running.keys()].map(describeJob).join(" and ");
  }

  #runNext(): void {
    if (this.#running.size > 0) return;
    const next = this.#waiting.shift();
    if (next !== undefined) this.#start(next);
    else for (const resolve of this.#onEmptied.splice(0)) resolve();
  }

  #start(notification: Notification): void {
    for (const command of notification.commands) void this.#runOne({ notification, command });
  }

  async #runOne(job: Job): Promise<void> {
    const current = this.#options.launcherFor(job.command).run({
      command: this.#wordsOf(job),
      timeoutMillis: null,
      ends: "program",
      tailBytes: null,
    });
    this.#running.set(job, current);
    if (this.#waiting.length > 0) current.limit(this.#options.timeoutMillis);
    const result = await current.result;
    const problem = await this.#problemOf(result, job.command);
    if (problem !== null) this.#options.onProblem(`${describeJob(job)}: ${problem}`);
    await current.gone;
    if (result.type === "notStarted" && isShortage(result.code)) {
      this.#running.set(job, null);
      // It keeps its turn. Not unref'd: a process that is short of something still has its states to tell.
      setTimeout(() => void this.#runOne(job), SHORTAGE_RETRY_MILLIS);
      return;
    }
    this.#running.delete(job);
    this.#runNext();
  }

  /** Only who is told of every state has to be told which it is. */
  #wordsOf({ notification: { of, state, priority }, command: { command, on } }: Job): readonly string[] {
    if (on !== "any") return command;
    return [...command, of, this.#options.instance, state, String(priority)];
  }

  async #problemOf(result: RunResult, command: NotifyCommand): Promise<string | null> {
    switch (result.type) {
      case "exited":
        return result.exitCode === 0 ? null : `exited with code ${result.exitCode}`;
      case "signalled":
        return `ended by ${result.signal}`;
      case "timeout":
        return `timed out after ${this.#options.timeoutMillis / 1_000} s with another one waiting behind it, and is ended`;
      case "notStarted":
        if (isShortage(result.code)) return `could not be started (${result.code}); it is tried again`;
        return this.#options.launcherFor(command).describeNotStarted(command.command, result.code);
      case "refused":
        return result.why;
    }
  }
}

/** One for each script that it runs. */
export function describe(notification: Notification): string[] {
  return notification.commands.map((command) => describeJob({ notification, command }));
}

function describeJob({ notification: { state }, command: { command } }: Job): string {
  return `notify script ${command[0]} (${state})`;
}
