/** Packets become inputs, and what was decoded once is known again. */
import t from "tap";
import type { IpAddress } from "../../src/base/address.js";
import { PacketReader } from "../../src/daemon/network/packets.js";
import { encodeVrrp3 } from "../../src/wire/vrrp3.js";
import { coreConfig } from "../core/configurations.js";
import { ip, ROUTER } from "../core/values.js";

const GROUP = ip("224.0.0.18");
const PEER = ip("192.0.2.40");

function advertOf(source: IpAddress, virtualRouterId: number): Uint8Array {
  return encodeVrrp3({
    virtualRouterId,
    priority: 150,
    advertIntervalMicros: 1_000_000,
    addresses: [ip("192.0.2.10")],
    source: source.bytes,
    destination: GROUP.bytes,
    checksumPseudoHeader: true,
  });
}

/** One that knows virtual router 1 on eth0, and the same advert again and again. */
function prepared(source = PEER, virtualRouterId = 1) {
  const packets = new PacketReader();
  packets.configure(coreConfig([{}]));
  const message = advertOf(source, virtualRouterId);
  const read = (ttl = 255) => {
    const meta = { source: source.bytes, destination: GROUP.bytes, ttl };
    return packets.read("eth0", "ipv4", message, meta);
  };
  return { packets, message, read };
}

t.test("an advert is told with its virtual router; repeated bytes are the very same advert", async (t) => {
  const { read } = prepared();
  // What is seen once may be forged, and is not kept.
  const [, first, again] = [read(), read(), read()];
  t.match(first, { type: "advert", router: ROUTER, listed: true, source: { text: PEER.text } });
  t.ok(first.type === "advert" && again.type === "advert" && first.advert === again.advert);
  t.match(prepared(PEER, 9).read(), { type: "foreignAdvert", interface: "eth0", family: "ipv4" });
});

t.test(
  "[5.1.1.3-2 -] [7.1-6 -] repeated bytes are refused as ever when something else is wrong",
  async (t) => {
    const { read, message } = prepared();
    for (let count = 0; count < 3; count += 1) read();
    t.match(read(64), { type: "drop", reason: "ttl", router: ROUTER });
    message[2] = 151;
    t.match(read(), { type: "drop", reason: "checksum", router: ROUTER });
  },
);

t.test("what comes from an own address is an echo or forged, even from one that was a peer's", async (t) => {
  const { read, packets } = prepared();
  for (let count = 0; count < 3; count += 1) t.match(read(), { type: "advert" });
  packets.setOwnSources(["192.0.2.2", PEER.text]);
  t.match(read(), { type: "drop", reason: "own-source", router: null, source: { text: PEER.text } });
  packets.setOwnSources(["192.0.2.2"]);
  t.match(read(), { type: "advert" });
});

/** From a source and about addresses of one's own each. */
function forged(number: number, count: number): Uint8Array {
  const addresses = Array.from({ length: count }, (_, index) => ip(`203.0.113.${(number + index) % 250}`));
  return encodeVrrp3({
    virtualRouterId: 1,
    priority: 50,
    advertIntervalMicros: 1_000_000,
    addresses,
    source: Uint8Array.of(198, 51, 100, number % 250),
    destination: GROUP.bytes,
    checksumPseudoHeader: true,
  });
}

t.test("of a long list the addresses that are ours are read, and a few others", async (t) => {
  const packets = new PacketReader();
  packets.configure(coreConfig([{ virtualAddresses: ["203.0.113.77", "203.0.113.200"] }]));
  const meta = { source: PEER.bytes, destination: GROUP.bytes, ttl: 255, multicast: true };
  const message = encodeVrrp3({
    virtualRouterId: 1,
    priority: 150,
    advertIntervalMicros: 1_000_000,
    addresses: Array.from({ length: 250 }, (_, index) => ip(`203.0.113.${index}`)),
    source: PEER.bytes,
    destination: GROUP.bytes,
    checksumPseudoHeader: true,
  });
  const input = packets.read("eth0", "ipv4", message, meta);
  t.ok(input.type === "advert");
  if (input.type !== "advert") return;
  const { addresses, addressCount } = input.advert;
  t.equal(addressCount, 250);
  t.same(
    addresses.map(({ text }) => text),
    ["203.0.113.0", "203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.77", "203.0.113.200"],
  );
});

t.test("an advert that repeats one of our addresses is no longer than our list", async (t) => {
  const packets = new PacketReader();
  packets.configure(coreConfig([{}]));
  const meta = { source: PEER.bytes, destination: GROUP.bytes, ttl: 255, multicast: true };
  const message = encodeVrrp3({
    virtualRouterId: 1,
    priority: 150,
    advertIntervalMicros: 1_000_000,
    addresses: Array.from({ length: 255 }, () => ip("192.0.2.10")),
    source: PEER.bytes,
    destination: GROUP.bytes,
    checksumPseudoHeader: true,
  });
  const input = packets.read("eth0", "ipv4", message, meta);
  t.match(input, { type: "advert", advert: { addressCount: 255 } });
  t.equal(input.type === "advert" && input.advert.addresses.length, 1);
});

t.test("adverts that are heard again and again stay known under a flood of others", async (t) => {
  const { read, packets } = prepared();
  const [, first] = [read(), read()];
  for (let number = 0; number < 2_000; number += 1) {
    const source = Uint8Array.of(198, 51, 100 + (number >> 8), number & 255);
    const meta = { source, destination: GROUP.bytes, ttl: 255, multicast: true };
    packets.read("eth0", "ipv4", forged(number, 20), meta);
  }
  const again = read();
  t.ok(first.type === "advert" && again.type === "advert" && first.advert === again.advert);
});
