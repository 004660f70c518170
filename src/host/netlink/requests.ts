/**
 * Adds and removes virtual addresses, many in one datagram, and says at once what became of each. The kernel carries
 * a datagram out while it is sent, in order, and goes on after a message that it refuses: so the answers are there
 * when `send` returns, and only the last message asks for an acknowledgement.
 */
import { constants } from "node:os";
import { parseError, parseMessages } from "netlink/dist/structs.js";
import { formatWithPrefix, isSingleHost } from "../../base/address.js";
import { LITTLE_ENDIAN } from "../../base/bytes.js";
import { VrrpdError } from "../../base/errors.js";
import { errnoName, NetlinkSocket } from "../native.js";
import { type PutBack, putBack, type Stock, takeStock } from "./companions.js";
import { Control, Flags } from "./constants.js";
import {
  type DressedAddress,
  encodeAddAddress,
  encodeRemoveAddress,
  FLAGS_OFFSET,
  SEQUENCE_OFFSET,
} from "./encode.js";
import type { OwnChanges } from "./own-changes.js";

/** Some 350 messages: far below what a socket may send, and the answers to all of them fit its receive buffer. */
const DATAGRAM_BYTES = 32 * 1024;
/** An answer that refuses costs the kernel's accounting about a kilobyte. */
const RECEIVE_BUFFER_BYTES = 1024 * 1024;

/** The messages for the virtual addresses of one router, ready to be sent. */
export interface PreparedAddresses {
  readonly interfaceIndex: number;
  readonly entries: readonly PreparedAddress[];
}

interface PreparedAddress {
  /** "address/prefix length" */
  readonly key: string;
  /** IPv4 with a shorter prefix than that of a single host: others of its subnet may go with it. */
  readonly hasSubnet: boolean;
  readonly add: Uint8Array;
  readonly remove: Uint8Array;
}

/** What one virtual router wants of a burst: indexes into its virtual addresses. */
export interface AddressBatch {
  readonly prepared: PreparedAddresses;
  readonly addresses: readonly number[];
}

/** What became of one address of a batch, known by its position among the prepared ones. */
export type RequestOutcome =
  | { readonly address: number; readonly result: "done" }
  /** `code`: errno name. */
  | { readonly address: number; readonly result: "refused"; readonly code: string };

type Operation = "add" | "remove";

interface Slot {
  readonly interfaceIndex: number;
  readonly address: number;
  readonly entry: PreparedAddress;
  /** 0, or the errno of the answer; null: the kernel has not said. */
  errno: number | null;
}

/** @param leaseSeconds lifetime that every add gives the address; null: for ever. */
export function prepareAddresses(
  interfaceIndex: number,
  virtualAddresses: readonly DressedAddress[],
  leaseSeconds: number | null,
): PreparedAddresses {
  const entries = virtualAddresses.map((entry) => ({
    key: formatWithPrefix(entry),
    hasSubnet: entry.address.family === "ipv4" && !isSingleHost(entry),
    add: encodeAddAddress(interfaceIndex, entry, leaseSeconds),
    remove: encodeRemoveAddress(interfaceIndex, entry),
  }));
  return { interfaceIndex, entries };
}

export class AddressRequests {
  readonly #socket: NetlinkSocket;
  readonly #datagram = Buffer.alloc(DATAGRAM_BYTES);
  readonly #answers = Buffer.alloc(64 * 1024);
  readonly #view = new DataView(this.#datagram.buffer, this.#datagram.byteOffset, DATAGRAM_BYTES);
  #nextSequence = 1;

  /**
   * @param onPutBack told of what went with an address of ours and was put back
   * Throws an Error with `code` when the socket cannot be opened.
   */
  constructor(
    private readonly own: OwnChanges,
    private readonly onPutBack: (results: readonly PutBack[]) => void = () => {},
  ) {
    this.#socket = new NetlinkSocket({
      groups: 0,
      receiveBufferBytes: RECEIVE_BUFFER_BYTES,
      onReadable: null,
    });
  }

  /** As it stands in the header of the IPv4 events that these requests cause. */
  get portId(): number {
    return this.#socket.portId;
  }

  /** Adds or renews. One array of outcomes a batch, in its order. An address that is there already is done. */
  add(batches: readonly AddressBatch[]): RequestOutcome[][] {
    return this.#carryOut("add", batches);
  }

  /** Removes. An address that is not there, or whose interface is gone, is done. */
  remove(batches: readonly AddressBatch[]): RequestOutcome[][] {
    const withSubnets = new Set(
      batches
        .filter(({ prepared, addresses }) => addresses.some((index) => prepared.entries[index]!.hasSubnet))
        .map(({ prepared }) => prepared.interfaceIndex),
    );
    if (withSubnets.size === 0) return this.#carryOut("remove", batches);
    const before = unlessSilent(() => takeStock(withSubnets));
    const outcomes = this.#carryOut("remove", batches);
    if (before !== null) this.#putBack(before);
    return outcomes;
  }

  #putBack(before: Stock): void {
    const isOurs = (index: number, key: string) => this.own.knows(index, key);
    const results = unlessSilent(() => putBack(this.#socket, before, isOurs)) ?? [];
    if (results.length > 0) this.onPutBack(results);
  }

  /** Removes what these requests have added there and not removed since: "address/prefix length" of each. */
  removeOwn(prepared: readonly PreparedAddresses[]): string[] {
    const batches = prepared.map(({ interfaceIndex, entries }) => {
      const held = [...entries.keys()].filter((index) => this.own.holds(interfaceIndex, entries[index]!.key));
      return { prepared: { interfaceIndex, entries }, addresses: held };
    });
    const outcomes = this.remove(batches);
    return outcomes.flatMap((batch, position) =>
      batch
        .filter(({ result }) => result === "done")
        .map(({ address }) => prepared[position]!.entries[address]!.key),
    );
  }

  close(): void {
    this.#socket.close();
  }

  #carryOut(operation: Operation, batches: readonly AddressBatch[]): RequestOutcome[][] {
    const slots = batches.map(({ prepared, addresses }) =>
      addresses.map((address): Slot => {
        const { interfaceIndex, entries } = prepared;
        return { interfaceIndex, address, entry: entries[address]!, errno: null };
      }),
    );
    const all = slots.flat();
    for (let first = 0; first < all.length; ) first = this.#sendFrom(operation, all, first);
    return slots.map((batch) => batch.map((slot) => this.#outcome(operation, slot)));
  }

  /** Sends one datagram with the slots from `first` on that fit; returns the first that did not. */
  #sendFrom(operation: Operation, slots: readonly Slot[], first: number): number {
    const firstSequence = this.#nextSequence;
    let length = 0;
    let last = 0;
    let end = first;
    for (; end < slots.length; end += 1) {
      const message = slots[end]!.entry[operation];
      if (length + message.length > DATAGRAM_BYTES) break;
      this.#datagram.set(message, length);
      this.#setUint32(length + SEQUENCE_OFFSET, firstSequence + end - first);
      last = length;
      length += message.length;
    }
    this.#datagram[last + FLAGS_OFFSET + (LITTLE_ENDIAN ? 0 : 1)]! |= Flags.ACK;
    // Sequence numbers stay within 32 bits; zero is the kernel's own.
    this.#nextSequence = firstSequence + (end - first) > 0x7fff_ffff ? 1 : firstSequence + (end - first);
    const errno = -this.#socket.send(this.#datagram.subarray(0, length));
    if (errno === 0) this.#readAnswers(slots, first, end, firstSequence);
    else for (let at = first; at < end; at += 1) slots[at]!.errno = errno;
    return end;
  }

  /** What is not refused is done, but only if the acknowledgement of the last shows that no answer was lost. */
  #readAnswers(slots: readonly Slot[], first: number, end: number, firstSequence: number): void {
    let lost = false;
    for (;;) {
      const bytes = this.#socket.receive(this.#answers);
      if (bytes < 0) lost = true;
      if (bytes === -constants.errno.ENOBUFS) continue;
      if (bytes <= 0) break;
      for (const message of parseMessages(this.#answers.subarray(0, bytes))) {
        if (message.type !== Control.ERROR) continue;
        const slot = slots[first + message.seq - firstSequence];
        if (slot !== undefined) slot.errno = -parseError(message.data, message.flags).errno;
      }
    }
    if (lost || slots[end - 1]!.errno === null) return;
    for (let at = first; at < end; at += 1) slots[at]!.errno ??= 0;
  }

  #outcome(operation: Operation, slot: Slot): RequestOutcome {
    const { address, interfaceIndex, entry } = slot;
    const code = slot.errno === null ? "ENOBUFS" : slot.errno === 0 ? null : errnoName(slot.errno);
    if (code === null) {
      if (operation === "add") this.own.added(interfaceIndex, entry.key);
      else this.own.removed(interfaceIndex, entry.key);
      return { address, result: "done" };
    }
    if (operation === "add" && code === "EEXIST") return { address, result: "done" };
    if (operation === "remove" && GONE.has(code)) {
      this.own.wasAbsent(interfaceIndex, entry.key);
      return { address, result: "done" };
    }
    return { address, result: "refused", code };
  }

  #setUint32(offset: number, value: number): void {
    this.#view.setUint32(offset, value, LITTLE_ENDIAN);
  }
}

/** null: the kernel cannot say what there is; to remove what is ours matters more. */
function unlessSilent<T>(asked: () => T): T | null {
  try {
    return asked();
  } catch (error) {
    if (error instanceof VrrpdError && error.code === "ENETLINK") return null;
    throw error;
  }
}

/** The address is not there, its interface is gone, or the interface has no part in this family. */
const GONE: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "ENODEV", "ENXIO"]);
