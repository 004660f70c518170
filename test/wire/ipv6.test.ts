import t from "tap";
import { decodeIpv6, encodeIpv6Header, IPV6_HEADER_LENGTH } from "../../src/wire/ipv6.js";
import { hostileIpv6, ipv6RoundTrip } from "../properties/headers.js";
import { holds } from "../properties/property.js";
import { address, altered, GARBAGE, garbage, has, hex, toHex } from "./support.js";

const VECTORS = [
  {
    source: "fe80::1",
    destination: "ff02::12",
    nextHeader: 112,
    payloadLength: 24,
    header: "6c000000 0018 70 ff fe800000000000000000000000000001 ff020000000000000000000000000012",
  },
  {
    source: "2001:db8::1",
    destination: "2001:db8::2",
    nextHeader: 112,
    payloadLength: 40,
    header: "6c000000 0028 70 ff 20010db8000000000000000000000001 20010db8000000000000000000000002",
  },
  {
    source: "fe80::a00:27ff:fe4e:66a1",
    destination: "ff02::1",
    nextHeader: 58,
    payloadLength: 32,
    header: "6c000000 0020 3a ff fe800000000000000a0027fffe4e66a1 ff020000000000000000000000000001",
  },
];

t.test("[5.1.2.3-1 +] headers are written with hop limit 255, over garbage", async (t) => {
  for (const { source, destination, nextHeader, payloadLength, header } of VECTORS) {
    const into = garbage(IPV6_HEADER_LENGTH + 4);
    encodeIpv6Header(into, {
      source: address(source).bytes,
      destination: address(destination).bytes,
      nextHeader,
      payloadLength,
    });
    t.equal(toHex(into.subarray(0, IPV6_HEADER_LENGTH)), header.replaceAll(" ", ""));
    t.strictSame([...into.subarray(IPV6_HEADER_LENGTH)], Array(4).fill(GARBAGE), "nothing behind it");
  }
});

t.test("a header needs room and addresses of its family", async (t) => {
  const source = address("fe80::1").bytes;
  const fields = { source, destination: source, nextHeader: 112, payloadLength: 0 };
  t.throws(() => encodeIpv6Header(garbage(39), fields), { code: "EASSERTION" });
  const wrong = { ...fields, source: address("192.0.2.1").bytes };
  t.throws(() => encodeIpv6Header(garbage(40), wrong), { code: "EASSERTION" });
});

t.test("headers are read back, up to the payload length", async (t) => {
  for (const { source, destination, nextHeader, payloadLength, header } of VECTORS) {
    const packet = new Uint8Array(IPV6_HEADER_LENGTH + payloadLength + 3).fill(7);
    packet.set(hex(header));
    has(t, decodeIpv6(packet), {
      nextHeader,
      hopLimit: 255,
      source: address(source).bytes,
      destination: address(destination).bytes,
      payload: new Uint8Array(payloadLength).fill(7),
    });
  }
});

t.test("any other bytes are refused", async (t) => {
  const packet = hex(`${VECTORS[0]!.header} ${"00".repeat(24)}`);
  t.equal(decodeIpv6(altered(packet, { 0: 0x4c })), null, "version 4");
  for (let length = 0; length < packet.length; length++) {
    t.equal(decodeIpv6(packet.subarray(0, length)), null, `${length} bytes of ${packet.length}`);
  }
});

t.test("any bytes are decoded or refused, and none outside of them are looked at", async (t) =>
  holds(t, hostileIpv6),
);

t.test("[5.1.2.3-1 -] whatever is sent has hop limit 255, and is taken apart again", async (t) =>
  holds(t, ipv6RoundTrip),
);
