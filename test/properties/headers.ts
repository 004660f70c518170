/** IP headers and checksums. */
import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { addWords, checksumOf, internetChecksum, isRightSum } from "../../src/wire/checksum.js";
import { decodeIpv4, encodeIpv4Header, IPV4_HEADER_LENGTH } from "../../src/wire/ipv4.js";
import { decodeIpv6, encodeIpv6Header, IPV6_HEADER_LENGTH } from "../../src/wire/ipv6.js";
import { altered, arbitraryBytes, garbage, hex } from "../wire/support.js";
import { readWithin } from "./bytes.js";
import { named } from "./property.js";

const IPV4_PACKET = hex("45c00020 00004000 ff70d899 c0000201 e0000012 3101640100640000c000020a");
const payload = fc.uint8Array({ maxLength: 1400 });

export const ipv4RoundTrip = named(
  "what has an IPv4 header put on is taken out again, with a right header checksum",
  500,
  fc.property(arbitraryBytes(4), arbitraryBytes(4), payload, (source, destination, payload) => {
    const packet = garbage(IPV4_HEADER_LENGTH + payload.length);
    encodeIpv4Header(packet, { source, destination, payloadLength: payload.length });
    packet.set(payload, IPV4_HEADER_LENGTH);
    deepStrictEqual(decodeIpv4(packet), { ttl: 255, protocol: 112, source, destination, payload });
    return isRightSum(addWords(0, packet, 0, IPV4_HEADER_LENGTH));
  }),
);

export const hostileIpv4 = named(
  "any bytes are an IPv4 packet or refused, and none outside of them are looked at",
  2000,
  fc.property(
    fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.nat(IPV4_PACKET.length).map((length) => IPV4_PACKET.subarray(0, length)),
      fc
        .tuple(fc.nat(IPV4_PACKET.length - 1), fc.nat(255))
        .map(([offset, value]) => altered(IPV4_PACKET, { [offset]: value })),
    ),
    (bytes) => void readWithin(bytes, decodeIpv4),
  ),
);

export const ipv6RoundTrip = named(
  "what has an IPv6 header put on is taken out again",
  500,
  fc.property(
    arbitraryBytes(16),
    arbitraryBytes(16),
    fc.constantFrom(112, 58),
    payload,
    (source, destination, nextHeader, payload) => {
      const packet = garbage(IPV6_HEADER_LENGTH + payload.length);
      encodeIpv6Header(packet, { source, destination, nextHeader, payloadLength: payload.length });
      packet.set(payload, IPV6_HEADER_LENGTH);
      deepStrictEqual(decodeIpv6(packet), { nextHeader, hopLimit: 255, source, destination, payload });
    },
  ),
);

export const hostileIpv6 = named(
  "any bytes are an IPv6 packet or refused, and none outside of them are looked at",
  1000,
  fc.property(
    fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.uint8Array({ minLength: 1, maxLength: 100 }).map((bytes) => altered(bytes, { 0: 0x60, 4: 0 })),
    ),
    (bytes) => void readWithin(bytes, decodeIpv6),
  ),
);

export const checksumInPlace = named(
  "a message with its checksum in place is right, and wrong with any other",
  500,
  fc.property(
    fc.uint8Array({ minLength: 1, maxLength: 5000 }),
    fc.integer({ min: 1, max: 0xfffe }),
    (bytes, error) => {
      const sum = addWords(0, bytes, 0, bytes.length);
      return isRightSum(sum + checksumOf(sum)) && !isRightSum(sum + checksumOf(sum) + error);
    },
  ),
);

export const checksumIsRemainder = named(
  "a checksum is the remainder modulo 65535, as numbers of any size have it",
  500,
  fc.property(
    fc.uint8Array({ minLength: 2, maxLength: 3000 }).filter((bytes) => bytes.length % 2 === 0),
    (bytes) => {
      const expected = 0xffff - Number(BigInt(`0x${Buffer.from(bytes).toString("hex")}`) % 0xffffn);
      return internetChecksum(bytes) % 0xffff === expected % 0xffff;
    },
  ),
);

export const HEADER_PROPERTIES = [
  ipv4RoundTrip,
  hostileIpv4,
  ipv6RoundTrip,
  hostileIpv6,
  checksumInPlace,
  checksumIsRemainder,
];
