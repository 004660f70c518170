/**
 * Writes lines to a descriptor without ever holding up the loop: one asynchronous write at a time, a bounded buffer
 * before it. What does not fit is refused. A descriptor that takes nothing is tried again, for ever.
 */
import { write } from "node:fs";

/** Lines that wait, in bytes; about as much as a busy day of transitions. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Handed over to one write(2). */
const MAX_WRITE_BYTES = 64 * 1024;
/** A full pipe or terminal (EAGAIN) is tried again soon, a broken descriptor (EPIPE, ENOSPC, EIO) now and then. */
const FULL_RETRY_MILLIS = 20;
const BROKEN_RETRY_MILLIS = 1_000;

/** What the output has not taken. */
export interface Backlog {
  readonly lines: number;
  /** How long it has taken nothing. */
  readonly waitedMillis: number;
  /** Why it refuses, by name; null: a write does not come to its end. */
  readonly errno: string | null;
}

export class LineWriter {
  readonly #fd: number;
  readonly #onProgress: () => void;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #inFlight: Buffer | null = null;
  #inFlightLines = 0;
  /** Since when it has taken nothing, of `performance.now()`, and why. */
  #stuck: { readonly since: number; errno: string | null } | null = null;
  #onDrained: (() => void)[] = [];

  /** @param onProgress called after each write that the descriptor took: there is room again. */
  constructor(fd: number, onProgress: () => void) {
    this.#fd = fd;
    this.#onProgress = onProgress;
  }

  /** Queues a line, its newline included. False: there is no room, the line is dropped. */
  write(line: string): boolean {
    const bytes = Buffer.byteLength(line);
    if (this.#waitingBytes + (this.#inFlight?.length ?? 0) + bytes > MAX_BUFFERED_BYTES) return false;
    this.#waiting.push(line);
    this.#waitingBytes += bytes;
    if (this.#inFlight === null) this.#writeNext();
    return true;
  }

  /** null: nothing waits. */
  get backlog(): Backlog | null {
    if (this.#stuck === null) return null;
    const { since, errno } = this.#stuck;
    const lines = this.#waiting.length + this.#inFlightLines;
    return { lines, waitedMillis: performance.now() - since, errno };
  }

  /** True once everything is written; false when `timeoutMillis` passes first (what is left may still go out). */
  drain(timeoutMillis: number): Promise<boolean> {
    if (this.#inFlight === null) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMillis);
      this.#onDrained.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #writeNext(): void {
    if (this.#waiting.length === 0) {
      for (const resolve of this.#onDrained.splice(0)) resolve();
      return;
    }
    this.#inFlight = Buffer.from(this.#takeLines());
    this.#stuck = { since: performance.now(), errno: null };
    this.#writeInFlight();
  }

  #takeLines(): string {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && (count === 0 || bytes < MAX_WRITE_BYTES)) {
      bytes += Buffer.byteLength(this.#waiting[count]!);
      count++;
    }
    this.#waitingBytes -= bytes;
    this.#inFlightLines = count;
    return this.#waiting.splice(0, count).join("");
  }

  #writeInFlight(): void {
    write(this.#fd, this.#inFlight!, (error, written) => {
      if (error !== null) {
        this.#stuck!.errno = error.code ?? null;
        return this.#retryLater(error.code === "EAGAIN");
      }
      this.#inFlight = this.#inFlight!.subarray(written);
      this.#stuck = { since: performance.now(), errno: null };
      this.#onProgress();
      if (this.#inFlight.length > 0) this.#writeInFlight();
      else {
        this.#inFlight = null;
        this.#stuck = null;
        this.#inFlightLines = 0;
        this.#writeNext();
      }
    });
  }

  /** The timer does not keep the process alive: only `drain` waits for a descriptor that takes nothing. */
  #retryLater(isFull: boolean): void {
    const delayMillis = isFull ? FULL_RETRY_MILLIS : BROKEN_RETRY_MILLIS;
    setTimeout(() => this.#writeInFlight(), delayMillis).unref();
  }
}
