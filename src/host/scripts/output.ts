/**
 * What a program prints, read as it comes into one buffer that is used again and again: a flood costs no memory and
 * little of the loop's time at once, and the program is never held up by a full pipe.
 */
import { readSync } from "node:fs";
import { Socket } from "node:net";

/** The capacity of a pipe. Shared by all readers: what was read is taken before anything else is. */
const READ_BUFFER = Buffer.alloc(64 * 1024);

export interface ProgramOutput {
  /** The last bytes, as text. */
  readonly tail: string;
  /** Bytes before the tail, which are gone. */
  readonly discardedBytes: number;
}

export const NO_OUTPUT: ProgramOutput = { tail: "", discardedBytes: 0 };

export class OutputReader {
  readonly #fd: number;
  readonly #socket: Socket;
  readonly #tailBytes: number;
  #tail: Buffer = Buffer.alloc(0);
  #totalBytes = 0;

  /** @param fd the reading end of a pipe, non-blocking; closed by `finish`. */
  constructor(fd: number, tailBytes: number) {
    this.#fd = fd;
    this.#tailBytes = tailBytes;
    const callback = (length: number, buffer: Uint8Array) => {
      this.#take(buffer.subarray(0, length));
      return true;
    };
    // The types know `onread` on connect alone.
    const options = { fd, readable: true, writable: false, onread: { buffer: READ_BUFFER, callback } };
    this.#socket = new Socket(options);
    this.#socket.on("error", () => {});
    this.#socket.resume();
  }

  /** Reads what is in the pipe now and closes it: whoever still holds the other end has nobody to write to. */
  finish(): ProgramOutput {
    if (!this.#socket.destroyed) {
      this.#readRest();
      this.#socket.destroy();
    }
    return { tail: this.#tail.toString(), discardedBytes: this.#totalBytes - this.#tail.length };
  }

  #readRest(): void {
    // As much as a pipe holds and no more: processes left behind may go on printing for ever.
    let room = READ_BUFFER.length;
    try {
      while (room > 0) {
        const length = readSync(this.#fd, READ_BUFFER, 0, room, null);
        if (length === 0) return;
        this.#take(READ_BUFFER.subarray(0, length));
        room -= length;
      }
    } catch {
      // EAGAIN: empty.
    }
  }

  #take(bytes: Uint8Array): void {
    this.#totalBytes += bytes.length;
    const kept = Math.max(0, Math.min(this.#tail.length, this.#tailBytes - bytes.length));
    const fresh = bytes.subarray(Math.max(0, bytes.length - this.#tailBytes));
    this.#tail = Buffer.concat([this.#tail.subarray(this.#tail.length - kept), fresh]);
  }
}
