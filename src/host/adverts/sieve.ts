/**
 * What is left of a flood that imitates adverts of ours: a bounded number of packets a second is looked at closely,
 * the others are compared in place first, which costs a tenth. Calm traffic does not come near the bound.
 */
import type { Family } from "../../base/address.js";
import { MICROS_PER_SECOND, type Micros } from "../../base/time.js";
import { addWords, isRightSum } from "../../wire/checksum.js";
import { PRIORITY, TYPE_ADVERTISEMENT, VERSION_AND_TYPE, VRRP_PROTOCOL } from "../../wire/vrrp.js";

/** So many packets of any kind, and so many more of those that would win; after a calm, more at once. */
const ANY_PER_SECOND = 1_000;
const MOST_ANY = 4_000;
const STRONG_PER_SECOND = 4_000;
const MOST_STRONG = 8_000;
const VERSION_3 = (3 << 4) | TYPE_ADVERTISEMENT;
/** In an IPv4 header: source and destination. */
const ADDRESSES_IPV4 = 12;

export class Sieve {
  /** Adverts of a lower priority than the best master's are the first to be left out. */
  bestPriority = 0;
  /** How many packets were left out. */
  leftOut = 0;
  #any = MOST_ANY;
  #strong = MOST_STRONG;
  #earnedAt: Micros | null = null;
  #packets: Uint8Array = new Uint8Array();
  #addresses: Uint8Array = new Uint8Array();

  /** @param unbounded a right checksum is enough: nothing that may come from the followed master is left out */
  constructor(
    private readonly family: Family,
    private readonly unbounded: boolean,
  ) {}

  /** Where the packets will stand, as the addon's receiver has them. */
  readFrom({ packets, addresses }: { readonly packets: Uint8Array; readonly addresses: Uint8Array }): void {
    this.#packets = packets;
    this.#addresses = addresses;
  }

  /** Before each reading. */
  earn(now: Micros): void {
    const seconds = (now - (this.#earnedAt ?? now)) / MICROS_PER_SECOND;
    this.#earnedAt = now;
    this.#any = Math.min(MOST_ANY, this.#any + seconds * ANY_PER_SECOND);
    this.#strong = Math.min(MOST_STRONG, this.#strong + seconds * STRONG_PER_SECOND);
  }

  /**
   * Whether the packet from `start` up to `end` is worth a closer look.
   * @param addressesAt IPv6: where its source and destination stand
   */
  admits(start: number, end: number, addressesAt: number): boolean {
    if (this.#any >= 1) {
      this.#any -= 1;
      return true;
    }
    if (this.#admitsStrong(start, end, addressesAt)) return true;
    this.leftOut += 1;
    return false;
  }

  #admitsStrong(start: number, end: number, addressesAt: number): boolean {
    const message = this.family === "ipv4" ? start + (this.#packets[start]! & 15) * 4 : start;
    if (message >= end || !this.#hasRightSum(start, message, end, addressesAt)) return false;
    if (this.unbounded) return true;
    if (this.#strong < 1) return false;
    // One of version 2 may be yielded to whatever its priority.
    const isStrong =
      this.#packets[message + PRIORITY]! >= this.bestPriority ||
      this.#packets[message + VERSION_AND_TYPE] !== VERSION_3;
    if (isStrong) this.#strong -= 1;
    return isStrong;
  }

  /** Over IPv4 with the pseudo-header or without: a hint, in which either is good for both versions. */
  #hasRightSum(start: number, message: number, end: number, addressesAt: number): boolean {
    const sum = addWords(0, this.#packets, message, end);
    const rest = sum + VRRP_PROTOCOL + (end - message);
    if (this.family === "ipv6") {
      return isRightSum(addWords(rest, this.#addresses, addressesAt, addressesAt + 32));
    }
    if (isRightSum(sum)) return true;
    const ends = start + ADDRESSES_IPV4;
    return isRightSum(addWords(rest, this.#packets, ends, ends + 8));
  }
}
