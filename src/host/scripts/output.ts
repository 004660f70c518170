/**
 * What a program prints, read as it comes into one buffer that is used again and again: a flood costs no memory and
 * little of the loop's time at once, and the program is never held up by a full pipe. What it leaves in the background
 * may go on writing there: that is read seldom, and thrown away.
 */
import { readSync } from "node:fs";
import { Socket } from "node:net";

/** The capacity of a pipe. Shared by all readers: what was read is taken before anything else is. */
const READ_BUFFER = Buffer.alloc(64 * 1024);

/** Of a tail, before they are joined. */
const MOST_PIECES = 1024;

/** Between two readings of what nobody is interested in any more. */
const PAUSE_MILLIS = 100;

export interface ProgramOutput {
  /** The last bytes, as text. */
  readonly tail: string;
  /** Bytes before the tail, which are gone. */
  readonly discardedBytes: number;
}

export const NO_OUTPUT: ProgramOutput = { tail: "", discardedBytes: 0 };

export class OutputReader {
  /** Nobody can write to it any more. */
  readonly closed: Promise<void>;
  readonly #fd: number;
  readonly #socket: Socket;
  readonly #tailBytes: number;
  /** The end of it, in pieces of which the first one may reach further back. */
  #pieces: Buffer[] = [];
  #heldBytes = 0;
  #totalBytes = 0;
  #isFinished = false;

  /** @param fd the reading end of a pipe, non-blocking; closed once nobody can write to it any more. */
  constructor(fd: number, tailBytes: number) {
    this.#fd = fd;
    this.#tailBytes = tailBytes;
    const callback = (length: number, buffer: Uint8Array) => {
      if (this.#isFinished) return this.#pause();
      this.#take(buffer.subarray(0, length));
      return true;
    };
    // The types know `onread` on connect alone.
    const options = { fd, readable: true, writable: false, onread: { buffer: READ_BUFFER, callback } };
    this.#socket = new Socket(options);
    this.#socket.on("error", () => {});
    this.closed = new Promise((resolve) => this.#socket.once("close", () => resolve()));
    this.#socket.resume();
  }

  /** The program has ended: reads what is in the pipe now. What comes later does not count. */
  finish(): ProgramOutput {
    if (!this.#socket.destroyed && this.#readRest()) this.#socket.destroy();
    this.#isFinished = true;
    this.#socket.unref();
    const held = Buffer.concat(this.#pieces);
    const tail = held.subarray(Math.max(0, held.length - this.#tailBytes));
    return { tail: tail.toString(), discardedBytes: this.#totalBytes - tail.length };
  }

  /** @returns whether nobody can write to it any more. */
  #readRest(): boolean {
    // As much as a pipe holds and no more: processes left behind may go on printing for ever.
    let room = READ_BUFFER.length;
    try {
      while (room > 0) {
        const length = readSync(this.#fd, READ_BUFFER, 0, room, null);
        if (length === 0) return true;
        this.#take(READ_BUFFER.subarray(0, length));
        room -= length;
      }
    } catch {
      // EAGAIN: empty.
    }
    return false;
  }

  #pause(): boolean {
    setTimeout(() => this.#socket.resume(), PAUSE_MILLIS).unref();
    return false;
  }

  #take(bytes: Uint8Array): void {
    this.#totalBytes += bytes.length;
    const piece = Buffer.from(bytes.subarray(Math.max(0, bytes.length - this.#tailBytes)));
    this.#pieces.push(piece);
    this.#heldBytes += piece.length;
    while (this.#heldBytes - this.#pieces[0]!.length >= this.#tailBytes)
      this.#heldBytes -= this.#pieces.shift()!.length;
    // A program that prints a byte at a time.
    if (this.#pieces.length > MOST_PIECES) this.#pieces = [Buffer.concat(this.#pieces)];
  }
}
