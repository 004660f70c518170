/**
 * What the kernel has, all at once. A dump runs to its end synchronously, on a socket for dumps alone: the kernel fills
 * the next part whenever one is read, so there is nothing to wait for, and nothing else can slip between its parts.
 * A thousand links or addresses take a few milliseconds; it is needed at start and after lost events alone.
 */
import { type NetlinkMessage, parseError, parseMessages, readS32 } from "netlink/dist/structs.js";
import { VrrpdError } from "../../base/errors.js";
import { errnoName, NetlinkSocket } from "../native.js";
import { AF_INET, AF_INET6, Control, Flags, MessageType } from "./constants.js";
import {
  type AddressMessage,
  type DefaultRoute,
  decodeAddress,
  decodeDefaultRoute,
  decodeLink,
  type LinkMessage,
} from "./decode.js";
import { encodeAddressDump, encodeLinkDump, encodeRouteDump } from "./encode.js";

/** Where another program changes the table during a dump, the kernel says so, and the dump is taken again. */
const ATTEMPTS = 100;
const RECEIVE_BUFFER_BYTES = 256 * 1024;
/** One for all: a dump is over before another begins, and what is decoded is copied out of it. */
const BUFFER = Buffer.alloc(64 * 1024);
/** Kept open: when descriptors run out the kernel can still be asked. null: not yet, or left in the middle of a list. */
let socket: NetlinkSocket | null = null;

export interface Snapshot {
  readonly links: readonly LinkMessage[];
  /** In the kernel's order. */
  readonly addresses: readonly AddressMessage[];
  /** Messages that were not well-formed and are left out. */
  readonly malformed: number;
}

/** Throws VrrpdError `ENETLINK` when the kernel refuses, or when no whole list could be got. */
export function takeSnapshot(): Snapshot {
  const links = dump(encodeLinkDump(), MessageType.NEWLINK, decodeLink);
  const ipv4 = dump(encodeAddressDump(AF_INET), MessageType.NEWADDR, decodeAddress);
  const ipv6 = dump(encodeAddressDump(AF_INET6), MessageType.NEWADDR, decodeAddress);
  return {
    links: links.entries.filter((link) => link.family === 0),
    addresses: [...ipv4.entries, ...ipv6.entries],
    malformed: links.malformed + ipv4.malformed + ipv6.malformed,
  };
}

/** The IPv4 default route with the lowest metric, or null. Throws as `takeSnapshot` does. */
export function readDefaultRoute(): DefaultRoute | null {
  return dump(
    encodeRouteDump(),
    MessageType.NEWROUTE,
    decodeDefaultRoute,
  ).entries.reduce<DefaultRoute | null>(
    (best, route) => (best === null || route.metric < best.metric ? route : best),
    null,
  );
}

/** `data` does not outlast the call. */
type Decode<T> = (data: Buffer) => T | null;

export interface Reading<T> {
  readonly entries: T[];
  malformed: number;
  consistent: boolean;
}

/** A whole list, what `decode` makes null left out. Throws as `takeSnapshot` does. */
export function dump<T>(request: Uint8Array, type: MessageType, decode: Decode<T>): Reading<T> {
  return withSocket((opened) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const reading = readOnce(opened, request, type, decode);
      if (reading.consistent) return reading;
    }
    throw failure(`a list changed under each of ${ATTEMPTS} readings`);
  });
}

/**
 * The one answer to a question that is no list; null where the kernel answers with an error. Throws as `takeSnapshot`
 * does, when it does not answer.
 */
export function ask(question: Uint8Array): NetlinkMessage | null {
  return withSocket((opened) => {
    const errno = opened.send(question);
    if (errno !== 0) throw failure(`a question was refused: ${errnoName(errno)}`);
    const bytes = opened.receive(BUFFER);
    if (bytes <= 0) throw failure(`no answer came${bytes < 0 ? `: ${errnoName(bytes)}` : ""}`);
    const [answer] = parseMessages(BUFFER.subarray(0, bytes));
    return answer === undefined || answer.type === Control.ERROR ? null : answer;
  });
}

function withSocket<T>(use: (opened: NetlinkSocket) => T): T {
  try {
    socket ??= openSocket();
    return use(socket);
  } catch (error) {
    socket?.close();
    socket = null;
    throw error;
  }
}

function openSocket(): NetlinkSocket {
  try {
    return new NetlinkSocket({ groups: 0, receiveBufferBytes: RECEIVE_BUFFER_BYTES, onReadable: null });
  } catch (error) {
    throw failure(`no socket could be opened: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function readOnce<T>(
  socket: NetlinkSocket,
  request: Uint8Array,
  type: MessageType,
  decode: Decode<T>,
): Reading<T> {
  const errno = socket.send(request);
  if (errno !== 0) throw failure(`a list was refused: ${errnoName(errno)}`);
  const reading: Reading<T> = { entries: [], malformed: 0, consistent: true };
  for (;;) {
    const bytes = socket.receive(BUFFER);
    if (bytes === 0) throw failure("a list broke off");
    if (bytes < 0) throw failure(`a list broke off: ${errnoName(bytes)}`);
    for (const message of parseMessages(BUFFER.subarray(0, bytes))) {
      if ((message.flags & Flags.DUMP_INTR) !== 0) reading.consistent = false;
      if (message.type === Control.DONE || message.type === Control.ERROR) {
        checkEnd(message);
        return reading;
      }
      if (message.type === type) collect(message.data, decode, reading);
    }
  }
}

function collect<T>(data: Buffer, decode: Decode<T>, reading: Reading<T>): void {
  try {
    const entry = decode(data);
    if (entry !== null) reading.entries.push(entry);
  } catch {
    reading.malformed += 1;
  }
}

function checkEnd(message: NetlinkMessage): void {
  const { type, data, flags } = message;
  const errno =
    type === Control.ERROR ? parseError(data, flags).errno : data.length < 4 ? 0 : readS32.call(data, 0);
  if (errno !== 0) throw failure(`a list was refused: ${errnoName(errno)}`);
}

function failure(what: string): VrrpdError {
  return new VrrpdError("ENETLINK", `asking the kernel for its links, addresses and routes: ${what}`);
}
