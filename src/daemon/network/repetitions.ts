/**
 * Packets that were understood already: nearly every packet is like the one before of its speaker. Their number is
 * bounded and their memory used again. What is seen once, as forged packets are, takes no memory and pushes nobody out.
 */
import { sameBytes } from "../../base/bytes.js";
import type { Input } from "../../core/input.js";
import { CHECKSUM, VIRTUAL_ROUTER_ID } from "../../wire/vrrp.js";

/** What a socket tells of a packet; source and destination may be overwritten after the call. */
export interface PacketMeta {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly ttl: number;
}

interface Known {
  source: Uint8Array;
  destination: Uint8Array;
  message: Uint8Array;
  ttl: number;
  input: Input;
}

/** Of packets seen once, a number each. */
const SEEN_KEPT = 1024;

export class Repetitions {
  /** By source and virtual router id; the one that was noted first is first. */
  readonly #known = new Map<number, Known>();
  readonly #seen = new Int32Array(SEEN_KEPT);

  constructor(private readonly most: number) {}

  /** What the same packet, in the same context, was understood as; null: it is not known. */
  find(message: Uint8Array, meta: PacketMeta): Input | null {
    const known = this.#known.get(keyOf(meta.source, message));
    return known !== undefined && isSame(known, message, meta) ? known.input : null;
  }

  /** Copies what it keeps: nothing of what is seen for the first time. */
  note(message: Uint8Array, { source, destination, ttl }: PacketMeta, input: Input): void {
    const key = keyOf(source, message);
    let known = this.#known.get(key);
    if (known === undefined) {
      if (!this.#isSeenAgain(key, message)) return;
      if (this.#known.size >= this.most) known = this.#forgetOldest();
    }
    const { source: from, destination: to, message: bytes } = known ?? NOTHING;
    const kept = {
      source: copyOf(source, from),
      destination: copyOf(destination, to),
      message: copyOf(message, bytes),
      ttl,
      input,
    };
    this.#known.set(key, kept);
  }

  #forgetOldest(): Known {
    const [oldest, record] = this.#known.entries().next().value!;
    this.#known.delete(oldest);
    return record;
  }

  #isSeenAgain(key: number, message: Uint8Array): boolean {
    const slot = Math.abs(key % SEEN_KEPT);
    const mark = (key ^ ((message[CHECKSUM]! << 8) | (message[CHECKSUM + 1] ?? 0))) | 0;
    if (this.#seen[slot] === mark) return true;
    this.#seen[slot] = mark;
    return false;
  }
}

const EMPTY = new Uint8Array(0);
const NOTHING = { source: EMPTY, destination: EMPTY, message: EMPTY };

/** In the memory of `used` where it fits exactly or with room to spare. */
function copyOf(bytes: Uint8Array, used: Uint8Array): Uint8Array {
  const room = used.buffer.byteLength >= bytes.length ? used.buffer : new ArrayBuffer(bytes.length);
  const copy = new Uint8Array(room, 0, bytes.length);
  copy.set(bytes);
  return copy;
}

/** Two IPv6 sources may have the same: the bytes decide. */
function keyOf(source: Uint8Array, message: Uint8Array): number {
  let hash = 0;
  for (let at = 0; at < source.length; at += 1) hash = (Math.imul(hash, 257) + source[at]!) | 0;
  return hash * 256 + (message[VIRTUAL_ROUTER_ID] ?? 0);
}

/** Neither what it says nor how it came is another. */
function isSame(known: Known, message: Uint8Array, { source, destination, ttl }: PacketMeta): boolean {
  return (
    known.ttl === ttl &&
    sameBytes(known.message, message) &&
    sameBytes(known.source, source) &&
    sameBytes(known.destination, destination)
  );
}
