/**
 * Notify scripts: one queue an instance, in order, one run at a time. Their output goes to /dev/null, as under
 * Keepalived, so that a service which a script leaves in the background never loses its standard output.
 */
import type { NotifyState } from "../../core/effect.js";
import { describeNotStarted, isShortage } from "./file.js";
import { ownEnvironment, type RunResult, run } from "./run.js";
import { within } from "./within.js";

const TIMEOUT_MILLIS = 60_000;
/** After this host had no process or descriptor to start it with. */
const SHORTAGE_RETRY_MILLIS = 1_000;
/** Waiting runs of one instance; beyond it the oldest is dropped, and said. */
const MAX_WAITING = 256;

export interface Notification {
  /** The command's own words. */
  readonly command: readonly string[];
  readonly state: NotifyState;
  readonly priority: number;
}

export interface NotifierOptions {
  /** "NAME=value" each; left out: the daemon's own. */
  readonly environment?: readonly string[];
  /** A run that lasts longer is ended: the script itself, not what it has left in the background. */
  readonly timeoutMillis?: number;
  readonly onProblem: (instance: string, sentence: string) => void;
}

export interface Notifier {
  /** Runs `command… INSTANCE <instance> <state> <priority>` in its turn; an immediate repeat of a state is skipped. */
  notify(instance: string, notification: Notification): void;
  /**
   * Takes nothing more and waits for at most `timeoutMillis` until all queues are empty: whether they are. What has
   * not started by then is dropped, and said; what runs is let run, and may outlive the daemon (a `STOP` script that
   * is cut off in its middle would leave worse behind than one that takes long).
   */
  drain(timeoutMillis: number): Promise<boolean>;
}

export function createNotifier(options: NotifierOptions): Notifier {
  const environment = options.environment ?? ownEnvironment();
  const timeoutMillis = options.timeoutMillis ?? TIMEOUT_MILLIS;
  const queues = new Map<string, InstanceQueue>();
  let draining = false;
  return {
    notify(instance, notification) {
      if (draining)
        return options.onProblem(instance, `${describe(notification)} is not run: vrrpd is ending`);
      let queue = queues.get(instance);
      if (queue === undefined) {
        queue = new InstanceQueue(instance, environment, timeoutMillis, (text) =>
          options.onProblem(instance, text),
        );
        queues.set(instance, queue);
      }
      queue.add(notification);
    },
    async drain(drainMillis) {
      draining = true;
      const all = [...queues.values()];
      await within(Promise.all(all.map((queue) => queue.emptied())), drainMillis);
      return all.map((queue) => queue.dropWaiting()).every((wasEmpty) => wasEmpty);
    },
  };
}

class InstanceQueue {
  readonly #instance: string;
  readonly #environment: readonly string[];
  readonly #timeoutMillis: number;
  readonly #onProblem: (sentence: string) => void;
  #waiting: Notification[] = [];
  #running: Notification | null = null;
  #lastState: NotifyState | null = null;
  #onEmptied: (() => void)[] = [];

  constructor(
    instance: string,
    environment: readonly string[],
    timeoutMillis: number,
    onProblem: (sentence: string) => void,
  ) {
    this.#instance = instance;
    this.#environment = environment;
    this.#timeoutMillis = timeoutMillis;
    this.#onProblem = onProblem;
  }

  add(notification: Notification): void {
    if (notification.state === this.#lastState) return;
    this.#lastState = notification.state;
    this.#waiting.push(notification);
    if (this.#waiting.length > MAX_WAITING) this.#dropped(this.#waiting.shift()!, "too many wait before it");
    if (this.#running === null) this.#runNext();
  }

  emptied(): Promise<void> {
    if (this.#running === null) return Promise.resolve();
    return new Promise((resolve) => this.#onEmptied.push(resolve));
  }

  /** Whether nothing waited or ran. */
  dropWaiting(): boolean {
    for (const notification of this.#waiting.splice(0)) {
      this.#dropped(notification, `${describe(this.#running!)} still runs and vrrpd is ending`);
    }
    return this.#running === null;
  }

  #dropped(notification: Notification, reason: string): void {
    this.#onProblem(`${describe(notification)} is not run: ${reason}`);
  }

  #runNext(): void {
    const next = this.#waiting.shift();
    this.#running = next ?? null;
    if (next !== undefined) void this.#runOne(next);
    else for (const resolve of this.#onEmptied.splice(0)) resolve();
  }

  async #runOne(notification: Notification): Promise<void> {
    const { command, state, priority } = notification;
    const current = run({
      command: [...command, "INSTANCE", this.#instance, state, String(priority)],
      environment: this.#environment,
      timeoutMillis: this.#timeoutMillis,
      ends: "program",
      tailBytes: null,
    });
    const result = await current.result;
    const problem = await this.#problemOf(result, command[0]!);
    if (problem !== null) this.#onProblem(`${describe(notification)}: ${problem}`);
    await current.gone;
    if (result.type !== "notStarted" || !isShortage(result.code)) this.#runNext();
    // It keeps its turn. Not unref'd: a process that is short of something still has its states to tell.
    else setTimeout(() => void this.#runOne(notification), SHORTAGE_RETRY_MILLIS);
  }

  async #problemOf(result: RunResult, file: string): Promise<string | null> {
    switch (result.type) {
      case "exited":
        return result.exitCode === 0 ? null : `exited with code ${result.exitCode}`;
      case "signalled":
        return `ended by ${result.signal}`;
      case "timeout":
        return `timed out after ${this.#timeoutMillis / 1_000} s and is ended`;
      case "notStarted":
        if (isShortage(result.code)) return `could not be started (${result.code}); it is tried again`;
        return describeNotStarted(file, result.code);
    }
  }
}

function describe(notification: Notification): string {
  return `notify script ${notification.command[0]} (${notification.state})`;
}
