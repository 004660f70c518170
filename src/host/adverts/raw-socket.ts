/// <reference path="./raw-socket-package.d.ts" />
/**
 * The one place that drives the raw-socket package, through the `wrap` inside its sockets: its own events give one
 * packet a turn of the loop, while `wrap.recv` called again and again empties the queue in one.
 *
 * Its callbacks run outside Node's callback scope: promises and ticks that a handler queues wait for the next event
 * of the loop, so handlers are synchronous; and an error that a handler throws would be lost in the addon, so it is
 * thrown again from the loop.
 */
import { constants } from "node:os";
import raw, { type SocketWrap } from "raw-socket";
import type { Family } from "../../base/address.js";
import { negatedErrno } from "./strerror.js";

/** Unused: packets are read into the caller's buffer. The package allocates it regardless. */
const PACKAGE_BUFFER_BYTES = 1;
const EAGAIN = -constants.errno.EAGAIN;

/** A socket that nothing refers to is collected and closed without a word, so the open ones are held here. */
const open = new Set<RawSocket>();

export interface RawSocketOptions {
  readonly family: Family;
  /** IP protocol number */
  readonly protocol: number;
  /** Something can be read; null: the socket only sends. */
  readonly onReadable: (() => void) | null;
}

export class RawSocket {
  readonly #wrap: SocketWrap;
  #received = 0;
  readonly #onReceived = (_buffer: Uint8Array, bytes: number) => {
    this.#received = bytes;
  };

  /** Throws an Error whose message is strerror's text. */
  constructor(private readonly options: RawSocketOptions) {
    const { family, protocol, onReadable } = options;
    const addressFamily = family === "ipv4" ? raw.AddressFamily.IPv4 : raw.AddressFamily.IPv6;
    this.#wrap = raw.createSocket({ protocol, addressFamily, bufferSize: PACKAGE_BUFFER_BYTES }).wrap;
    this.#wrap.removeAllListeners();
    this.#wrap.on("recvReady", () => this.#wake());
    this.#wrap.on("error", () => this.#onPollError());
    if (onReadable === null) this.#wrap.pause(true, true);
    open.add(this);
  }

  /** Throws an Error whose message is strerror's text. */
  setOption(level: number, option: number, value: Uint8Array | number): void {
    const bytes = typeof value === "number" ? new Uint8Array(Int32Array.of(value).buffer) : value;
    this.#wrap.setOption(level, option, bytes, bytes.length);
  }

  /** 0, or the negated errno. */
  send(packet: Uint8Array, destination: string): number {
    try {
      this.#wrap.send(packet, 0, packet.length, destination, ignore);
      return 0;
    } catch (error) {
      return negatedErrno((error as Error).message);
    }
  }

  /** The length of the packet that was read, 0 when nothing is queued, or the negated errno. */
  receive(buffer: Uint8Array): number {
    // The end of every batch is an exception: without its stack trace it costs a third.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      this.#wrap.recv(buffer, this.#onReceived);
      return this.#received;
    } catch (error) {
      const code = negatedErrno((error as Error).message);
      return code === EAGAIN ? 0 : code;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  /** Closes the descriptor before it returns. Harmless when repeated. */
  close(): void {
    if (open.delete(this)) this.#wrap.close();
  }

  #wake(): void {
    try {
      this.options.onReadable?.();
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
  }

  /** A pending error of the socket ends the polling; reading takes the error away, and tells of it. */
  #onPollError(): void {
    if (!open.has(this) || this.options.onReadable === null) return;
    this.#wake();
    this.#wrap.pause(false, true);
  }
}

function ignore(): void {}
