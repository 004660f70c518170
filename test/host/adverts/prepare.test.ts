import t from "tap";
import { parseAddress } from "../../../src/base/address.js";
import { packetOf, prepareAdvert, prepareAdverts } from "../../../src/host/adverts/prepare.js";
import { decodeAdvert } from "../../../src/wire/decoder.js";
import { decodeIpv4 } from "../../../src/wire/ipv4.js";
import { decodeIpv6 } from "../../../src/wire/ipv6.js";
import { onLinkPeer } from "../../core/configurations.js";
import { router } from "./support.js";

const SOURCE = parseAddress("192.0.2.1")!;
const LINK_LOCAL = parseAddress("fe80::1")!;

function readIpv4(packet: Uint8Array) {
  const decoded = decodeIpv4(packet);
  if ("reason" in decoded) throw new Error(decoded.reason);
  const { payload, source, destination } = decoded;
  return decodeAdvert(payload, { family: "ipv4", source, destination });
}

t.test("[7.2-4 +] [v2-5.2.4-1 +] multicast: one packet to the group, of any priority", async (t) => {
  const [prepared, ...others] = prepareAdverts(router({}), SOURCE);
  t.equal(others.length, 0);
  t.equal(prepared!.destination, "224.0.0.18");
  const advert = {
    version: 3,
    virtualRouterId: 7,
    checksumForm: "pseudo-header",
    advertIntervalMicros: 1_000_000,
  };
  t.match(readIpv4(packetOf(prepared!, 100)), { advert: { ...advert, priority: 100 } });
  t.match(readIpv4(packetOf(prepared!, 0)), { advert: { ...advert, priority: 0 } });
});

t.test("[5.2.4-1 +] [6.4.3-8 +] [7.2-1 +] the priority is the one given, that of a release 0", async (t) => {
  const [prepared] = prepareAdverts(router({}), SOURCE);
  for (const priority of [1, 100, 254, 255, 0]) {
    t.match(readIpv4(packetOf(prepared!, priority)), { advert: { priority } });
  }
});

t.test(
  "[7.2-4 -] [v2-5.2.4-1 -] without peers nothing goes to anybody but the group, or as another protocol",
  async (t) => {
    for (const version of [2, 3] as const) {
      const prepared = prepareAdverts(router({ version }), SOURCE);
      t.same(
        prepared.map(({ destination }) => destination),
        ["224.0.0.18"],
      );
      for (const priority of [100, 0]) {
        const packet = packetOf(prepared[0]!, priority);
        t.same([...packet.subarray(16, 20)], [224, 0, 0, 18]);
        t.equal(packet[9], 112);
      }
    }
    const virtualAddresses = ["2001:db8::1"];
    const ipv6 = prepareAdverts(router({ family: "ipv6", virtualAddresses }), LINK_LOCAL);
    t.same(
      ipv6.map(({ destination }) => destination),
      ["ff02::12"],
    );
    for (const priority of [100, 0]) {
      const packet = packetOf(ipv6[0]!, priority);
      t.same(decodeIpv6(packet)!.destination, parseAddress("ff02::12")!.bytes);
      t.equal(decodeIpv6(packet)!.nextHeader, 112);
    }
  },
);

t.test("unicast: one packet to each peer, whose address is in the checksum", async (t) => {
  const unicastPeers = ["192.0.2.2", "192.0.2.3"].map((peer) => onLinkPeer(parseAddress(peer)!));
  const prepared = prepareAdverts(router({ unicastPeers }), SOURCE);
  t.same(
    prepared.map(({ destination }) => destination),
    ["192.0.2.2", "192.0.2.3"],
  );
  for (const one of prepared)
    t.match(readIpv4(packetOf(one, 100)), { advert: { checksumForm: "pseudo-header" } });
});

t.test("the checksum of the message alone, where that is configured", async (t) => {
  const packet = prepareAdvert(
    router({ checksumPseudoHeader: false }),
    SOURCE,
    parseAddress("224.0.0.18")!,
    100,
  );
  t.match(readIpv4(packet), { advert: { checksumForm: "message" } });
});

t.test("[v2-7.2-1 +] version 2 with its password", async (t) => {
  const password = Buffer.from("secret\0\0");
  const packet = prepareAdvert(router({ version: 2, password }), SOURCE, parseAddress("224.0.0.18")!, 100);
  t.match(readIpv4(packet), { advert: { version: 2, password: Uint8Array.from(password) } });
});

t.test("[7.2-1 +-] only the advertised addresses are listed", async (t) => {
  const packet = prepareAdvert(router({ advertisedCount: 1 }), SOURCE, parseAddress("224.0.0.18")!, 100);
  const decoded = readIpv4(packet);
  t.same("advert" in decoded && decoded.advert.addresses.map(({ text }) => text), ["198.51.100.1"]);
});

t.test("[7.2-3 +] [7.2-4 +] IPv6 from the link-local address to its group", async (t) => {
  const config = router({
    family: "ipv6",
    virtualAddresses: ["2001:db8::1"],
  });
  const [prepared] = prepareAdverts(config, LINK_LOCAL);
  t.equal(prepared!.destination, "ff02::12");
  const packet = decodeIpv6(packetOf(prepared!, 100))!;
  t.same(packet.source, LINK_LOCAL.bytes);
  const context = { family: "ipv6" } as const;
  const decoded = decodeAdvert(packet.payload, { ...packet, ...context });
  t.match(decoded, { advert: { version: 3, priority: 100, addresses: [{ text: "2001:db8::1" }] } });
});
