/** Packets become inputs, and what was decoded once is known again. */
import t from "tap";
import type { IpAddress } from "../../src/base/address.js";
import { PacketReader } from "../../src/daemon/packets.js";
import { encodeVrrp3 } from "../../src/wire/vrrp3.js";
import { coreConfig, ip } from "../core/values.js";

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
  const [first, again] = [read(), read()];
  t.match(first, { type: "advert", router: 0, listed: true, source: { text: PEER.text } });
  t.ok(first.type === "advert" && again.type === "advert" && first.advert === again.advert);
  t.match(prepared(PEER, 9).read(), { type: "foreignAdvert", interface: "eth0", family: "ipv4" });
});

t.test(
  "[5.1.1.3-2 -] [7.1-6 -] repeated bytes are refused as ever when something else is wrong",
  async (t) => {
    const { read, message } = prepared();
    read();
    t.match(read(64), { type: "drop", reason: "ttl", router: 0 });
    message[2] = 151;
    t.match(read(), { type: "drop", reason: "checksum", router: 0 });
  },
);

t.test("what comes from an own address is an echo or forged, even from one that was a peer's", async (t) => {
  const { read, packets } = prepared();
  t.match(read(), { type: "advert" });
  packets.setOwnSources(["192.0.2.2", PEER.text]);
  t.match(read(), { type: "drop", reason: "own-source", router: null, source: { text: PEER.text } });
  packets.setOwnSources(["192.0.2.2"]);
  t.match(read(), { type: "advert" });
});
