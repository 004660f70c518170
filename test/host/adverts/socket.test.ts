import { execFileSync } from "node:child_process";
import { constants } from "node:os";
import t from "tap";
import { type Family, parseAddress } from "../../../src/base/address.js";
import { openAdvertSocket } from "../../../src/host/adverts/open.js";
import { packetOf, prepareAdvert, prepareAdverts } from "../../../src/host/adverts/prepare.js";
import { unheard } from "../../../src/host/adverts/unheard.js";
import { decodeAdvert, type ReceiveContext } from "../../../src/wire/decoder.js";
import { decodeIpv6 } from "../../../src/wire/ipv6.js";
import { VRRP_GROUPS } from "../../../src/wire/vrrp.js";
import { onLinkPeer } from "../../core/configurations.js";
import { until } from "../../netns/until.js";
import { enterNamespace, indexOf, ip, openSockets } from "../netlink/support.js";
import { GROUP, Peer, router } from "./support.js";

enterNamespace();

const ETHERNET = 14;
const OWN = { ipv4: parseAddress("192.0.2.1")!, ipv6: parseAddress("fe80::1")! };
const OTHER = { ipv4: parseAddress("192.0.2.2")!, ipv6: parseAddress("fe80::2")! };
const configs = {
  ipv4: router({}),
  ipv6: router({ family: "ipv6", virtualAddresses: ["2001:db8::1"] }),
};
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

interface Received extends ReceiveContext {
  readonly message: string;
}

/** What eth0 receives, copied, since the next packet overwrites it. */
function openHere(family: Family, received: Received[] = []) {
  return openAdvertSocket({
    interface: "eth0",
    interfaceIndex: indexOf("eth0"),
    family,
    groups: [VRRP_GROUPS[family]],
    meant: null,
    onPacket: (message, context) => {
      const { source, destination } = context;
      const ends = { source: Uint8Array.from(source), destination: Uint8Array.from(destination) };
      received.push({ ...context, ...ends, message: hex(message) });
      return null;
    },
    onDrop: (reason) => t.fail(`dropped: ${reason}`),
    onError: (code) => t.fail(`receiving failed: ${code}`),
  });
}

function isRight(received: { message: string }, family: Family, to: Uint8Array) {
  const source = OWN[family].bytes;
  return decodeAdvert(Buffer.from(received.message, "hex"), {
    family,
    source,
    destination: to,
  });
}

t.test("between two hosts", async (t) => {
  const peer = new Peer();
  t.teardown(() => peer.close());
  await peer.connect();
  await peer.request({ open: { family: "ipv4" } });
  await peer.request({ open: { family: "ipv6" } });

  for (const family of ["ipv4", "ipv6"] as const) {
    await t.test(`adverts for nobody never leave: ${family}`, async (t) => {
      const [here, there]: [Received[], Received[]] = [[], []];
      const [socket, other] = [openHere(family, here), openHere(family, there)];
      t.teardown(() => [socket, other].map((one) => one.close()));
      peer.packets.length = 0;
      peer.frames.length = 0;
      const [advert] = prepareAdverts(configs[family], OWN[family]);
      const { packet, destination } = unheard(family, advert!);
      for (let sent = 0; sent < 3; sent += 1) socket.rehearse(packet, destination);
      t.equal(socket.send(packet, destination), 0, "the kernel does not refuse them");
      t.equal(socket.send(packetOf(advert!, 7), advert!.destination), 0);
      await until(() => peer.packets.length > 0, { what: "the real advert" });
      t.equal(peer.frames.length, 1, "it is the first that arrives");
      t.equal(here.length + there.length, 0, "and sockets of this host hear none");
      t.strictSame(socket.failures, {});
    });
  }

  for (const family of ["ipv4", "ipv6"] as const) {
    for (const way of ["multicast", "unicast"] as const) {
      await t.test(
        `[5.1.1.3-1 +] [5.1.2.3-1 +] [7.2-3 +] what arrives is what was prepared: ${family}, ${way}`,
        async (t) => {
          const socket = openHere(family);
          t.teardown(() => socket.close());
          peer.packets.length = 0;
          peer.frames.length = 0;
          const unicastPeers = way === "unicast" ? [onLinkPeer(OTHER[family])] : [];
          const [advert] = prepareAdverts({ ...configs[family], unicastPeers }, OWN[family]);
          t.equal(socket.send(packetOf(advert!, 100), advert!.destination), 0);
          await until(() => peer.packets.length === 1 && peer.frames.length === 1, { what: "the advert" });
          const destination = way === "unicast" ? OTHER[family].bytes : parseAddress(GROUP[family])!.bytes;
          const [packet] = peer.packets;
          t.match(packet, { ttl: 255 });
          t.match(packet, { source: hex(OWN[family].bytes), destination: hex(destination) });
          t.match(isRight(packet!, family, destination), { advert: { virtualRouterId: 7, priority: 100 } });
          const frame = peer.frames[0]!.subarray(ETHERNET);
          if (family === "ipv4") {
            t.equal(frame[1], 0xc0, "TOS");
            t.equal(frame[8], 255, "TTL");
            t.equal(hex(frame.subarray(12, 20)), hex(OWN.ipv4.bytes) + hex(destination));
          } else {
            t.equal(((frame[0]! & 0x0f) << 4) | (frame[1]! >> 4), 0xc0, "traffic class");
            t.match(decodeIpv6(frame), { hopLimit: 255, nextHeader: 112 });
            t.equal(hex(frame), hex(packetOf(advert!, 100)), "byte for byte");
          }
          if (way === "multicast")
            t.equal(hex(peer.frames[0]!.subarray(0, 3)), family === "ipv4" ? "01005e" : "333300");
        },
      );
    }
  }

  await t.test(
    "[5.1.1.3-1 -] [5.1.2.3-1 -] no TTL of the kernel's goes out, whatever its defaults",
    async (t) => {
      execFileSync("sysctl", ["-qw", "net.ipv4.ip_default_ttl=9", "net.ipv6.conf.eth0.hop_limit=9"]);
      for (const family of ["ipv4", "ipv6"] as const) {
        const socket = openHere(family);
        t.teardown(() => socket.close());
        peer.packets.length = 0;
        for (const unicastPeers of [[], [onLinkPeer(OTHER[family])]]) {
          const [advert] = prepareAdverts({ ...configs[family], unicastPeers }, OWN[family]);
          socket.send(packetOf(advert!, 100), advert!.destination);
          socket.send(packetOf(advert!, 0), advert!.destination);
        }
        await until(() => peer.packets.length === 4, { what: "four adverts" });
        t.same(
          peer.packets.map(({ ttl }) => ttl),
          [255, 255, 255, 255],
          family,
        );
      }
    },
  );

  for (const family of ["ipv4", "ipv6"] as const) {
    await t.test(`${family}: a burst is read in order, and our own adverts do not come back`, async (t) => {
      const received: Received[] = [];
      const socket = openHere(family, received);
      t.teardown(() => socket.close());
      const group = parseAddress(GROUP[family])!;
      socket.send(prepareAdvert(configs[family], OWN[family], group, 100), group.text);
      const packets = Array.from({ length: 250 }, (_, at) =>
        hex(prepareAdvert({ ...configs[family], virtualRouterId: 255 }, OTHER[family], group, at)),
      );
      t.equal(await peer.request({ send: { packets, destination: group.text } }), 0);
      await until(() => received.length === packets.length, { what: "the burst" });
      t.same(
        received.map(({ message }) => Number.parseInt(message.slice(4, 6), 16)),
        packets.map((_, at) => at),
      );
      t.match(received[0], {
        family,
        ttl: 255,
        source: OTHER[family].bytes,
        destination: group.bytes,
      });
      const unicast = hex(prepareAdvert(configs[family], OTHER[family], OWN[family], 100));
      await peer.request({ send: { packets: [unicast], destination: OWN[family].text } });
      await until(() => received.length === packets.length + 1, { what: "the unicast packet" });
      t.match(received.at(-1), { destination: OWN[family].bytes });
      t.notOk(socket.readArrived(), "nothing is left");
      t.same(socket.failures, {});
    });

    await t.test(`${family}: reading all gets what is queued without a turn of the loop`, async (t) => {
      const received: Received[] = [];
      const socket = openHere(family, received);
      t.teardown(() => socket.close());
      const group = parseAddress(GROUP[family])!;
      const packet = hex(prepareAdvert(configs[family], OTHER[family], group, 100));
      const answered = peer.request({ send: { packets: [packet, packet], destination: group.text } });
      const endsAt = performance.now() + 10_000;
      while (received.length < 2 && performance.now() < endsAt) socket.readArrived();
      t.equal(received.length, 2);
      await answered;
    });

    await t.test(`${family}: the membership outlives a flap, a link that is down is told`, async (t) => {
      const received: Received[] = [];
      const socket = openHere(family, received);
      t.teardown(() => socket.close());
      const group = parseAddress(GROUP[family])!;
      const advert = prepareAdvert(configs[family], OWN[family], group, 100);
      ip("link set eth0 down");
      const errno = socket.send(advert, group.text);
      t.ok([-constants.errno.ENETDOWN, -constants.errno.ENETUNREACH].includes(errno), `errno ${errno}`);
      t.same(Object.values(socket.failures), [1]);
      ip("link set eth0 up");
      ip("address replace fe80::1/64 dev eth0 nodad");
      const packet = hex(prepareAdvert(configs[family], OTHER[family], group, 100));
      await until(
        async () => {
          await peer.request({ send: { packets: [packet], destination: group.text } });
          return received.length > 0;
        },
        { what: "an advert after the flap" },
      );
      t.equal(socket.send(advert, group.text), 0);
    });
  }
});

t.test("a socket that cannot be opened is a typed error, and leaves nothing open", async (t) => {
  const before = openSockets();
  for (const family of ["ipv4", "ipv6"] as const) {
    const options = {
      interface: "nowhere0",
      interfaceIndex: 4242,
      family,
      groups: [VRRP_GROUPS[family]],
      meant: null,
    };
    const handlers = {
      batch: (work: () => void) => work(),
      onPacket: () => null,
      onDrop: () => {},
      onError: () => {},
    };
    t.throws(() => openAdvertSocket({ ...options, ...handlers }), {
      name: "VrrpdError",
      code: "ESOCKET",
      exitCode: 1,
    });
  }
  t.equal(openSockets(), before);
});

t.test("closing gives the descriptors back at once", async (t) => {
  ip("link add vnet0 type veth peer name vnet1");
  ip("link set vnet0 up");
  const interfaceIndex = indexOf("vnet0");
  for (const family of ["ipv4", "ipv6"] as const) {
    const before = openSockets();
    const handlers = {
      batch: (work: () => void) => work(),
      onPacket: () => null,
      onDrop: () => {},
      onError: () => {},
    };
    const socket = openAdvertSocket({
      interface: "vnet0",
      interfaceIndex,
      family,
      groups: [VRRP_GROUPS[family]],
      meant: null,
      ...handlers,
    });
    t.equal(openSockets(), before + 2);
    socket.close();
    socket.close();
    t.equal(openSockets(), before);
  }
});
