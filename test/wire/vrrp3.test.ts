import t from "tap";
import type { Advert } from "../../src/wire/advert.js";
import { decodeVrrp3, encodeVrrp3, type Vrrp3Fields } from "../../src/wire/vrrp3.js";
import { vrrp3RoundTrips } from "../properties/adverts.js";
import { holds } from "../properties/property.js";
import {
  address,
  addresses,
  altered,
  GARBAGE,
  garbage,
  has,
  hex,
  receivedFrom,
  resummed,
  toHex,
} from "./support.js";

interface Vector {
  readonly name: string;
  readonly message: string;
  readonly source: string;
  readonly destination: string;
  readonly fields: Omit<Vrrp3Fields, "source" | "destination" | "checksumPseudoHeader">;
  readonly checksumForm: Advert["checksumForm"];
}

/** Computed by a program of its own (another language, the checksum as a remainder of one large number). */
const VECTORS: Vector[] = [
  {
    name: "IPv4 as Keepalived sends it",
    message: "31 01 64 01 0064 05fe c000020a",
    source: "192.0.2.1",
    destination: "224.0.0.18",
    fields: {
      virtualRouterId: 1,
      priority: 100,
      advertIntervalMicros: 1_000_000,
      addresses: addresses("192.0.2.10"),
    },
    checksumForm: "pseudo-header",
  },
  {
    name: "the same with the checksum of RFC 9568",
    message: "31 01 64 01 0064 a88e c000020a",
    source: "192.0.2.1",
    destination: "224.0.0.18",
    fields: {
      virtualRouterId: 1,
      priority: 100,
      advertIntervalMicros: 1_000_000,
      addresses: addresses("192.0.2.10"),
    },
    checksumForm: "message",
  },
  {
    name: "IPv4, three addresses and the largest values",
    message: "31 ff ff 03 0fff 6d16 c000020a c000020b c6336407",
    source: "192.0.2.254",
    destination: "224.0.0.18",
    fields: {
      virtualRouterId: 255,
      priority: 255,
      advertIntervalMicros: 40_950_000,
      addresses: addresses("192.0.2.10", "192.0.2.11", "198.51.100.7"),
    },
    checksumForm: "pseudo-header",
  },
  {
    name: "IPv4 unicast: the real destination is in the pseudo-header",
    message: "31 07 00 01 0001 0e6c cb007109",
    source: "192.0.2.1",
    destination: "192.0.2.2",
    fields: {
      virtualRouterId: 7,
      priority: 0,
      advertIntervalMicros: 10_000,
      addresses: addresses("203.0.113.9"),
    },
    checksumForm: "pseudo-header",
  },
  {
    name: "IPv6",
    message: "31 01 64 01 0064 3eb1 20010db8000000000000000000000010",
    source: "fe80::1",
    destination: "ff02::12",
    fields: {
      virtualRouterId: 1,
      priority: 100,
      advertIntervalMicros: 1_000_000,
      addresses: addresses("2001:db8::10"),
    },
    checksumForm: null,
  },
  {
    name: "IPv6, the router's link-local address first",
    message: "31 33 c8 02 0019 453f fe800000000000000000000000000005 20010db8000100020003000400050006",
    source: "fe80::a00:27ff:fe4e:66a1",
    destination: "ff02::12",
    fields: {
      virtualRouterId: 51,
      priority: 200,
      advertIntervalMicros: 250_000,
      addresses: addresses("fe80::5", "2001:db8:1:2:3:4:5:6"),
    },
    checksumForm: null,
  },
  {
    name: "IPv6 unicast",
    message: "31 09 00 01 012c 437a 20010db8000000000000000000000099",
    source: "2001:db8::1",
    destination: "2001:db8::2",
    fields: {
      virtualRouterId: 9,
      priority: 0,
      advertIntervalMicros: 3_000_000,
      addresses: addresses("2001:db8::99"),
    },
    checksumForm: null,
  },
];

const ADVERT = hex("31 01 64 01 0064 05fe c000020a");
const FROM = receivedFrom("192.0.2.1");

function fieldsOf(vector: Vector): Vrrp3Fields {
  return {
    ...vector.fields,
    source: address(vector.source).bytes,
    destination: address(vector.destination).bytes,
    checksumPseudoHeader: vector.checksumForm !== "message",
  };
}

for (const vector of VECTORS) {
  t.test(`[5.2.8-2 +] [5.2.8-3 +] [7.2-1 +] encoded, and decoded: ${vector.name}`, async (t) => {
    const message = hex(vector.message);
    const fields = fieldsOf(vector);
    t.equal(toHex(encodeVrrp3(fields)), toHex(message));
    const into = garbage(message.length + 4);
    t.equal(toHex(encodeVrrp3(fields, into)), toHex(message), "every byte is written");
    t.equal(toHex(into.subarray(0, message.length)), toHex(message), "where the caller said");
    t.strictSame([...into.subarray(message.length)], Array(4).fill(GARBAGE), "and nothing behind it");
    const carriage = { ...receivedFrom(vector.source), destination: fields.destination };
    t.strictSame(decodeVrrp3(message, carriage), {
      version: 3,
      ...vector.fields,
      addressCount: vector.fields.addresses.length,
      checksumForm: vector.checksumForm,
      password: null,
    });
  });
}

t.test("[5.2.8-3 -] over IPv6 the checksum has the pseudo-header, whatever is said for IPv4", async (t) => {
  const vector = VECTORS[4]!;
  const message = encodeVrrp3({ ...fieldsOf(vector), checksumPseudoHeader: false });
  t.equal(toHex(message), toHex(hex(vector.message)));
});

t.test("intervals are sent in the nearest centisecond within 1..4095", async (t) => {
  const sent: [micros: number, centiseconds: string][] = [
    [0, "0001"],
    [4_999, "0001"],
    [14_999, "0001"],
    [15_000, "0002"],
    [999_999, "0064"],
    [40_950_000, "0fff"],
    [40_960_000, "0fff"],
    [1e12, "0fff"],
  ];
  for (const [advertIntervalMicros, centiseconds] of sent) {
    const message = encodeVrrp3({ ...fieldsOf(VECTORS[0]!), advertIntervalMicros });
    t.equal(toHex(message.subarray(4, 6)), centiseconds, `${advertIntervalMicros} µs`);
  }
});

t.test("[5.2.6-1 +] reserved bits are sent as zero and ignored on receive", async (t) => {
  t.equal(encodeVrrp3(fieldsOf(VECTORS[2]!))[4]! & 0xf0, 0);
  // 0xf000 added to a word is 0x0fff added to the checksum.
  const reserved = altered(ADVERT, { 4: 0xf0, 6: 0x15, 7: 0xfd });
  has(t, decodeVrrp3(reserved, FROM), { advertIntervalMicros: 1_000_000, checksumForm: "pseudo-header" });
});

t.test(
  "[5.2.6-1 -] no interval spills into the reserved bits, and none of their values is read",
  async (t) => {
    for (const advertIntervalMicros of [40_950_000, 40_960_000, 655_350_000, 1e15]) {
      const message = encodeVrrp3({ ...fieldsOf(VECTORS[0]!), advertIntervalMicros });
      t.equal(message[4]! & 0xf0, 0, `${advertIntervalMicros} µs`);
    }
    for (let bits = 0; bits < 16; bits++) {
      const reserved = resummed(ADVERT, { 4: bits << 4 });
      has(t, decodeVrrp3(reserved, FROM), { advertIntervalMicros: 1_000_000 }, `${bits}`);
    }
  },
);

t.test(
  "[5.2.5-1 -] [5.2.9-2 -] [7.2-1 -] fields that cannot be sent are a defect, not a wrong packet",
  async (t) => {
    const fields = fieldsOf(VECTORS[0]!);
    const wrong: [string, Partial<Vrrp3Fields>][] = [
      ["virtual router id 0", { virtualRouterId: 0 }],
      ["virtual router id 256", { virtualRouterId: 256 }],
      ["priority -1", { priority: -1 }],
      ["priority 1.5", { priority: 1.5 }],
      ["no addresses", { addresses: [] }],
      ["256 addresses", { addresses: Array(256).fill(address("192.0.2.10")) }],
      ["an address of the other family", { addresses: addresses("2001:db8::10") }],
      ["a source of 5 bytes", { source: new Uint8Array(5) }],
      ["a destination of the other family", { destination: address("ff02::12").bytes }],
    ];
    for (const [name, change] of wrong) {
      t.throws(() => encodeVrrp3({ ...fields, ...change }), { code: "EASSERTION" }, name);
    }
    t.throws(() => encodeVrrp3(fields, garbage(11)), { code: "EASSERTION" }, "no room");
  },
);

t.test("[5.2.8-1 -] no advert with one wrong byte is accepted", async (t) => {
  const accepted: string[] = [];
  for (let offset = 0; offset < ADVERT.length; offset++) {
    for (let change = 1; change < 256; change++) {
      const damaged = altered(ADVERT, { [offset]: ADVERT[offset]! ^ change });
      if (typeof decodeVrrp3(damaged, FROM) !== "string") accepted.push(toHex(damaged));
    }
  }
  t.strictSame(accepted, []);
});

t.test(
  "[5.2.8-2 +] should both forms fit, the sender is taken for one of the deployed majority",
  async (t) => {
    // Source and destination of which the pseudo-header sums to 0xffff: a zero in ones' complement.
    const source = address("192.0.2.1").bytes;
    const destination = hex("0000 3d82");
    const message = encodeVrrp3({ ...fieldsOf(VECTORS[0]!), source, destination });
    t.equal(toHex(message.subarray(6, 8)), "a88e", "the checksum of the message alone");
    has(t, decodeVrrp3(message, { family: "ipv4", source, destination }), { checksumForm: "pseudo-header" });
  },
);

for (const [family, property] of Object.entries(vrrp3RoundTrips)) {
  t.test(`[7.2-1 +] what is sent is read as it was meant: any advert over ${family}`, async (t) =>
    holds(t, property),
  );
}
