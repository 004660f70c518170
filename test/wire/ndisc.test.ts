import t from "tap";
import {
  decodeNeighborAdvertisement,
  encodeUnsolicitedNeighborAdvertisement,
  NEIGHBOR_ADVERTISEMENT_FRAME_LENGTH,
} from "../../src/wire/ndisc.js";
import { advertisementRoundTrip, hostileAdvertisements } from "../properties/neighbors.js";
import { holds } from "../properties/property.js";
import { address, altered, GARBAGE, garbage, has, hex, mac, resummedIcmp, toHex } from "./support.js";

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

for (const vector of VECTORS) {
  t.test(
    `[6.4.2-7 +] unsolicited, encoded, and decoded: the Neighbor Advertisement of ${vector.name}`,
    async (t) => {
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
    },
  );
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
  const unicast = resummedIcmp(FRAME, { 38: 0x20, 57: 0, [ICMP + 4]: 0x60 });
  has(t, decodeNeighborAdvertisement(unicast), { solicited: true, override: true });
  const withoutOption = resummedIcmp(FRAME.subarray(0, ICMP + 24), {});
  has(t, decodeNeighborAdvertisement(withoutOption), { mac: null });
  const other = resummedIcmp(
    Uint8Array.of(...FRAME.subarray(0, 78), 14, 1, 0, 0, 0, 0, 0, 0, ...FRAME.subarray(78)),
    {},
  );
  has(t, decodeNeighborAdvertisement(other), { mac: mac("02:00:5e:10:00:01").bytes });
});

t.test("refusals have a name", async (t) => {
  const cut = decodeNeighborAdvertisement(resummedIcmp(FRAME.subarray(0, ICMP + 23), {}));
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
      decodeNeighborAdvertisement(resummedIcmp(FRAME, { [ICMP]: 135 })),
      "not-neighbor-advertisement",
    ],
    ["hop limit 254", decodeNeighborAdvertisement(altered(FRAME, { [HOP_LIMIT]: 254 })), "hop-limit"],
    ["a wrong byte", decodeNeighborAdvertisement(altered(FRAME, { 85: 2 })), "checksum"],
    ["code 1", decodeNeighborAdvertisement(resummedIcmp(FRAME, { [ICMP + 1]: 1 })), "format"],
    [
      "an option of no length",
      decodeNeighborAdvertisement(resummedIcmp(FRAME, { [ICMP + 25]: 0 })),
      "format",
    ],
    ["an option too long", decodeNeighborAdvertisement(resummedIcmp(FRAME, { [ICMP + 25]: 2 })), "format"],
    ["solicited, to all", decodeNeighborAdvertisement(resummedIcmp(FRAME, { [ICMP + 4]: 0x60 })), "format"],
    ["a group", decodeNeighborAdvertisement(resummedIcmp(FRAME, { [ICMP + 8]: 0xff })), "multicast-target"],
  ];
  for (const [name, decoded, reason] of refused) t.strictSame(decoded, { reason }, name);
  for (let length = 0; length < FRAME.length; length++) {
    t.strictSame(decodeNeighborAdvertisement(FRAME.subarray(0, length)), { reason: "truncated" });
  }
});

for (const property of [advertisementRoundTrip, hostileAdvertisements]) {
  t.test(property.name, async (t) => holds(t, property));
}
