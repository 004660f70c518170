/// <reference path="./raw-socket-package.d.ts" />
/**
 * The one place that drives the raw-socket package, through the `wrap` inside its sockets: `Socket.send` would queue
 * packets for another turn of the loop, while `wrap.send` hands one to the kernel before it returns.
 */
import { constants } from "node:os";
import type { RawSocketModule, SocketWrap } from "raw-socket";
import type { Family } from "../../base/address.js";
import type { SendingSocket } from "./socket.js";

const { errno } = constants;

/** `IPPROTO_RAW`: sends packets of any protocol and receives none, so that nothing piles up unread. */
const SEND_ONLY = 255;
/** Unused, and allocated regardless. */
const PACKAGE_BUFFER_BYTES = 1;

/** A socket that nothing refers to is collected and closed without a word, so the open ones are held here. */
const open = new Set<RawSocket>();

export class RawSocket implements SendingSocket {
  readonly #wrap: SocketWrap;

  /** Throws an Error whose message is strerror's text; so does `setOption`. */
  constructor(raw: RawSocketModule, family: Family) {
    const addressFamily = family === "ipv4" ? raw.AddressFamily.IPv4 : raw.AddressFamily.IPv6;
    const options = { protocol: SEND_ONLY, addressFamily, bufferSize: PACKAGE_BUFFER_BYTES };
    this.#wrap = raw.createSocket(options).wrap;
    this.#wrap.removeAllListeners();
    // A pending error of the socket ends the polling, which nobody waits for; the next send tells of it.
    this.#wrap.on("error", ignore);
    this.#wrap.pause(true, true);
    open.add(this);
  }

  setOption(level: number, option: number, value: Uint8Array): void {
    this.#wrap.setOption(level, option, value, value.length);
  }

  send(packet: Uint8Array, destination: string): number {
    try {
      this.#wrap.send(packet, 0, packet.length, destination, ignore);
      return 0;
    } catch (error) {
      return negatedErrno((error as Error).message);
    }
  }

  close(): void {
    if (open.delete(this)) this.#wrap.close();
  }
}

function ignore(): void {}

/**
 * raw-socket reports a failed system call by strerror's text alone; these are the texts of the C libraries that Node
 * runs on (glibc, musl), of the errors that sending and receiving packets can meet.
 */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ["Resource temporarily unavailable", errno.EAGAIN],
  ["Interrupted system call", errno.EINTR],
  ["Operation not permitted", errno.EPERM],
  ["Permission denied", errno.EACCES],
  ["No such device", errno.ENODEV],
  ["No such device or address", errno.ENXIO],
  ["Network is down", errno.ENETDOWN],
  ["Network is unreachable", errno.ENETUNREACH],
  ["Network unreachable", errno.ENETUNREACH],
  ["No route to host", errno.EHOSTUNREACH],
  ["Host is unreachable", errno.EHOSTUNREACH],
  ["No buffer space available", errno.ENOBUFS],
  ["Cannot allocate memory", errno.ENOMEM],
  ["Out of memory", errno.ENOMEM],
  ["Message too long", errno.EMSGSIZE],
  ["Message too large", errno.EMSGSIZE],
  ["Invalid argument", errno.EINVAL],
  ["Cannot assign requested address", errno.EADDRNOTAVAIL],
  ["Address not available", errno.EADDRNOTAVAIL],
  ["Address family not supported by protocol", errno.EAFNOSUPPORT],
  ["Protocol not available", errno.ENOPROTOOPT],
  ["Too many open files", errno.EMFILE],
  ["No file descriptors available", errno.EMFILE],
  ["Too many open files in system", errno.ENFILE],
  ["Bad file descriptor", errno.EBADF],
]);

/** The negated errno of a text; -EIO for one that is not known. */
export function negatedErrno(text: string): number {
  return -(NUMBERS.get(text) ?? errno.EIO);
}
