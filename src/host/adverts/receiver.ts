/** Adverts coming in, through the addon: many with one call, and for IPv6 with the hop limit, which raw-socket lacks. */
import { constants } from "node:os";
import type { Family } from "../../base/address.js";
import { MICROS_PER_MILLISECOND } from "../../base/time.js";
import { decodeIpv4 } from "../../wire/ipv4.js";
import { VRRP_PROTOCOL } from "../../wire/vrrp.js";
import { nowMicros, RawReceiver } from "../native.js";
import type { Overlap } from "./overlap.js";
import { MOST_WAIT_MILLIS, type PacedSocket, type Pacer, readParts } from "./pacing.js";
import type { Sieve } from "./sieve.js";
import type { AdvertSocketOptions, Failures, OnRepeated } from "./socket.js";

/** The longest adverts have 1104 bytes (IPv4: 255 addresses, options, authentication) and 4088 bytes (IPv6). */
const SLOT_BYTES: Readonly<Record<Family, number>> = { ipv4: 2048, ipv6: 4096 };
/** The longest age to believe: what seems older counts as just arrived. */
const MOST_AGE_MICROS = MOST_WAIT_MILLIS * MICROS_PER_MILLISECOND;
/** How the addon tells of a packet that is longer than its slot. */
const LONG_PACKET = -constants.errno.EMSGSIZE;
/** And of one like another that it recognises. */
const REPEATED = -constants.errno.EALREADY;

export interface ReceiverOptions {
  /** Which packets it gets (filter.ts). */
  readonly filter: Uint8Array;
  readonly receiveBufferBytes: number;
  /** How many packets are read with one call. */
  readonly slots: number;
  /** When they are read. */
  readonly pacing: (socket: PacedSocket) => Pacer;
  /** What several sockets may have got. */
  readonly overlap: Overlap;
  /** What it leaves out of a flood; null: nothing. */
  readonly sieve: Sieve | null;
  /** How many different packets it recognises when they come again; 0: none. */
  readonly recognised: number;
}

export class AdvertReceiver {
  readonly #receiver: RawReceiver;
  readonly #pacing: Pacer;
  readonly #overlap: Overlap;
  readonly #sieve: Sieve | null;
  readonly #take: (slot: number, length: number) => OnRepeated | null;
  readonly #recognises: boolean;
  /** By the number of what is recognised. */
  #onRepeated: OnRepeated[] = [];
  #anyRepeated = false;

  /** Throws an Error with `code`. */
  constructor(
    private readonly options: AdvertSocketOptions,
    private readonly failures: Failures,
    { filter, receiveBufferBytes, slots, pacing, overlap, sieve, recognised }: ReceiverOptions,
  ) {
    const { family, interfaceIndex, groups } = options;
    this.#overlap = overlap;
    this.#sieve = sieve;
    this.#recognises = recognised > 0;
    this.#pacing = pacing({
      read: (most) => this.#readBatch(most),
      pause: (paused) => this.#receiver.pause(paused),
    });
    this.#receiver = new RawReceiver({
      family,
      protocol: VRRP_PROTOCOL,
      interfaceIndex,
      groups: groups.map(({ bytes }) => bytes),
      filter,
      receiveBufferBytes,
      slots,
      slotBytes: SLOT_BYTES[family],
      mostAgeMicros: MOST_AGE_MICROS,
      recognised,
      ofLink: options.from !== undefined,
      onReadable: () => this.#pacing.onReadable(),
    });
    sieve?.readFrom(this.#receiver);
    this.#take = family === "ipv4" ? this.#ipv4Taker() : this.#ipv6Taker();
  }

  /** 0, or the negated errno. */
  setFilter(filter: Uint8Array): number {
    return this.#receiver.setFilter(filter);
  }

  /** Packets that were read, and not looked at closely. */
  get leftOut(): number {
    return this.#sieve?.leftOut ?? 0;
  }

  /** Adverts of a lower priority are the first that a flood costs. */
  prefer(bestPriority: number): void {
    if (this.#sieve !== null) this.#sieve.bestPriority = bestPriority;
  }

  /** Packets that found no room, since it was opened. */
  get drops(): number {
    return Math.max(0, this.#receiver.drops);
  }

  readArrived(): boolean {
    return this.#pacing.readArrived();
  }

  /** Reads what has arrived, whenever it would be read otherwise. */
  readAll(): void {
    readParts((most) => this.#readBatch(most));
  }

  /** Tells how often each packet that is recognised came since the last call. */
  catchUp(): void {
    if (!this.#anyRepeated) return;
    this.#anyRepeated = false;
    const { repeats, repeatedAt } = this.#receiver;
    for (const [number, onRepeated] of this.#onRepeated.entries()) {
      const count = repeats[number]!;
      if (count === 0) continue;
      repeats[number] = 0;
      onRepeated(count, repeatedAt[number]!);
    }
  }

  /** Nothing is recognised any more; what was not told yet is left out. */
  forget(): void {
    this.#receiver.forget();
    this.#receiver.repeats.fill(0);
    this.#onRepeated = [];
    this.#anyRepeated = false;
  }

  close(): void {
    this.#pacing.close();
    this.#receiver.close();
  }

  #readBatch(most: number): number {
    const { batch } = this.options;
    if (batch === undefined) return this.#read(most);
    let packets = 0;
    batch(() => {
      packets = this.#read(most);
    });
    return packets;
  }

  #read(most: number): number {
    const { lengths, stamps } = this.#receiver;
    this.#sieve?.earn(nowMicros());
    for (let packets = 0; packets < most; ) {
      const received = this.#receiver.receive();
      for (let slot = 0; slot < received; slot += 1) {
        const length = lengths[slot]!;
        if (length === REPEATED) this.#anyRepeated = true;
        else if (this.#overlap.isRepeated(stamps[slot]!)) continue;
        else if (length === LONG_PACKET) this.options.onDrop("length");
        else if (length === 0) this.options.onDrop("truncated");
        else if (this.#isWorthwhile(slot, length)) this.#hear(slot, length);
      }
      if (received < 0) {
        const code = this.failures.count(received);
        // It goes up and down with the state of its virtual router.
        if (this.options.from === undefined || code !== "ENETDOWN") this.options.onError(code);
        return packets;
      }
      packets += received;
      if (received < lengths.length) return packets;
    }
    return most;
  }

  /** What came before it and was not told yet comes first. */
  #hear(slot: number, length: number): void {
    this.catchUp();
    const onRepeated = this.#take(slot, length);
    if (onRepeated === null || !this.#recognises) return;
    // Another socket may have got it, too: neither must count it twice.
    if (this.#overlap.mayHold(this.#receiver.stamps[slot]!)) return;
    const number = this.#receiver.recognise(slot);
    if (number >= 0) this.#onRepeated[number] = onRepeated;
  }

  #isWorthwhile(slot: number, length: number): boolean {
    if (this.#sieve === null) return true;
    const start = slot * SLOT_BYTES[this.options.family];
    return this.#sieve.admits(start, start + length, 32 * slot);
  }

  /** The IP header stands before the message. */
  #ipv4Taker(): (slot: number, length: number) => OnRepeated | null {
    const { packets, arrivedAt } = this.#receiver;
    const { onPacket, onDrop } = this.options;
    return (slot, length) => {
      const start = slot * SLOT_BYTES.ipv4;
      const packet = decodeIpv4(packets.subarray(start, start + length));
      if ("reason" in packet) {
        onDrop(packet.reason);
        return null;
      }
      const { payload, source, destination, ttl } = packet;
      return onPacket(payload, { family: "ipv4", source, destination, ttl }, arrivedAt[slot]!);
    };
  }

  /** The kernel has read the header. */
  #ipv6Taker(): (slot: number, length: number) => OnRepeated | null {
    const { packets, arrivedAt, addresses, hopLimits } = this.#receiver;
    const { onPacket } = this.options;
    return (slot, length) => {
      const start = slot * SLOT_BYTES.ipv6;
      const source = addresses.subarray(32 * slot, 32 * slot + 16);
      const destination = addresses.subarray(32 * slot + 16, 32 * slot + 32);
      const context = { family: "ipv6", source, destination, ttl: hopLimits[slot]! } as const;
      return onPacket(packets.subarray(start, start + length), context, arrivedAt[slot]!);
    };
  }
}
