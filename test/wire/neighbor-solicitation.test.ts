import t from "tap";
import {
  decodeDuplicateAddressProbe,
  encodeDuplicateAddressProbe,
  encodeNeighborSolicitation,
  NEIGHBOR_SOLICITATION_LENGTH,
} from "../../src/wire/ndisc.js";
import { hostileProbes, probeRoundTrip } from "../properties/neighbors.js";
import { holds } from "../properties/property.js";
import { address, altered, GARBAGE, garbage, hex, mac, toHex } from "./support.js";

/** Computed by a program of its own (another language, the checksum as a remainder of one large number). */
const VECTORS = [
  {
    mac: "02:00:5e:10:00:01",
    address: "2001:db8::10",
    frame: `3333ff000010 02005e100001 86dd 6c000000 0018 3a ff
      00000000000000000000000000000000 ff0200000000000000000001ff000010
      87 00 4ccf 00000000 20010db8000000000000000000000010`,
  },
  {
    mac: "52:54:00:12:34:56",
    address: "2001:db8::a1:b2c3",
    frame: `3333ffa1b2c3 525400123456 86dd 6c000000 0018 3a ff
      00000000000000000000000000000000 ff0200000000000000000001ffa1b2c3
      87 00 e625 00000000 20010db8000000000000000000a1b2c3`,
  },
];
const FRAME = hex(VECTORS[0]!.frame.replaceAll("\n", ""));

for (const vector of VECTORS) {
  t.test(`duplicate address detection of ${vector.address}: encoded, and decoded`, async (t) => {
    const fields = { mac: mac(vector.mac), address: address(vector.address) };
    const expected = vector.frame.replaceAll(/\s/g, "");
    t.equal(toHex(encodeDuplicateAddressProbe(fields)), expected);
    const into = garbage(82);
    const frame = encodeDuplicateAddressProbe(fields, into);
    t.equal(toHex(frame), expected, "every byte is written");
    t.strictSame([...into.subarray(frame.length)], Array(4).fill(GARBAGE), "and nothing behind it");
    t.equal(toHex(decodeDuplicateAddressProbe(hex(expected))!), toHex(fields.address.bytes));
  });
}

t.test("one from an address says where that is", async (t) => {
  const fields = {
    mac: mac("02:00:5e:10:00:01"),
    source: address("fe80::1"),
    address: address("2001:db8::10"),
  };
  const expected =
    "3333ff00001002005e10000186dd6c00000000203afffe800000000000000000000000000001ff020000000000" +
    "0000000001ff0000108700ed320000000020010db8000000000000000000000010010102005e100001";
  const into = garbage(NEIGHBOR_SOLICITATION_LENGTH + 4);
  const frame = encodeNeighborSolicitation(fields, into);
  t.equal(toHex(frame), expected, "every byte is written");
  t.strictSame([...into.subarray(frame.length)], Array(4).fill(GARBAGE), "and nothing behind it");
});

t.test("it asks for IPv6 addresses, and needs room", async (t) => {
  const fields = { mac: mac("02:00:5e:10:00:01"), address: address("192.0.2.1") };
  t.throws(() => encodeDuplicateAddressProbe(fields), { code: "EASSERTION" });
  const ipv6 = { ...fields, address: address("2001:db8::1") };
  t.throws(() => encodeDuplicateAddressProbe(ipv6, garbage(77)), { code: "EASSERTION" });
});

t.test("anything else is none", async (t) => {
  const none = {
    "another ether type": altered(FRAME, { 13: 0 }),
    "another next header": altered(FRAME, { 20: 17 }),
    "another hop limit": altered(FRAME, { 21: 254 }),
    "a solicitation of somebody who has an address": altered(FRAME, { 37: 1, 56: 0x4c, 57: 0xce }),
    "an advertisement": altered(FRAME, { 54: 136 }),
    "a wrong checksum": altered(FRAME, { 57: 0 }),
    "an end too soon": FRAME.subarray(0, FRAME.length - 1),
  };
  for (const [what, frame] of Object.entries(none)) t.equal(decodeDuplicateAddressProbe(frame), null, what);
});

for (const property of [probeRoundTrip, hostileProbes]) {
  t.test(property.name, async (t) => holds(t, property));
}
