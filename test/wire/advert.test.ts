import t, { type Test } from "tap";
import type { DropReason } from "../../src/wire/advert.js";
import { decodeAdvert, type ReceiveContext } from "../../src/wire/decoder.js";
import { hostileAdverts } from "../properties/adverts.js";
import { holds } from "../properties/property.js";
import { address, altered, has, hex, receivedFrom, resummed } from "./support.js";

/** Of virtual router 1, priority 100, one second. */
const V3 = hex("31 01 64 01 0064 05fe c000020a");
const V3_MESSAGE = hex("31 01 64 01 0064 a88e c000020a");
const V3_IPV6 = hex("31 01 64 01 0064 3eb1 20010db8000000000000000000000010");
const V2 = hex("21 01 64 01 00 01 b8f1 c000020a 0000000000000000");

const IPV4 = receivedFrom("192.0.2.1");
const IPV6 = receivedFrom("fe80::1");
const UNICAST = {
  ipv4: receivedFrom("192.0.2.1", { destination: address("192.0.2.2").bytes }),
  ipv6: receivedFrom("fe80::1", { destination: address("fe80::2").bytes }),
};

function accepts(t: Test, name: string, message: Uint8Array, context: ReceiveContext, advert: object) {
  const decoded = decodeAdvert(message, context);
  if ("advert" in decoded) has(t, decoded.advert, advert, name);
  else t.fail(name, { refused: decoded.reason });
}

function refuses(
  t: Test,
  name: string,
  message: Uint8Array,
  context: ReceiveContext,
  reason: DropReason,
  virtualRouterId: number | null = 1,
) {
  t.strictSame(decodeAdvert(message, context), { reason, virtualRouterId }, name);
}

t.test("[7.1-1 +-] [v2-7.1-1 +-] versions 2 and 3 are read, others are refused", async (t) => {
  accepts(t, "3 over IPv4", V3, IPV4, { version: 3 });
  accepts(t, "3 over IPv6", V3_IPV6, IPV6, { version: 3 });
  accepts(t, "2", V2, IPV4, { version: 2 });
  for (const version of [0, 1, 4, 15]) {
    refuses(t, `${version}`, resummed(V3, { 0: (version << 4) | 1 }), IPV4, "version");
  }
  refuses(t, "2 over IPv6", V2, IPV6, "version");
});

t.test("[5.2.2-1 +-] [7.1-2 +-] [v2-5.3.2-1 +-] type 1 is read, others are refused", async (t) => {
  for (let type = 0; type < 16; type++) {
    if (type === 1) continue;
    refuses(t, `version 3, type ${type}`, resummed(V3, { 0: 0x30 | type }), IPV4, "type");
    refuses(t, `version 2, type ${type}`, resummed(V2, { 0: 0x20 | type }), IPV4, "type");
  }
  accepts(t, "version 3, type 1", V3, IPV4, { version: 3 });
  accepts(t, "version 2, type 1", V2, IPV4, { version: 2 });
});

t.test("[7.1-3 +-] [v2-7.1-2 +-] no packet is accepted that is shorter than it says", async (t) => {
  for (const [message, context] of [
    [V3, IPV4],
    [V2, IPV4],
    [V3_IPV6, IPV6],
  ] as const) {
    for (let length = 0; length < message.length; length++) {
      const virtualRouterId = length > 1 ? 1 : null;
      const name = `${length} bytes of ${message.length}`;
      refuses(t, name, message.subarray(0, length), context, "truncated", virtualRouterId);
    }
    accepts(t, "all of it", message, context, { virtualRouterId: 1 });
  }
});

t.test("[7.1-3 -] [v2-7.1-2 -] one that is longer is refused too", async (t) => {
  for (const [message, context] of [
    [V3, IPV4],
    [V2, IPV4],
    [V3_IPV6, IPV6],
  ] as const) {
    refuses(t, "by a byte", Uint8Array.of(...message, 0), context, "length");
    refuses(t, "by an address", Uint8Array.of(...message, 192, 0, 2, 11), context, "length");
  }
});

t.test("[5.2.8-1 +-] [5.2.8-2 +-] over IPv4 either checksum is right, and which one is told", async (t) => {
  accepts(t, "with pseudo-header", V3, IPV4, { checksumForm: "pseudo-header" });
  accepts(t, "message alone", V3_MESSAGE, IPV4, { checksumForm: "message" });
  accepts(t, "message alone, unicast", V3_MESSAGE, UNICAST.ipv4, { checksumForm: "message" });
  accepts(t, "version 2 has no choice", V2, IPV4, { checksumForm: null });
  refuses(t, "neither", altered(V3, { 7: 0xff }), IPV4, "checksum");
  refuses(t, "zero", altered(V3, { 6: 0, 7: 0 }), IPV4, "checksum");
  refuses(t, "of another source", V3, receivedFrom("192.0.2.3"), "checksum");
  refuses(t, "of another destination", V3, UNICAST.ipv4, "checksum");
  refuses(t, "version 2", altered(V2, { 19: 1 }), IPV4, "checksum");
});

t.test("[5.2.8-1 +-] [5.2.8-3 +-] over IPv6 the pseudo-header is required", async (t) => {
  accepts(t, "with", V3_IPV6, IPV6, { checksumForm: null });
  refuses(t, "neither", altered(V3_IPV6, { 7: 0 }), IPV6, "checksum");
  refuses(t, "of another source", V3_IPV6, receivedFrom("fe80::2"), "checksum");
  refuses(t, "of another destination", V3_IPV6, UNICAST.ipv6, "checksum");
  const withoutPseudoHeader = altered(V3_IPV6, { 6: 0x3c, 7: 0xd0 });
  refuses(t, "without", withoutPseudoHeader, IPV6, "checksum-without-pseudo-header");
});

t.test("[5.2.5-1 +-] an advert without addresses is refused, one with any is read", async (t) => {
  refuses(t, "version 3", resummed(V3.subarray(0, 8), { 3: 0 }), IPV4, "no-addresses");
  refuses(t, "version 2", resummed(V2.subarray(0, 16), { 3: 0 }), IPV4, "no-addresses");
  const ipv6 = { 3: 0, 6: 0x6c, 7: 0x8b };
  refuses(t, "IPv6", altered(V3_IPV6.subarray(0, 8), ipv6), IPV6, "no-addresses");
  accepts(t, "one", V3, IPV4, { addresses: [address("192.0.2.10")] });
  const most = resummed(Uint8Array.of(...V3.subarray(0, 8), ...hex("c000020a".repeat(255))), { 3: 255 });
  accepts(t, "255", most, IPV4, { addresses: Array(255).fill(address("192.0.2.10")) });
});

t.test("[5.2.9-2 +-] the addresses are of the family that carries them", async (t) => {
  accepts(t, "IPv4", V3, IPV4, { addresses: [address("192.0.2.10")] });
  accepts(t, "IPv6", V3_IPV6, IPV6, { addresses: [address("2001:db8::10")] });
  refuses(t, "an IPv4 address over IPv6", V3_MESSAGE, IPV6, "truncated");
  refuses(t, "an IPv6 address over IPv4", V3_IPV6, IPV4, "length");
});

t.test("[7.1-5 +-] an interval of zero is refused, any other is told", async (t) => {
  refuses(t, "version 3", resummed(V3, { 4: 0, 5: 0 }), IPV4, "zero-interval");
  refuses(t, "reserved bits do not count", resummed(V3, { 4: 0xf0, 5: 0 }), IPV4, "zero-interval");
  refuses(t, "version 2", resummed(V2, { 5: 0 }), IPV4, "zero-interval");
  accepts(t, "0.01 s", resummed(V3, { 5: 1 }), IPV4, { advertIntervalMicros: 10_000 });
  accepts(t, "40.95 s", resummed(V3, { 4: 15, 5: 255 }), IPV4, { advertIntervalMicros: 40_950_000 });
  accepts(t, "version 2, 9 s", resummed(V2, { 5: 9 }), IPV4, { advertIntervalMicros: 9_000_000 });
});

t.test("[7.1-4 -] no virtual router has the id 0", async (t) => {
  refuses(t, "version 3", resummed(V3, { 1: 0 }), IPV4, "virtual-router-id", 0);
  refuses(t, "version 2", resummed(V2, { 1: 0 }), IPV4, "virtual-router-id", 0);
  accepts(t, "255", resummed(V3, { 1: 255 }), IPV4, { virtualRouterId: 255 });
});

t.test("[v2-5.3.6-1 +-] version 2 knows no authentication and simple passwords", async (t) => {
  accepts(t, "type 0", V2, IPV4, { password: null });
  accepts(t, "type 1", resummed(V2, { 4: 1, 12: 65 }), IPV4, { password: hex("4100000000000000") });
  for (const type of [2, 3, 255]) {
    refuses(t, `type ${type}`, resummed(V2, { 4: type }), IPV4, "authentication-type");
  }
});

t.test("all priorities are read", async (t) => {
  for (const priority of [0, 1, 254, 255]) {
    accepts(t, `${priority}`, resummed(V3, { 2: priority }), IPV4, { priority });
  }
});

t.test("an advert keeps nothing of the receive buffer", async (t) => {
  for (const [message, context] of [
    [V3, IPV4],
    [V2, IPV4],
    [V3_IPV6, IPV6],
  ] as const) {
    const buffer = Buffer.from(message);
    const decoded = decodeAdvert(buffer, context);
    buffer.fill(0xff);
    t.strictSame(decoded, decodeAdvert(message, context));
  }
});

t.test("[7.1-6 +-] [v2-7.1-6 +-] each check alone refuses what passes all the others", async (t) => {
  accepts(t, "version 3", V3, IPV4, { version: 3 });
  accepts(t, "version 2", V2, IPV4, { version: 2 });
  accepts(t, "IPv6", V3_IPV6, IPV6, { version: 3 });
  const failures: [string, Uint8Array, ReceiveContext, DropReason, number?][] = [
    ["version", resummed(V3, { 0: 0x41 }), IPV4, "version"],
    ["type", resummed(V3, { 0: 0x32 }), IPV4, "type"],
    ["length", V3.subarray(0, 11), IPV4, "truncated"],
    ["checksum", altered(V3, { 2: 101 }), IPV4, "checksum"],
    ["addresses", resummed(V3.subarray(0, 8), { 3: 0 }), IPV4, "no-addresses"],
    ["interval", resummed(V3, { 4: 0, 5: 0 }), IPV4, "zero-interval"],
    ["id", resummed(V3, { 1: 0 }), IPV4, "virtual-router-id", 0],
    ["type, version 2", resummed(V2, { 0: 0x22 }), IPV4, "type"],
    ["length, version 2", V2.subarray(0, 19), IPV4, "truncated"],
    ["checksum, version 2", altered(V2, { 2: 101 }), IPV4, "checksum"],
    ["interval, version 2", resummed(V2, { 5: 0 }), IPV4, "zero-interval"],
    ["id, version 2", resummed(V2, { 1: 0 }), IPV4, "virtual-router-id", 0],
    ["authentication, version 2", resummed(V2, { 4: 2 }), IPV4, "authentication-type"],
  ];
  for (const [name, message, context, reason, id] of failures) refuses(t, name, message, context, reason, id);
});

t.test("any bytes are an advert or refused, and none outside of them are looked at", async (t) =>
  holds(t, hostileAdverts),
);
