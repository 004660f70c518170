import fc from "fast-check";
import t from "tap";
import { addressFromBytes } from "../../src/base/address.js";
import { macFromBytes } from "../../src/base/mac.js";
import { internetChecksum, ipv6PseudoHeaderSum } from "../../src/wire/checksum.js";
import {
  decodeNeighborAdvertisement,
  encodeUnsolicitedNeighborAdvertisement,
  NEIGHBOR_ADVERTISEMENT_FRAME_LENGTH,
} from "../../src/wire/ndisc.js";
import {
  address,
  altered,
  arbitraryBytes,
  GARBAGE,
  garbage,
  has,
  hex,
  mac,
  surrounded,
  toHex,
} from "./support.js";

/** Computed by a program of its own (another language, the checksum as a remainder of one large number). */
const VECTORS = [
  {
    name: "a host, from its link-local address",
    mac: "02:00:5e:10:00:01",
    source: "fe80::1",
    address: "2001:db8::10",
    router: false,
    frame: `333300000001 02005e100001 86dd 6c000000 0020 3a ff
      fe800000000000000000000000000001 ff020000000000000000000000000001
      88 00 ca43 20000000 20010db8000000000000000000000010 02 01 02005e100001`,
  },
  {
    name: "a router, from the announced address",
    mac: "52:54:00:12:34:56",
    source: "2001:db8::10",
    address: "2001:db8::10",
    router: true,
    frame: `333300000001 525400123456 86dd 6c000000 0020 3a ff
      20010db8000000000000000000000010 ff020000000000000000000000000001
      88 00 f450 a0000000 20010db8000000000000000000000010 02 01 525400123456`,
  },
  {
    name: "a link-local address",
    mac: "02:00:5e:10:00:01",
    source: "fe80::5eff:fe10:1",
    address: "fe80::5",
    router: false,
    frame: `333300000001 02005e100001 86dd 6c000000 0020 3a ff
      fe8000000000000000005efffe100001 ff020000000000000000000000000001
      88 00 9c76 20000000 fe800000000000000000000000000005 02 01 02005e100001`,
  },
];

const FRAME = frameOf(VECTORS[0]!.frame);
const ICMP = 54;
const NEXT_HEADER = 20;
const HOP_LIMIT = 21;

function frameOf(text: string): Uint8Array {
  return hex(text.replaceAll("\n", ""));
}

/** Altered, with a right checksum, so that what is meant is refused. */
function resummed(frame: Uint8Array, changes: Record<number, number>): Uint8Array {
  const copy = altered(frame, { ...changes, [ICMP + 2]: 0, [ICMP + 3]: 0 });
  const length = copy.length - ICMP;
  const initial = ipv6PseudoHeaderSum(copy.subarray(22, 38), copy.subarray(38, 54), 58, length);
  const checksum = internetChecksum(copy, ICMP, copy.length, initial);
  return altered(copy, { 19: length, [ICMP + 2]: checksum >> 8, [ICMP + 3]: checksum & 0xff });
}

for (const vector of VECTORS) {
  t.test(`unsolicited Neighbor Advertisement of ${vector.name}: encoded, and decoded`, async (t) => {
    const source = address(vector.source).bytes;
    const announced = address(vector.address);
    const fields = { mac: mac(vector.mac), source, address: announced, router: vector.router };
    const expected = frameOf(vector.frame);
    t.equal(toHex(encodeUnsolicitedNeighborAdvertisement(fields)), toHex(expected));
    const into = garbage(NEIGHBOR_ADVERTISEMENT_FRAME_LENGTH + 4);
    const frame = encodeUnsolicitedNeighborAdvertisement(fields, into);
    t.equal(toHex(frame), toHex(expected), "every byte is written");
    t.strictSame([...into.subarray(frame.length)], Array(4).fill(GARBAGE), "and nothing behind it");
    t.strictSame(decodeNeighborAdvertisement(expected), {
      source,
      destination: address("ff02::1").bytes,
      address: announced.bytes,
      mac: fields.mac.bytes,
      router: vector.router,
      solicited: false,
      override: true,
    });
  });
}

t.test("it speaks of IPv6 and needs room", async (t) => {
  const fields = {
    mac: mac("02:00:5e:10:00:01"),
    source: address("fe80::1").bytes,
    address: address("192.0.2.1"),
    router: false,
  };
  t.throws(() => encodeUnsolicitedNeighborAdvertisement(fields), { code: "EASSERTION" });
  const ipv6 = { ...fields, address: address("2001:db8::1") };
  t.throws(() => encodeUnsolicitedNeighborAdvertisement(ipv6, garbage(85)), { code: "EASSERTION" });
});

t.test("a solicited answer, with other options, with none", async (t) => {
  const unicast = resummed(FRAME, { 38: 0x20, 57: 0, [ICMP + 4]: 0x60 });
  has(t, decodeNeighborAdvertisement(unicast), { solicited: true, override: true });
  const withoutOption = resummed(FRAME.subarray(0, ICMP + 24), {});
  has(t, decodeNeighborAdvertisement(withoutOption), { mac: null });
  const other = resummed(
    Uint8Array.of(...FRAME.subarray(0, 78), 14, 1, 0, 0, 0, 0, 0, 0, ...FRAME.subarray(78)),
    {},
  );
  has(t, decodeNeighborAdvertisement(other), { mac: mac("02:00:5e:10:00:01").bytes });
});

t.test("refusals have a name", async (t) => {
  const cut = decodeNeighborAdvertisement(resummed(FRAME.subarray(0, ICMP + 23), {}));
  const refused: [string, unknown, string][] = [
    [
      "no ICMPv6 bytes",
      decodeNeighborAdvertisement(altered(FRAME.subarray(0, ICMP), { 19: 0 })),
      "truncated",
    ],
    ["23 bytes of ICMPv6", cut, "truncated"],
    ["IPv4", decodeNeighborAdvertisement(altered(FRAME, { 12: 8, 13: 0 })), "not-neighbor-advertisement"],
    ["UDP", decodeNeighborAdvertisement(altered(FRAME, { [NEXT_HEADER]: 17 })), "not-neighbor-advertisement"],
    [
      "a solicitation",
      decodeNeighborAdvertisement(resummed(FRAME, { [ICMP]: 135 })),
      "not-neighbor-advertisement",
    ],
    ["hop limit 254", decodeNeighborAdvertisement(altered(FRAME, { [HOP_LIMIT]: 254 })), "hop-limit"],
    ["a wrong byte", decodeNeighborAdvertisement(altered(FRAME, { 85: 2 })), "checksum"],
    ["code 1", decodeNeighborAdvertisement(resummed(FRAME, { [ICMP + 1]: 1 })), "format"],
    ["an option of no length", decodeNeighborAdvertisement(resummed(FRAME, { [ICMP + 25]: 0 })), "format"],
    ["an option too long", decodeNeighborAdvertisement(resummed(FRAME, { [ICMP + 25]: 2 })), "format"],
    ["solicited, to all", decodeNeighborAdvertisement(resummed(FRAME, { [ICMP + 4]: 0x60 })), "format"],
    ["a group", decodeNeighborAdvertisement(resummed(FRAME, { [ICMP + 8]: 0xff })), "multicast-target"],
  ];
  for (const [name, decoded, reason] of refused) t.strictSame(decoded, { reason }, name);
  for (let length = 0; length < FRAME.length; length++) {
    t.strictSame(decodeNeighborAdvertisement(FRAME.subarray(0, length)), { reason: "truncated" });
  }
});

t.test("what is announced is read as it was meant", async (t) => {
  const unicast = arbitraryBytes(16).filter((bytes) => bytes[0] !== 0xff);
  const property = fc.property(
    arbitraryBytes(6),
    unicast,
    unicast,
    fc.boolean(),
    (m, source, bytes, router) => {
      const fields = { mac: macFromBytes(m), source, address: addressFromBytes(bytes), router };
      const into = garbage(NEIGHBOR_ADVERTISEMENT_FRAME_LENGTH);
      const decoded = decodeNeighborAdvertisement(encodeUnsolicitedNeighborAdvertisement(fields, into));
      const expected = {
        source,
        destination: address("ff02::1").bytes,
        address: bytes,
        mac: m,
        router,
        solicited: false,
        override: true,
      };
      return JSON.stringify(decoded) === JSON.stringify(expected);
    },
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }));
});

t.test("any bytes are decoded or refused, and none outside of them are looked at", async (t) => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .tuple(fc.nat(FRAME.length - 1), fc.nat(255), fc.nat(FRAME.length))
      .map(([offset, value, length]) => altered(FRAME, { [offset]: value }).subarray(0, length)),
    fc
      .uint8Array({ maxLength: 60 })
      .map((options) => resummed(Uint8Array.of(...FRAME.subarray(0, 78), ...options), {})),
  );
  const property = fc.property(anything, (bytes) => {
    const inside = JSON.stringify(decodeNeighborAdvertisement(surrounded(bytes, 0)));
    return inside === JSON.stringify(decodeNeighborAdvertisement(surrounded(bytes, 0xff)));
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }));
});
