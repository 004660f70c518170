/**
 * Hands lines to syslog without ever holding up the loop: some a turn, each of them in one system call that does not
 * wait. Where syslog is away or does not read, they wait for a while, in a bounded buffer, and are sent when it is back.
 */
import { Datagrams, isBusy } from "../datagrams.js";
import { type Backlog, MAX_BUFFERED_BYTES } from "./writer.js";

/** Where syslog listens on every Linux, and the journal in its place. */
export const DEV_LOG = "/dev/log";

/** A burst must not delay an advert: a record takes some microseconds. */
const MOST_A_TURN = 64;
/** A queue of the kernel that is full is emptied within a moment, unless nobody reads it. */
const FIRST_RETRY_MILLIS = 1;
const LAST_RETRY_MILLIS = 200;
/** A restart of syslog is over by then; what is older would only mislead when it came. */
const PATIENCE_MILLIS = 10_000;

export interface SyslogWriterOptions {
  readonly path: string;
  /** What is sent for a line. Called when it is sent: most of a flood never is. */
  readonly recordOf: (line: string) => string;
  /** Called after some were taken: there is room again. */
  readonly onProgress: () => void;
  /** Called with how many lines have waited in vain. */
  readonly onLost: (lines: number) => void;
  readonly patienceMillis?: number;
}

interface Waiting {
  readonly line: string;
  readonly bytes: number;
  /** Of `performance.now()`. */
  readonly since: number;
}

export class SyslogWriter {
  readonly #options: SyslogWriterOptions;
  readonly #datagrams = new Datagrams();
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #isScheduled = false;
  #isAway = false;
  #retryMillis = FIRST_RETRY_MILLIS;
  #lost = 0;
  #onDrained: (() => void)[] = [];

  constructor(options: SyslogWriterOptions) {
    this.#options = options;
  }

  /** Queues a line. False: there is no room, it is dropped. */
  write(line: string): boolean {
    const bytes = Buffer.byteLength(line);
    if (this.#waitingBytes + bytes > MAX_BUFFERED_BYTES) return false;
    this.#waiting.push({ line, bytes, since: performance.now() });
    this.#waitingBytes += bytes;
    if (!this.#isScheduled) this.#nextTurn();
    return true;
  }

  /** null: nothing waits. */
  get backlog(): Backlog | null {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return null;
    const waitedMillis = performance.now() - oldest.since;
    return { lines: this.#waiting.length, waitedMillis, errno: this.#isAway ? "ENOENT" : "EAGAIN" };
  }

  /**
   * True once everything is sent; false when `timeoutMillis` passes first, or some have waited in vain; and at once
   * where nobody is there who could take it.
   */
  drain(timeoutMillis: number): Promise<boolean> {
    if (this.#waiting.length === 0) return Promise.resolve(true);
    if (this.#isAway) return Promise.resolve(false);
    const before = this.#lost;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMillis);
      this.#onDrained.push(() => {
        clearTimeout(timer);
        resolve(this.#waiting.length === 0 && this.#lost === before);
      });
    });
  }

  #nextTurn(): void {
    this.#isScheduled = true;
    setImmediate(() => this.#sendSome());
  }

  /** The timer does not keep the process alive: only `drain` waits for a syslog that takes nothing. */
  #retryLater(millis: number): void {
    this.#isScheduled = true;
    this.#retryMillis = millis;
    setTimeout(() => this.#sendSome(), millis).unref();
  }

  #sendSome(): void {
    this.#isScheduled = false;
    const { sent, refusal } = this.#send();
    this.#take(sent);
    this.#isAway = refusal !== null && !isBusy(refusal);
    if (refusal !== null) this.#giveUp();
    if (sent > 0) this.#options.onProgress();
    if (this.#waiting.length === 0 || this.#isAway) this.#endDrain();
    if (this.#waiting.length === 0 || this.#isScheduled) return;
    if (refusal === null) return this.#nextTurn();
    const millis = sent > 0 ? FIRST_RETRY_MILLIS : Math.min(2 * this.#retryMillis, LAST_RETRY_MILLIS);
    this.#retryLater(this.#isAway ? LAST_RETRY_MILLIS : millis);
  }

  #endDrain(): void {
    for (const resolve of this.#onDrained.splice(0)) resolve();
  }

  /** As many as may go in one turn, in order. */
  #send(): { sent: number; refusal: string | null } {
    const { path, recordOf } = this.#options;
    const most = Math.min(MOST_A_TURN, this.#waiting.length);
    for (let sent = 0; sent < most; sent++) {
      const refusal = this.#datagrams.send(path, recordOf(this.#waiting[sent]!.line));
      if (refusal !== null) return { sent, refusal };
    }
    return { sent: most, refusal: null };
  }

  #giveUp(): void {
    const { patienceMillis = PATIENCE_MILLIS, onLost } = this.#options;
    const oldest = performance.now() - patienceMillis;
    const kept = this.#waiting.findIndex(({ since }) => since > oldest);
    const lost = kept < 0 ? this.#waiting.length : kept;
    if (lost === 0) return;
    this.#take(lost);
    this.#lost += lost;
    onLost(lost);
  }

  #take(count: number): void {
    for (const { bytes } of this.#waiting.splice(0, count)) this.#waitingBytes -= bytes;
  }
}
