/** Adverts of both versions and families. */
import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { packetOf, prepareAdvert, prepareAdverts } from "../../src/host/adverts/prepare.js";
import { decodeAdvert } from "../../src/wire/decoder.js";
import { decodeVrrp2, encodeVrrp2 } from "../../src/wire/vrrp2.js";
import { decodeVrrp3, encodeVrrp3 } from "../../src/wire/vrrp3.js";
import { onLinkPeer, routerConfig } from "../core/configurations.js";
import { ip } from "../core/values.js";
import {
  address,
  altered,
  arbitraryBytes,
  arbitraryCommonFields,
  garbage,
  hex,
  receivedFrom,
  resummed,
} from "../wire/support.js";
import { readWithin } from "./bytes.js";
import { named } from "./property.js";

const vrrp2Fields = fc.record({
  ...arbitraryCommonFields("ipv4"),
  advertIntervalMicros: fc.integer({ min: 1, max: 255 }).map((seconds) => seconds * 1_000_000),
  password: fc.option(arbitraryBytes(8)),
});

export const vrrp2RoundTrip = named(
  "every version 2 advert that can be sent is read as it was meant",
  500,
  fc.property(vrrp2Fields, (fields) => {
    const length = 16 + fields.addresses.length * 4;
    const decoded = decodeVrrp2(encodeVrrp2(fields, garbage(length)));
    const addressCount = fields.addresses.length;
    deepStrictEqual(decoded, { version: 2, ...fields, addressCount, checksumForm: null });
  }),
);

function vrrp3RoundTrip(family: "ipv4" | "ipv6") {
  const bytes = arbitraryBytes(family === "ipv4" ? 4 : 16);
  const fields = fc.record({
    ...arbitraryCommonFields(family),
    advertIntervalMicros: fc.integer({ min: 1, max: 4095 }).map((centiseconds) => centiseconds * 10_000),
    source: bytes,
    destination: bytes,
    checksumPseudoHeader: fc.boolean(),
  });
  return named(
    `every version 3 advert over ${family} that can be sent is read as it was meant`,
    500,
    fc.property(fields, (fields) => {
      const { source, destination, checksumPseudoHeader, ...common } = fields;
      const length = 8 + fields.addresses.length * source.length;
      const decoded = decodeVrrp3(encodeVrrp3(fields, garbage(length)), { family, source, destination });
      const [withIt, without] = [true, false].map((checksumPseudoHeader) =>
        encodeVrrp3({ ...fields, checksumPseudoHeader }, garbage(length)),
      );
      // For one pair of addresses in 65,535 both are the same: then nobody can tell.
      const isWithIt = checksumPseudoHeader || Buffer.compare(withIt!, without!) === 0;
      const form = isWithIt ? "pseudo-header" : "message";
      const checksumForm = family === "ipv6" ? null : form;
      const addressCount = common.addresses.length;
      deepStrictEqual(decoded, { version: 3, ...common, addressCount, checksumForm, password: null });
    }),
  );
}

/** Whole packets: both families, both versions, both forms of the checksum. */
const routers = fc
  .record({
    family: fc.constantFrom("ipv4" as const, "ipv6" as const),
    virtualRouterId: fc.integer({ min: 1, max: 255 }),
    version: fc.constantFrom(2 as const, 3 as const),
    password: fc.option(arbitraryBytes(8)),
    advertIntervalMicros: fc.integer({ min: 1, max: 4095 }).map((centiseconds) => centiseconds * 10_000),
    checksumPseudoHeader: fc.boolean(),
    last: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    unicast: fc.boolean(),
  })
  .map(({ family, last, unicast, version, ...more }) => {
    const at = (host: number) => ip(family === "ipv4" ? `192.0.2.${host}` : `2001:db8::${host.toString(16)}`);
    const texts = [...new Set(last)].map((host) => at(host).text);
    const unicastPeers = unicast ? [onLinkPeer(at(77)), onLinkPeer(at(78))] : [];
    const overrides = { ...more, family, unicastPeers, version: family === "ipv6" ? 3 : version };
    return { router: routerConfig({ ...overrides, virtualAddresses: texts }), source: at(254) };
  });

export const replacedPriorities = named(
  "a prepared packet of any priority has the bytes of one that was encoded with it",
  60,
  fc.property(routers, fc.uint8Array({ minLength: 256, maxLength: 256 }), ({ router, source }, order) => {
    const groups = { ipv4: ip("224.0.0.18"), ipv6: ip("ff02::12") };
    const peers = router.unicastPeers.map(({ address }) => address);
    const destinations = peers.length > 0 ? peers : [groups[router.family]];
    for (const [at, prepared] of prepareAdverts(router, source).entries()) {
      // Each priority, and at random from one to another.
      for (const priority of [...order.keys(), ...order]) {
        const anew = prepareAdvert(router, source, destinations[at]!, priority);
        deepStrictEqual(Buffer.compare(packetOf(prepared, priority), anew), 0);
      }
    }
  }),
);

export const vrrp3RoundTrips = { ipv4: vrrp3RoundTrip("ipv4"), ipv6: vrrp3RoundTrip("ipv6") };

const VALID = [
  hex("31 01 64 01 0064 05fe c000020a"),
  hex("31 01 64 01 0064 a88e c000020a"),
  hex("31 01 64 01 0064 3eb1 20010db8000000000000000000000010"),
  hex("21 01 64 01 00 01 b8f1 c000020a 0000000000000000"),
];
const UNICAST = { destination: address("192.0.2.2").bytes };
const CONTEXTS = [
  receivedFrom("192.0.2.1"),
  receivedFrom("fe80::1"),
  receivedFrom("192.0.2.1", UNICAST),
  receivedFrom("fe80::1", { destination: address("fe80::2").bytes }),
  receivedFrom("192.0.2.1", { ttl: 1 }),
];

const valid = fc.constantFrom(...VALID);
const change = fc.tuple(fc.nat(27), fc.nat(255));
/** Of any kind, cut off, changed, changed with a right checksum, or with more behind. */
const hostileBytes = fc.oneof(
  fc.uint8Array({ maxLength: 4200 }),
  fc.tuple(valid, fc.nat(40)).map(([message, length]) => message.subarray(0, length)),
  fc
    .tuple(valid, change)
    .map(([message, [offset, value]]) => altered(message, { [offset % message.length]: value })),
  fc
    .tuple(valid, change)
    .map(([message, [offset, value]]) => resummed(message, { [offset % message.length]: value })),
  fc
    .tuple(valid, change, fc.uint8Array({ minLength: 1, maxLength: 64 }))
    .map(([message, [offset, value], more]) =>
      resummed(Uint8Array.of(...message, ...more), { [offset % 6]: value }),
    ),
);

export const hostileAdverts = named(
  "any bytes are an advert or refused, and none outside of them are looked at",
  3000,
  fc.property(hostileBytes, fc.constantFrom(...CONTEXTS), (bytes, context) => {
    const decoded = readWithin(bytes, (message) => decodeAdvert(message, context));
    if ("advert" in decoded) return;
    deepStrictEqual(decoded.virtualRouterId, bytes.length > 1 ? bytes[1] : null);
  }),
);

export const ADVERT_PROPERTIES = [
  vrrp2RoundTrip,
  ...Object.values(vrrp3RoundTrips),
  replacedPriorities,
  hostileAdverts,
];
