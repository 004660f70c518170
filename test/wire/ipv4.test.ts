import t from "tap";
import { decodeIpv4, encodeIpv4Header, IPV4_HEADER_LENGTH } from "../../src/wire/ipv4.js";
import { hostileIpv4, ipv4RoundTrip } from "../properties/headers.js";
import { holds } from "../properties/property.js";
import { address, altered, GARBAGE, garbage, has, hex, toHex } from "./support.js";

const VECTORS = [
  {
    source: "192.0.2.1",
    destination: "224.0.0.18",
    payloadLength: 12,
    header: "45c00020 00000000 ff70189a c0000201 e0000012",
  },
  {
    source: "203.0.113.200",
    destination: "198.51.100.3",
    payloadLength: 20,
    header: "45c00028 00000000 ff7053a6 cb0071c8 c6336403",
  },
  {
    source: "192.0.2.254",
    destination: "224.0.0.18",
    payloadLength: 1028,
    header: "45c00418 00000000 ff7013a5 c00002fe e0000012",
  },
];

const PAYLOAD = "3101640100640000c000020a";
const PACKET = hex(`45c00020 00004000 ff70d899 c0000201 e0000012 ${PAYLOAD}`);

t.test(
  "[5.1.1.3-1 +] [7.2-4 +] [v2-5.2.3-1 +] [v2-5.2.4-1 +] headers are written with TTL 255 and protocol 112, over garbage",
  async (t) => {
    for (const { source, destination, payloadLength, header } of VECTORS) {
      const into = garbage(IPV4_HEADER_LENGTH + 4);
      encodeIpv4Header(into, {
        source: address(source).bytes,
        destination: address(destination).bytes,
        payloadLength,
      });
      t.equal(toHex(into.subarray(0, IPV4_HEADER_LENGTH)), header.replaceAll(" ", ""));
      t.strictSame([...into.subarray(IPV4_HEADER_LENGTH)], Array(4).fill(GARBAGE), "nothing behind it");
    }
  },
);

t.test("a header needs room and addresses of its family", async (t) => {
  const source = address("192.0.2.1").bytes;
  const fields = { source, destination: source, payloadLength: 0 };
  t.throws(() => encodeIpv4Header(garbage(19), fields), { code: "EASSERTION" });
  const wrong = { ...fields, destination: address("2001:db8::1").bytes };
  t.throws(() => encodeIpv4Header(garbage(20), wrong), { code: "EASSERTION" });
});

t.test("a packet is taken apart", async (t) => {
  has(t, decodeIpv4(PACKET), {
    ttl: 255,
    protocol: 112,
    source: address("192.0.2.1").bytes,
    destination: address("224.0.0.18").bytes,
    payload: hex(PAYLOAD),
  });
});

t.test("[5.1.1.3-2 +] the TTL is reported as it is", async (t) => {
  has(t, decodeIpv4(altered(PACKET, { 8: 64 })), { ttl: 64 });
});

t.test("options are passed over", async (t) => {
  const withOptions = hex(`46c00024 00004000 ff700000 c0000201 e0000012 94040000 ${PAYLOAD}`);
  has(t, decodeIpv4(withOptions), { payload: hex(PAYLOAD) });
});

t.test("what lies behind the total length is not payload", async (t) => {
  has(t, decodeIpv4(Uint8Array.of(...PACKET, 1, 2, 3)), { payload: hex(PAYLOAD) });
});

t.test("refusals have a name", async (t) => {
  const refused: [string, Uint8Array, string][] = [
    ["no bytes", hex(""), "truncated"],
    ["19 bytes", PACKET.subarray(0, 19), "truncated"],
    ["a total length beyond the bytes", PACKET.subarray(0, 31), "truncated"],
    ["a header length below 20", altered(PACKET, { 0: 0x44 }), "length"],
    ["a header longer than the packet", altered(PACKET, { 0: 0x4f }), "length"],
    ["IP version 6", altered(PACKET, { 0: 0x65 }), "not-vrrp"],
    ["OSPF", altered(PACKET, { 9: 89 }), "not-vrrp"],
    ["a first fragment", altered(PACKET, { 6: 0x20 }), "fragment"],
    ["a later fragment", altered(PACKET, { 6: 0x00, 7: 0x01 }), "fragment"],
  ];
  for (const [name, packet, reason] of refused) t.strictSame(decodeIpv4(packet), { reason }, name);
});

t.test("any bytes are decoded or refused, and none outside of them are looked at", async (t) =>
  holds(t, hostileIpv4),
);

t.test("[5.1.1.3-1 -] [v2-5.2.3-1 -] whatever is sent has TTL 255, and is taken apart again", async (t) =>
  holds(t, ipv4RoundTrip),
);
