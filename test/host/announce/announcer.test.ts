import { execFileSync } from "node:child_process";
import t from "tap";
import { parseAddress } from "../../../src/base/address.js";
import { macFromBytes } from "../../../src/base/mac.js";
import { Announcer } from "../../../src/host/announce/announcer.js";
import { prepareAnnouncements } from "../../../src/host/announce/frames.js";
import { PacketSocket } from "../../../src/host/native.js";
import { decodeArp } from "../../../src/wire/arp.js";
import { decodeNeighborAdvertisement } from "../../../src/wire/ndisc.js";
import { until } from "../../netns/until.js";
import { addPair, enterNamespace, indexOf, ip, openSockets, virtualAddresses } from "../netlink/support.js";

enterNamespace();
addPair("eth0", "eth1");

const MAC = macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, 1));
const ETHER_TYPE = { ipv4: 0x0806, ipv6: 0x86dd } as const;
const all = (count: number) => Array.from({ length: count }, (_, at) => at);

/** The frames of a burst as they arrive at the other end of the cable. */
function frames(socket: PacketSocket): Buffer[] {
  const buffer = Buffer.alloc(2048);
  const received: Buffer[] = [];
  for (let bytes = socket.receive(buffer); bytes > 0; bytes = socket.receive(buffer)) {
    received.push(Buffer.from(buffer.subarray(0, bytes)));
  }
  return received;
}

t.test("200 gratuitous ARP frames leave in one batch and arrive as prepared", async (t) => {
  const wanted = virtualAddresses("ipv4", 200);
  const wire = new PacketSocket({
    interfaceIndex: indexOf("eth1"),
    etherType: ETHER_TYPE.ipv4,
    onReadable: null,
  });
  const announcer = new Announcer(indexOf("eth0"));
  const prepared = prepareAnnouncements("eth0", MAC, wanted);
  t.equal(announcer.send([{ prepared, addresses: all(200) }]), 0);
  const arps = frames(wire).map((frame) => decodeArp(frame));
  t.same(
    arps.map((arp) => ("reason" in arp ? arp.reason : [...arp.senderAddress].join("."))),
    wanted.map(({ address }) => address.text),
  );
  t.match(arps[0], { operation: 1, senderMac: MAC.bytes });
  t.same(announcer.unsent, {});
  announcer.close();
  wire.close();
});

t.test(
  "[6.4.2-7 +] Neighbor Advertisements: Override, not Solicited, Router as the interface forwards",
  async (t) => {
    const wanted = virtualAddresses("ipv6", 200);
    const wire = new PacketSocket({
      interfaceIndex: indexOf("eth1"),
      etherType: ETHER_TYPE.ipv6,
      onReadable: null,
    });
    const announcer = new Announcer(indexOf("eth0"));
    for (const router of [false, true]) {
      execFileSync("sysctl", ["-qw", `net.ipv6.conf.eth0.forwarding=${Number(router)}`]);
      frames(wire);
      t.equal(
        announcer.send([{ prepared: prepareAnnouncements("eth0", MAC, wanted), addresses: all(200) }]),
        0,
      );
      const adverts = frames(wire)
        .map((frame) => decodeNeighborAdvertisement(frame))
        .filter(
          (advert) => !("reason" in advert) && Buffer.compare(advert.mac ?? MAC.bytes, MAC.bytes) === 0,
        );
      t.equal(adverts.length, 200);
      const { bytes } = parseAddress("2001:db8:0:1::1")!;
      t.match(adverts[0], {
        address: bytes,
        source: bytes,
        mac: MAC.bytes,
        override: true,
        solicited: false,
        router,
      });
    }
    announcer.close();
    wire.close();
  },
);

t.test("several routers' announcements, and only the chosen ones", async (t) => {
  const wire = new PacketSocket({
    interfaceIndex: indexOf("eth1"),
    etherType: ETHER_TYPE.ipv4,
    onReadable: null,
  });
  const announcer = new Announcer(indexOf("eth0"));
  const prepared = prepareAnnouncements("eth0", MAC, virtualAddresses("ipv4", 3));
  announcer.send([
    { prepared, addresses: [2] },
    { prepared, addresses: [0] },
  ]);
  const senders = frames(wire).map((frame) => {
    const arp = decodeArp(frame);
    return "reason" in arp ? arp.reason : [...arp.senderAddress].join(".");
  });
  t.same(senders, ["198.51.100.3", "198.51.100.1"]);
  announcer.close();
  wire.close();
});

t.test("frames that do not go out are counted by the reason", async (t) => {
  const announcer = new Announcer(indexOf("eth0"));
  const prepared = prepareAnnouncements("eth0", MAC, virtualAddresses("ipv4", 3));
  ip("link set eth0 down");
  t.equal(announcer.send([{ prepared, addresses: all(3) }]), 3);
  t.same(announcer.unsent, { ENETDOWN: 3 });
  ip("link set eth0 up");
  t.equal(announcer.send([{ prepared, addresses: all(3) }]), 0);
  announcer.close();
  t.throws(() => new Announcer(0x7fff_fffe), { code: "ENODEV" });
});

t.test("closing gives the descriptor back", async (t) => {
  const index = indexOf("eth0");
  const before = openSockets();
  const announcer = new Announcer(index);
  t.equal(openSockets(), before + 1);
  announcer.close();
  await until(() => openSockets() === before, { what: "the descriptor to be closed, off the loop" });
});
