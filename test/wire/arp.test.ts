import t from "tap";
import {
  ARP_FRAME_LENGTH,
  decodeArp,
  encodeArpProbe,
  encodeArpRequest,
  encodeGratuitousArp,
} from "../../src/wire/arp.js";
import { arpRoundTrip, hostileArp } from "../properties/neighbors.js";
import { holds } from "../properties/property.js";
import { address, altered, GARBAGE, garbage, hex, mac, toHex } from "./support.js";

const VECTORS = [
  {
    name: "gratuitous",
    encode: encodeGratuitousArp,
    mac: "02:00:5e:10:00:01",
    address: "192.0.2.10",
    frame: "ffffffffffff 02005e100001 0806 0001 0800 06 04 0001 02005e100001 c000020a ffffffffffff c000020a",
  },
  {
    name: "gratuitous",
    encode: encodeGratuitousArp,
    mac: "52:54:00:12:34:56",
    address: "203.0.113.255",
    frame: "ffffffffffff 525400123456 0806 0001 0800 06 04 0001 525400123456 cb0071ff ffffffffffff cb0071ff",
  },
  {
    name: "probe",
    encode: encodeArpProbe,
    mac: "02:00:5e:10:00:01",
    address: "192.0.2.10",
    frame: "ffffffffffff 02005e100001 0806 0001 0800 06 04 0001 02005e100001 00000000 000000000000 c000020a",
  },
];

const FRAME = hex(VECTORS[0]!.frame);

t.test("a request asks for one address and says where another is", async (t) => {
  const subject = { mac: mac("02:00:5e:10:00:01"), address: address("192.0.2.41") };
  const frame =
    "ffffffffffff 02005e100001 0806 0001 0800 06 04 0001 02005e100001 c0000228 000000000000 c0000229";
  t.equal(toHex(encodeArpRequest(subject, address("192.0.2.40"))), frame.replaceAll(" ", ""));
});

for (const vector of VECTORS) {
  t.test(`${vector.name} ARP for ${vector.address}`, async (t) => {
    const subject = { mac: mac(vector.mac), address: address(vector.address) };
    const expected = vector.frame.replaceAll(" ", "");
    t.equal(toHex(vector.encode(subject)), expected);
    const into = garbage(ARP_FRAME_LENGTH + 4);
    t.equal(toHex(vector.encode(subject, into)), expected, "every byte is written");
    t.strictSame([...into.subarray(ARP_FRAME_LENGTH)], Array(4).fill(GARBAGE), "and nothing behind it");
  });
}

t.test("ARP speaks of IPv4 and needs room", async (t) => {
  const subject = { mac: mac("02:00:5e:10:00:01"), address: address("2001:db8::1") };
  t.throws(() => encodeGratuitousArp(subject), { code: "EASSERTION" });
  const ipv4 = { ...subject, address: address("192.0.2.1") };
  t.throws(() => encodeGratuitousArp(ipv4, garbage(41)), { code: "EASSERTION" });
});

t.test("a reply is read, padding and all", async (t) => {
  const reply = hex(
    `02005e100001 525400123456 0806 0001 0800 06 04 0002
     525400123456 c000020a 02005e100001 c0000201`.replaceAll("\n", ""),
  );
  const expected = {
    operation: 2,
    senderMac: mac("52:54:00:12:34:56").bytes,
    senderAddress: address("192.0.2.10").bytes,
    targetMac: mac("02:00:5e:10:00:01").bytes,
    targetAddress: address("192.0.2.1").bytes,
  };
  t.strictSame(decodeArp(reply), expected);
  t.strictSame(decodeArp(Uint8Array.of(...reply, ...new Uint8Array(18))), expected, "padded to 60 bytes");
});

t.test("refusals have a name", async (t) => {
  for (let length = 0; length < FRAME.length; length++) {
    t.strictSame(decodeArp(FRAME.subarray(0, length)), { reason: "truncated" }, `${length} bytes`);
  }
  t.strictSame(decodeArp(altered(FRAME, { 12: 0x86, 13: 0xdd })), { reason: "not-arp" });
  for (const offset of [14, 15, 16, 17, 18, 19]) {
    const frame = altered(FRAME, { [offset]: FRAME[offset]! ^ 0x10 });
    t.strictSame(decodeArp(frame), { reason: "format" }, `offset ${offset}`);
  }
});

for (const property of [arpRoundTrip, hostileArp]) {
  t.test(property.name, async (t) => holds(t, property));
}
