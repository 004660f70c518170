/** ARP, Neighbor Advertisements, and the probes of duplicate address detection. */
import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { addressFromBytes } from "../../src/base/address.js";
import { macFromBytes } from "../../src/base/mac.js";
import { ARP_FRAME_LENGTH, decodeArp, encodeArpProbe, encodeGratuitousArp } from "../../src/wire/arp.js";
import {
  DUPLICATE_ADDRESS_PROBE_LENGTH,
  decodeDuplicateAddressProbe,
  decodeNeighborAdvertisement,
  encodeDuplicateAddressProbe,
  encodeUnsolicitedNeighborAdvertisement,
  NEIGHBOR_ADVERTISEMENT_FRAME_LENGTH,
} from "../../src/wire/ndisc.js";
import { address, altered, arbitraryBytes, garbage, mac, resummedIcmp } from "../wire/support.js";
import { readWithin } from "./bytes.js";
import { named } from "./property.js";

const SUBJECT = { mac: mac("02:00:5e:10:00:01"), address: address("2001:db8::10") };
const ARP_FRAME = encodeGratuitousArp({ ...SUBJECT, address: address("192.0.2.10") });
const ADVERTISEMENT = encodeUnsolicitedNeighborAdvertisement({
  ...SUBJECT,
  source: address("fe80::1").bytes,
  router: false,
});
const PROBE = encodeDuplicateAddressProbe(SUBJECT);
/** Behind the headers of Ethernet and IPv6: the ICMPv6 message, and its options. */
const ICMP = 14 + 40;
const OPTIONS = ICMP + 24;

const unicast = arbitraryBytes(16).filter((bytes) => bytes[0] !== 0xff);

/** One byte altered, and cut off anywhere. */
function damaged(frame: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.nat(frame.length - 1), fc.nat(255), fc.nat(frame.length))
    .map(([offset, value, length]) => altered(frame, { [offset]: value }).subarray(0, length));
}

/** One byte altered, and the ICMPv6 message cut off anywhere behind its checksum: length and checksum are right. */
function resummedIn(frame: Uint8Array): fc.Arbitrary<Uint8Array> {
  const length = fc.integer({ min: ICMP + 4, max: frame.length });
  return fc
    .tuple(fc.integer({ min: ICMP, max: frame.length - 1 }), fc.nat(255), fc.boolean(), length)
    .map(([offset, value, isAltered, length]) =>
      resummedIcmp(frame.subarray(0, length), isAltered && offset < length ? { [offset]: value } : {}),
    );
}

export const arpRoundTrip = named(
  "a gratuitous ARP, and an ARP probe, is read as it was meant",
  300,
  fc.property(arbitraryBytes(6), arbitraryBytes(4), (macBytes, bytes) => {
    const subject = { mac: macFromBytes(macBytes), address: addressFromBytes(bytes) };
    const claim = { operation: 1, senderMac: macBytes, targetAddress: bytes };
    const all = new Uint8Array(6).fill(0xff);
    deepStrictEqual(decodeArp(encodeGratuitousArp(subject, garbage(ARP_FRAME_LENGTH))), {
      ...{ ...claim, senderAddress: bytes, targetMac: all },
    });
    deepStrictEqual(decodeArp(encodeArpProbe(subject, garbage(ARP_FRAME_LENGTH))), {
      ...{ ...claim, senderAddress: new Uint8Array(4), targetMac: new Uint8Array(6) },
    });
  }),
);

export const hostileArp = named(
  "any bytes are an ARP packet or refused, and none outside of them are looked at",
  1000,
  fc.property(
    fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.uint8Array({ maxLength: 60 }).map((rest) => Uint8Array.of(...ARP_FRAME.subarray(0, 20), ...rest)),
      damaged(ARP_FRAME),
    ),
    (bytes) => {
      const read = readWithin(bytes, decodeArp);
      return "reason" in read || (read.senderAddress.length === 4 && read.targetAddress.length === 4);
    },
  ),
);

export const advertisementRoundTrip = named(
  "an unsolicited Neighbor Advertisement is read as it was meant",
  300,
  fc.property(arbitraryBytes(6), unicast, unicast, fc.boolean(), (m, source, bytes, router) => {
    const fields = { mac: macFromBytes(m), source, address: addressFromBytes(bytes), router };
    const into = garbage(NEIGHBOR_ADVERTISEMENT_FRAME_LENGTH);
    const decoded = decodeNeighborAdvertisement(encodeUnsolicitedNeighborAdvertisement(fields, into));
    const ends = { source, destination: address("ff02::1").bytes };
    const flags = { router, solicited: false, override: true };
    deepStrictEqual(decoded, { ...ends, address: bytes, mac: m, ...flags });
  }),
);

export const hostileAdvertisements = named(
  "any bytes are a Neighbor Advertisement or refused, and none outside of them are looked at",
  2000,
  fc.property(
    fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      damaged(ADVERTISEMENT),
      resummedIn(ADVERTISEMENT),
      fc
        .uint8Array({ maxLength: 60 })
        .map((options) => resummedIcmp(Uint8Array.of(...ADVERTISEMENT.subarray(0, OPTIONS), ...options), {})),
    ),
    (bytes) => {
      const read = readWithin(bytes, decodeNeighborAdvertisement);
      if ("reason" in read) return true;
      return read.address.length === 16 && (read.mac === null || read.mac.length === 6);
    },
  ),
);

export const probeRoundTrip = named(
  "a probe of duplicate address detection is read as it was meant",
  300,
  fc.property(arbitraryBytes(6), arbitraryBytes(16), (m, bytes) => {
    const fields = { mac: macFromBytes(m), address: addressFromBytes(bytes) };
    const frame = encodeDuplicateAddressProbe(fields, garbage(DUPLICATE_ADDRESS_PROBE_LENGTH));
    deepStrictEqual(decodeDuplicateAddressProbe(frame), bytes);
  }),
);

export const hostileProbes = named(
  "any bytes are such a probe or none, and none outside of them are looked at",
  1000,
  fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), damaged(PROBE), resummedIn(PROBE)), (bytes) =>
    [undefined, 16].includes(readWithin(bytes, decodeDuplicateAddressProbe)?.length),
  ),
);

export const NEIGHBOR_PROPERTIES = [
  arpRoundTrip,
  hostileArp,
  advertisementRoundTrip,
  hostileAdvertisements,
  probeRoundTrip,
  hostileProbes,
];
