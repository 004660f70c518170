/** What the tests of `wire` share: bytes from hexadecimal text, buffers full of garbage, arbitrary adverts. */
import fc from "fast-check";
import type { Test } from "tap";
import { addressFromBytes, type Family, type IpAddress, parseAddress } from "../../src/base/address.js";
import { type MacAddress, macFromBytes } from "../../src/base/mac.js";
import { internetChecksum, ipv6PseudoHeaderSum } from "../../src/wire/checksum.js";
import type { ReceiveContext } from "../../src/wire/decoder.js";
import { VRRP_GROUP_IPV4, VRRP_GROUP_IPV6 } from "../../src/wire/vrrp.js";

/** Bytes of hexadecimal text; spaces are for the reader. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function address(text: string): IpAddress {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(`${text} is not an address`);
  return parsed;
}

export function addresses(...texts: string[]): IpAddress[] {
  return texts.map(address);
}

export function mac(text: string): MacAddress {
  return macFromBytes(hex(text.replaceAll(":", "")));
}

export const GARBAGE = 0xa5;

/** A buffer to encode into, so that a byte that is not written shows. */
export function garbage(length: number): Uint8Array {
  return new Uint8Array(length).fill(GARBAGE);
}

/** The same bytes as a view inside a larger buffer full of `surrounding`. */
export function surrounded(bytes: Uint8Array, surrounding: number): Uint8Array {
  const larger = new Uint8Array(bytes.length + 128).fill(surrounding);
  larger.set(bytes, 64);
  return larger.subarray(64, 64 + bytes.length);
}

/** As a socket would report a multicast advert. */
export function receivedFrom(source: string, changes: Partial<ReceiveContext> = {}): ReceiveContext {
  const { family, bytes } = address(source);
  const destination = family === "ipv4" ? VRRP_GROUP_IPV4 : VRRP_GROUP_IPV6;
  return { family, source: bytes, destination, ttl: 255, ...changes };
}

/**
 * Whether `found` has all that `expected` has. (`t.match` looks into a Uint8Array no further than its type.)
 */
export function has(
  t: Test,
  found: object | string | null,
  expected: object,
  name = "has what is expected",
): void {
  const rest = typeof found === "string" ? {} : found;
  t.strictSame(found, { ...rest, ...expected }, name);
}

/** A copy with some bytes replaced. */
export function altered(bytes: Uint8Array, changes: Record<number, number>): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const [offset, value] of Object.entries(changes)) copy[Number(offset)] = value;
  return copy;
}

/** A message altered, with the checksum of the message alone made right again, so that what is meant is refused. */
export function resummed(message: Uint8Array, changes: Record<number, number>): Uint8Array {
  const copy = altered(message, { ...changes, 6: 0, 7: 0 });
  const checksum = internetChecksum(copy);
  return altered(copy, { 6: checksum >> 8, 7: checksum & 0xff });
}

const ICMP = 54;

/** A frame with an ICMPv6 message altered, its length and checksum made right again. */
export function resummedIcmp(frame: Uint8Array, changes: Record<number, number>): Uint8Array {
  const copy = altered(frame, { ...changes, [ICMP + 2]: 0, [ICMP + 3]: 0 });
  const length = copy.length - ICMP;
  const initial = ipv6PseudoHeaderSum(copy.subarray(22, 38), copy.subarray(38, 54), 58, length);
  const checksum = internetChecksum(copy, ICMP, copy.length, initial);
  return altered(copy, { 19: length, [ICMP + 2]: checksum >> 8, [ICMP + 3]: checksum & 0xff });
}

export function arbitraryBytes(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

export function arbitraryAddress(family: Family): fc.Arbitrary<IpAddress> {
  return arbitraryBytes(family === "ipv4" ? 4 : 16).map(addressFromBytes);
}

/** The fields that both versions have. */
export function arbitraryCommonFields(family: Family) {
  return {
    virtualRouterId: fc.integer({ min: 1, max: 255 }),
    priority: fc.integer({ min: 0, max: 255 }),
    addresses: fc.oneof(
      { weight: 19, arbitrary: fc.array(arbitraryAddress(family), { minLength: 1, maxLength: 20 }) },
      { weight: 1, arbitrary: fc.array(arbitraryAddress(family), { minLength: 255, maxLength: 255 }) },
    ),
  };
}
