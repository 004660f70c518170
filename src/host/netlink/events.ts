/**
 * Follows the links and addresses of the host. Events keep a table up to date; where the kernel had to drop some
 * (its buffer overran: -ENOBUFS) what is queued is read away and the table is compared with a fresh dump, so that
 * whatever happened is told late but is told.
 */
import { constants } from "node:os";
import { type NetlinkMessage, parseMessages } from "netlink/dist/structs.js";
import { formatWithPrefix } from "../../base/address.js";
import { VrrpdError } from "../../base/errors.js";
import type { InterfaceFacts } from "../../config/plan/facts.js";
import { errnoName, NetlinkSocket } from "../native.js";
import { EVENT_GROUPS, MessageType } from "./constants.js";
import { type AddressMessage, decodeAddress, decodeLink } from "./decode.js";
import { takeSnapshot } from "./dump.js";
import type { OwnChanges } from "./own-changes.js";
import { type HostChanges, HostTable } from "./table.js";

/** Room for some 5000 events that wait to be read. */
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;
/** A read goes on while the kernel's largest datagram (32 KiB) would still fit: it returns some 80 short events. */
const READ_BYTES = 40 * 1024;
/** One wake-up leaves the rest to the next turn of the loop: the echo of a takeover must not hold back an advert. */
const READS_PER_WAKE_UP = 1;
/** More than the socket can hold. */
const READS_TO_EMPTY = 2048;

/** After a dump that failed. */
const RESYNC_RETRY_MILLIS = 1_000;

/** The buffer overran, or a datagram was longer than any should be. */
const LOST: ReadonlySet<number> = new Set([-constants.errno.ENOBUFS, -constants.errno.EMSGSIZE]);

export interface KernelEventsOptions {
  readonly changes: HostChanges;
  readonly own: OwnChanges;
  /** Port id of the socket that our own requests go through. */
  readonly requestPortId: number;
  /** A dump after lost events failed; it is tried again with the next event, or after a second. */
  readonly onError: (error: VrrpdError) => void;
  readonly receiveBufferBytes?: number;
}

export class KernelEvents {
  /** How often events were lost, and how many messages were not well-formed. */
  readonly statistics = { overruns: 0, malformed: 0 };
  readonly #socket: NetlinkSocket;
  readonly #buffer = Buffer.alloc(READ_BYTES);
  readonly #table: HostTable;
  #resyncDue = false;
  #retry: NodeJS.Timeout | null = null;
  #reading = false;

  /** Joins the groups; nothing is told before `start`. Throws an Error with `code` when the socket cannot be opened. */
  constructor(private readonly options: KernelEventsOptions) {
    this.#table = new HostTable(options.changes);
    this.#socket = new NetlinkSocket({
      groups: EVENT_GROUPS,
      receiveBufferBytes: options.receiveBufferBytes ?? RECEIVE_BUFFER_BYTES,
      onReadable: () => this.#read(READS_PER_WAKE_UP),
    });
  }

  /** Tells of every interface that is there, with its addresses. Throws VrrpdError `ENETLINK`. */
  start(): void {
    this.#adoptSnapshot();
  }

  /** Reads all that is queued: after a stall, before timers may fire. */
  readAll(): void {
    this.#read(READS_TO_EMPTY);
  }

  interfaces(): InterfaceFacts[] {
    return this.#table.interfaces();
  }

  close(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#socket.close();
  }

  /** A listener that asks for a read while it is being told finds it under way. */
  #read(most: number): void {
    if (this.#reading) return;
    this.#reading = true;
    try {
      this.#readQueued(most);
      if (this.#resyncDue) this.#resync();
    } finally {
      this.#reading = false;
    }
  }

  #readQueued(most: number): void {
    for (let reads = 0; reads < most; reads += 1) {
      const bytes = this.#socket.receive(this.#buffer);
      if (bytes === 0) break;
      if (LOST.has(bytes)) this.#onOverrun();
      else if (bytes < 0) return this.options.onError(failure(bytes));
      else for (const message of parseMessages(this.#buffer.subarray(0, bytes))) this.#take(message);
    }
  }

  /** What is still queued is older than the dump that follows, and worth nothing. */
  #onOverrun(): void {
    this.statistics.overruns += 1;
    this.#resyncDue = true;
    for (let reads = 0; reads < READS_TO_EMPTY; reads += 1) {
      if (this.#socket.receive(this.#buffer) === 0) return;
    }
  }

  #resync(): void {
    try {
      this.#adoptSnapshot();
      this.#resyncDue = false;
    } catch (error) {
      if (!(error instanceof VrrpdError)) throw error;
      this.#retry ??= setTimeout(() => {
        this.#retry = null;
        this.readAll();
      }, RESYNC_RETRY_MILLIS);
      this.options.onError(error);
    }
  }

  #adoptSnapshot(): void {
    const snapshot = takeSnapshot();
    this.statistics.malformed += snapshot.malformed;
    this.options.own.settleAll();
    this.#table.adopt(snapshot);
  }

  #take(message: NetlinkMessage): void {
    let tell: () => void;
    try {
      tell = this.#decode(message);
    } catch {
      this.statistics.malformed += 1;
      return;
    }
    tell();
  }

  /** Decodes at once; what it returns tells the listeners, whose errors are not the message's. */
  #decode({ type, port, data }: NetlinkMessage): () => void {
    if (type === MessageType.NEWLINK || type === MessageType.DELLINK) {
      const link = decodeLink(data);
      // A port that leaves its bridge is told as a DELLINK of that family.
      if (link.family !== 0) return nothing;
      if (type === MessageType.NEWLINK) return () => this.#table.putLink(link);
      this.options.own.forgetInterface(link.index);
      return () => this.#table.dropLink(link.index);
    }
    if (type !== MessageType.NEWADDR && type !== MessageType.DELADDR) return nothing;
    const message = decodeAddress(data);
    if (message === null) return nothing;
    if (type === MessageType.NEWADDR) {
      return () => this.#table.putAddress(message, this.#isOurAddition(message, port) ? "us" : "others");
    }
    const { interfaceIndex, address } = message;
    const ours = this.options.own.takeRemoval(interfaceIndex, formatWithPrefix(address));
    const author = ours ? "us" : port === this.options.requestPortId ? "kernel" : "others";
    return () => this.#table.dropAddress(message, author);
  }

  #isOurAddition({ interfaceIndex, address }: AddressMessage, port: number): boolean {
    // A secondary that the kernel promotes when we remove its primary carries our port id as well.
    if (address.address.family === "ipv4" && port !== this.options.requestPortId) return false;
    return this.options.own.isOurAddition(interfaceIndex, formatWithPrefix(address));
  }
}

function nothing(): void {}

function failure(errno: number): VrrpdError {
  return new VrrpdError("ENETLINK", `reading the kernel's link and address events: ${errnoName(errno)}`);
}
