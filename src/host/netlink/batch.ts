/**
 * Requests, many in one datagram. The kernel carries a datagram out while it is sent, in order, and goes on after a
 * message that it refuses: so the answers are there when `send` returns, and only the last message asks for an
 * acknowledgement.
 */
import { constants } from "node:os";
import { parseError, parseMessages } from "netlink/dist/structs.js";
import { LITTLE_ENDIAN } from "../../base/bytes.js";
import { NetlinkSocket } from "../native.js";
import { Control, Flags } from "./constants.js";
import { FLAGS_OFFSET, SEQUENCE_OFFSET } from "./encode.js";

/** Some 350 messages: far below what a socket may send, and the answers to all of them fit its receive buffer. */
const DATAGRAM_BYTES = 32 * 1024;
/** An answer that refuses costs the kernel's accounting about a kilobyte. */
const RECEIVE_BUFFER_BYTES = 1024 * 1024;

export class Batch {
  readonly socket: NetlinkSocket;
  readonly #datagram = Buffer.alloc(DATAGRAM_BYTES);
  readonly #answers = Buffer.alloc(64 * 1024);
  readonly #view = new DataView(this.#datagram.buffer, this.#datagram.byteOffset, DATAGRAM_BYTES);
  #nextSequence = 1;

  /** Throws an Error with `code` when the socket cannot be opened. */
  constructor() {
    this.socket = new NetlinkSocket({
      groups: 0,
      receiveBufferBytes: RECEIVE_BUFFER_BYTES,
      onReadable: null,
    });
  }

  close(): void {
    this.socket.close();
  }

  /** @returns for each message 0, or the errno of the answer; null: the kernel has not said */
  send(messages: readonly Uint8Array[]): (number | null)[] {
    const errnos: (number | null)[] = messages.map(() => null);
    for (let first = 0; first < messages.length; ) first = this.#sendFrom(messages, errnos, first);
    return errnos;
  }

  /** Sends one datagram with the messages from `first` on that fit; returns the first that did not. */
  #sendFrom(messages: readonly Uint8Array[], errnos: (number | null)[], first: number): number {
    const firstSequence = this.#nextSequence;
    let length = 0;
    let last = 0;
    let end = first;
    for (; end < messages.length; end += 1) {
      const message = messages[end]!;
      if (length + message.length > DATAGRAM_BYTES) break;
      this.#datagram.set(message, length);
      this.#setUint32(length + SEQUENCE_OFFSET, firstSequence + end - first);
      last = length;
      length += message.length;
    }
    this.#datagram[last + FLAGS_OFFSET + (LITTLE_ENDIAN ? 0 : 1)]! |= Flags.ACK;
    // Sequence numbers stay within 32 bits; zero is the kernel's own.
    this.#nextSequence = firstSequence + (end - first) > 0x7fff_ffff ? 1 : firstSequence + (end - first);
    const errno = -this.socket.send(this.#datagram.subarray(0, length));
    if (errno === 0) this.#readAnswers(errnos, first, end, firstSequence);
    else errnos.fill(errno, first, end);
    return end;
  }

  /** What is not refused is done, but only if the acknowledgement of the last shows that no answer was lost. */
  #readAnswers(errnos: (number | null)[], first: number, end: number, firstSequence: number): void {
    let lost = false;
    for (;;) {
      const bytes = this.socket.receive(this.#answers);
      if (bytes < 0) lost = true;
      if (bytes === -constants.errno.ENOBUFS) continue;
      if (bytes <= 0) break;
      for (const message of parseMessages(this.#answers.subarray(0, bytes))) {
        if (message.type !== Control.ERROR) continue;
        const at = first + message.seq - firstSequence;
        if (at >= first && at < end) errnos[at] = -parseError(message.data, message.flags).errno;
      }
    }
    if (lost || errnos[end - 1] === null) return;
    for (let at = first; at < end; at += 1) errnos[at] ??= 0;
  }

  #setUint32(offset: number, value: number): void {
    this.#view.setUint32(offset, value, LITTLE_ENDIAN);
  }
}
