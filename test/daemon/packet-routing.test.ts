/** Whose advert a packet is: the id, the interface and the family decide. */
import t from "tap";
import type { Family } from "../../src/base/address.js";
import { PacketReader } from "../../src/daemon/network/packets.js";
import { encodeVrrp2 } from "../../src/wire/vrrp2.js";
import { encodeVrrp3 } from "../../src/wire/vrrp3.js";
import { coreConfig } from "../core/configurations.js";
import { address } from "../wire/support.js";

const GROUP = { ipv4: address("224.0.0.18"), ipv6: address("ff02::12") } as const;
const SOURCE = { ipv4: address("192.0.2.1"), ipv6: address("fe80::1") } as const;
const VIP = { ipv4: address("192.0.2.10"), ipv6: address("2001:db8::10") } as const;

/** Virtual routers 0: id 7, IPv4, eth0; 1: id 8, IPv6, eth0; 2: id 9, version 2, eth1. */
function reader(): PacketReader {
  const packets = new PacketReader();
  packets.configure(
    coreConfig([
      { virtualRouterId: 7 },
      { virtualRouterId: 8, family: "ipv6", virtualAddresses: [VIP.ipv6.text] },
      { virtualRouterId: 9, interface: "eth1", version: 2 },
    ]),
  );
  return packets;
}

interface Sent {
  readonly interface?: string;
  readonly family?: Family;
  readonly version?: 2 | 3;
  readonly ttl?: number;
}

function read(packets: PacketReader, virtualRouterId: number, sent: Sent = {}) {
  const { family = "ipv4", version = 3, ttl = 255 } = sent;
  const carriage = { source: SOURCE[family].bytes, destination: GROUP[family].bytes };
  const common = {
    virtualRouterId,
    priority: 100,
    advertIntervalMicros: 1_000_000,
    addresses: [VIP[family]],
  };
  const message =
    version === 2
      ? encodeVrrp2({ ...common, password: null })
      : encodeVrrp3({ ...common, ...carriage, checksumPseudoHeader: true });
  return packets.read(sent.interface ?? "eth0", family, message, { ...carriage, ttl });
}

t.test(
  "[7.1-4 +] [v2-7.1-3 +] a configured id on its interface, of its family, is its router's",
  async (t) => {
    const packets = reader();
    for (let repetition = 0; repetition < 2; repetition += 1) {
      t.match(read(packets, 7), { type: "advert", router: "eth0/ipv4/7", listed: true, source: SOURCE.ipv4 });
      t.match(read(packets, 8, { family: "ipv6" }), {
        type: "advert",
        router: "eth0/ipv6/8",
        source: SOURCE.ipv6,
      });
      t.match(read(packets, 9, { interface: "eth1", version: 2 }), { type: "advert", router: "eth1/ipv4/9" });
    }
  },
);

t.test("[7.1-4 -] [v2-7.1-3 -] another id, or the id elsewhere, is nobody's that we know", async (t) => {
  const packets = reader();
  for (let repetition = 0; repetition < 2; repetition += 1) {
    t.match(read(packets, 1), { type: "foreignAdvert", interface: "eth0", advert: { virtualRouterId: 1 } });
    t.match(read(packets, 255), { type: "foreignAdvert" });
    t.match(read(packets, 7, { interface: "eth1" }), { type: "foreignAdvert" }, "another interface");
    t.match(read(packets, 7, { family: "ipv6" }), { type: "foreignAdvert" }, "another family");
    t.match(read(packets, 9, { version: 2 }), { type: "foreignAdvert" }, "version 2, another interface");
  }
});

t.test("[5.1.1.3-2 -] [5.1.2.3-2 -] a repeated advert is refused too when its TTL is another", async (t) => {
  const packets = reader();
  for (const [id, family] of [
    [7, "ipv4"],
    [8, "ipv6"],
  ] as const) {
    t.match(read(packets, id, { family }), { type: "advert" });
    t.match(read(packets, id, { family, ttl: 254 }), {
      type: "drop",
      reason: "ttl",
      router: `eth0/${family}/${id}`,
    });
    t.match(read(packets, id, { family }), { type: "advert" });
  }
});
