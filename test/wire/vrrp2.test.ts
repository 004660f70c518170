import t from "tap";
import { AddressIndex } from "../../src/wire/address-index.js";
import { decodeVrrp2, encodeVrrp2, type Vrrp2Fields } from "../../src/wire/vrrp2.js";
import { vrrp2RoundTrip } from "../properties/adverts.js";
import { holds } from "../properties/property.js";
import { address, addresses, altered, GARBAGE, garbage, has, hex, toHex } from "./support.js";

/** Computed by a program of its own (another language, the checksum as a remainder of one large number). */
const VECTORS: { name: string; message: string; fields: Vrrp2Fields }[] = [
  {
    name: "no authentication",
    message: "21 01 64 01 00 01 b8f1 c000020a 0000000000000000",
    fields: {
      virtualRouterId: 1,
      priority: 100,
      advertIntervalMicros: 1_000_000,
      addresses: addresses("192.0.2.10"),
      password: null,
    },
  },
  {
    name: "a short password",
    message: "21 33 96 02 01 05 8762 c000020a c000020b 7365637265740000",
    fields: {
      virtualRouterId: 51,
      priority: 150,
      advertIntervalMicros: 5_000_000,
      addresses: addresses("192.0.2.10", "192.0.2.11"),
      password: hex("7365637265740000"),
    },
  },
  {
    name: "a password of 8 bytes, a release, the longest interval",
    message: "21 ff 00 01 01 ff e0f6 c6336401 3132333435363738",
    fields: {
      virtualRouterId: 255,
      priority: 0,
      advertIntervalMicros: 255_000_000,
      addresses: addresses("198.51.100.1"),
      password: hex("3132333435363738"),
    },
  },
];

const ADVERT = hex(VECTORS[0]!.message);

for (const { name, message, fields } of VECTORS) {
  t.test(`[v2-5.3.8-1 +] [v2-7.2-1 +] encoded, and decoded: ${name}`, async (t) => {
    const bytes = hex(message);
    t.equal(toHex(encodeVrrp2(fields)), toHex(bytes));
    const into = garbage(bytes.length + 4);
    t.equal(toHex(encodeVrrp2(fields, into)), toHex(bytes), "every byte is written");
    t.equal(toHex(into.subarray(0, bytes.length)), toHex(bytes), "where the caller said");
    t.strictSame([...into.subarray(bytes.length)], Array(4).fill(GARBAGE), "and nothing behind it");
    const addressCount = fields.addresses.length;
    t.strictSame(decodeVrrp2(bytes), { version: 2, ...fields, addressCount, checksumForm: null });
  });
}

t.test("[v2-5.3.7-1 +] intervals are sent in the nearest second within 1..255", async (t) => {
  const sent: [micros: number, seconds: number][] = [
    [0, 1],
    [10_000, 1],
    [1_499_999, 1],
    [1_500_000, 2],
    [255_000_000, 255],
    [256_000_000, 255],
  ];
  for (const [advertIntervalMicros, seconds] of sent) {
    const message = encodeVrrp2({ ...VECTORS[0]!.fields, advertIntervalMicros });
    t.equal(message[5], seconds, `${advertIntervalMicros} µs`);
  }
});

t.test("without addresses, for a virtual router that has none alone", async (t) => {
  const message = encodeVrrp2({ ...VECTORS[0]!.fields, addresses: [] });
  t.equal(message.length, 16);
  t.equal(decodeVrrp2(message), "no-addresses");
  t.equal(
    decodeVrrp2(message, { family: "ipv4", ours: new AddressIndex(addresses("192.0.2.1")) }),
    "no-addresses",
  );
  t.match(decodeVrrp2(message, { family: "ipv4", ours: new AddressIndex([]) }), {
    addresses: [],
    addressCount: 0,
  });
});

t.test("[5.2.9-2 -] [v2-7.2-1 -] fields that cannot be sent are a defect, not a wrong packet", async (t) => {
  const wrong: [string, Partial<Vrrp2Fields>][] = [
    ["virtual router id 0", { virtualRouterId: 0 }],
    ["virtual router id 256", { virtualRouterId: 256 }],
    ["priority 256", { priority: 256 }],
    ["256 addresses", { addresses: Array(256).fill(address("192.0.2.10")) }],
    ["an IPv6 address", { addresses: addresses("2001:db8::10") }],
    ["a password of 7 bytes", { password: new Uint8Array(7) }],
    ["a password of 9 bytes", { password: new Uint8Array(9) }],
  ];
  for (const [name, change] of wrong) {
    t.throws(() => encodeVrrp2({ ...VECTORS[0]!.fields, ...change }), { code: "EASSERTION" }, name);
  }
  t.throws(() => encodeVrrp2(VECTORS[0]!.fields, garbage(19)), { code: "EASSERTION" }, "no room");
});

t.test(
  "[5.2.8-1 -] [v2-5.3.8-1 -] no advert with one wrong byte is accepted, authentication data included",
  async (t) => {
    const message = hex(VECTORS[1]!.message);
    const accepted: string[] = [];
    for (let offset = 0; offset < message.length; offset++) {
      for (let change = 1; change < 256; change++) {
        const damaged = altered(message, { [offset]: message[offset]! ^ change });
        if (typeof decodeVrrp2(damaged) !== "string") accepted.push(toHex(damaged));
      }
    }
    t.strictSame(accepted, []);
  },
);

t.test(
  "[v2-5.3.10-1 +-] without a password the authentication data is sent as zero, and ignored on receive",
  async (t) => {
    const filled = altered(ADVERT, { 12: 0x12, 13: 0x34, 6: 0xa6, 7: 0xbd });
    has(t, decodeVrrp2(filled), { password: null, virtualRouterId: 1 });
    const sent = encodeVrrp2(VECTORS[0]!.fields, garbage(20));
    t.equal(toHex(sent.subarray(12)), "0000000000000000");
  },
);

t.test("the password is a copy", async (t) => {
  const message = Buffer.from(hex(VECTORS[1]!.message));
  const decoded = decodeVrrp2(message);
  message.fill(0xff);
  has(t, decoded, { password: hex("7365637265740000") });
});

t.test("[v2-7.2-1 +] every advert that can be sent is read as it was meant", async (t) =>
  holds(t, vrrp2RoundTrip),
);
