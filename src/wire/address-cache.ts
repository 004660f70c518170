/**
 * Addresses out of received bytes. To make an IPv6 address with its text costs 5 µs (an IPv4 one 0.2), an advert may
 * list hundreds, and nearly always they are those of the advert before: so they are remembered.
 */
import { addressFromBytes, type IpAddress } from "../base/address.js";

/** More than any real LAN advertises; forged adverts make it start over, which costs time but no memory. */
const CAPACITY = 4096;

/** By the address as a number (IPv4) or as a string of 8 code units (IPv6). */
const remembered = new Map<number | string, IpAddress>();

/** The address of the 4 or 16 bytes at `offset`, which the caller has checked to be there. */
export function addressAt(bytes: Uint8Array, offset: number, length: 4 | 16): IpAddress {
  const key = length === 4 ? ipv4Key(bytes, offset) : ipv6Key(bytes, offset);
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const address = addressFromBytes(bytes.subarray(offset, offset + length));
  if (remembered.size >= CAPACITY) remembered.clear();
  remembered.set(key, address);
  return address;
}

/** How many addresses are remembered at this moment. */
export function rememberedAddresses(): number {
  return remembered.size;
}

function ipv4Key(b: Uint8Array, i: number): number {
  return (b[i]! << 24) | (b[i + 1]! << 16) | (b[i + 2]! << 8) | b[i + 3]!;
}

function ipv6Key(b: Uint8Array, i: number): string {
  return String.fromCharCode(
    (b[i]! << 8) | b[i + 1]!,
    (b[i + 2]! << 8) | b[i + 3]!,
    (b[i + 4]! << 8) | b[i + 5]!,
    (b[i + 6]! << 8) | b[i + 7]!,
    (b[i + 8]! << 8) | b[i + 9]!,
    (b[i + 10]! << 8) | b[i + 11]!,
    (b[i + 12]! << 8) | b[i + 13]!,
    (b[i + 14]! << 8) | b[i + 15]!,
  );
}
