/**
 * Finds the few addresses that are ours among the many that packets list, without making an object of any: others
 * choose what they list, and how often they say something new.
 */
import type { IpAddress } from "../base/address.js";

export class AddressIndex {
  readonly #byHash = new Map<number, IpAddress[]>();
  /** How many there are. */
  readonly size: number;

  constructor(addresses: Iterable<IpAddress>) {
    const distinct = new Map([...addresses].map((address) => [address.text, address]));
    this.size = distinct.size;
    for (const address of distinct.values()) {
      const hash = hashAt(address.bytes, 0, address.bytes.length);
      this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), address]);
    }
  }

  /** The one of the 4 or 16 bytes at `offset`; null: it is none of these. */
  find(bytes: Uint8Array, offset: number, length: 4 | 16): IpAddress | null {
    const candidates = this.#byHash.get(hashAt(bytes, offset, length));
    if (candidates === undefined) return null;
    // A closure would be made for each address that is looked up.
    for (const address of candidates) if (isAt(address.bytes, bytes, offset, length)) return address;
    return null;
  }
}

function hashAt(bytes: Uint8Array, offset: number, length: number): number {
  let hash = length;
  for (let at = offset; at < offset + length; at += 1) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
  return hash;
}

function isAt(address: Uint8Array, bytes: Uint8Array, offset: number, length: number): boolean {
  if (address.length !== length) return false;
  for (let at = 0; at < length; at += 1) if (address[at] !== bytes[offset + at]) return false;
  return true;
}
