import t from "tap";
import { parseAddress } from "../../../src/base/address.js";
import { prepareAdvert, prepareAdverts } from "../../../src/host/adverts/prepare.js";
import { decodeAdvert } from "../../../src/wire/advert.js";
import { decodeIpv4 } from "../../../src/wire/ipv4.js";
import { decodeIpv6 } from "../../../src/wire/ipv6.js";
import { withPrefix } from "../netlink/support.js";
import { router } from "./support.js";

const SOURCE = parseAddress("192.0.2.1")!;
const LINK_LOCAL = parseAddress("fe80::1")!;

function readIpv4(packet: Uint8Array) {
  const decoded = decodeIpv4(packet);
  if ("reason" in decoded) throw new Error(decoded.reason);
  const { payload, source, destination, ttl } = decoded;
  return decodeAdvert(payload, { family: "ipv4", source, destination, ttl, multicast: true });
}

t.test("multicast: one packet to the group, in both forms", async (t) => {
  const [prepared, ...others] = prepareAdverts(router({}), SOURCE, 100);
  t.equal(others.length, 0);
  t.equal(prepared!.destination, "224.0.0.18");
  const advert = {
    version: 3,
    virtualRouterId: 7,
    checksumForm: "pseudo-header",
    advertIntervalMicros: 1_000_000,
  };
  t.match(readIpv4(prepared!.normal), { advert: { ...advert, priority: 100 } });
  t.match(readIpv4(prepared!.release), { advert: { ...advert, priority: 0 } });
});

t.test("unicast: one packet to each peer, whose address is in the checksum", async (t) => {
  const unicastPeers = [parseAddress("192.0.2.2")!, parseAddress("192.0.2.3")!];
  const prepared = prepareAdverts(router({ unicastPeers }), SOURCE, 100);
  t.same(
    prepared.map(({ destination }) => destination),
    ["192.0.2.2", "192.0.2.3"],
  );
  for (const { normal } of prepared) t.match(readIpv4(normal), { advert: { checksumForm: "pseudo-header" } });
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

t.test("version 2 with its password", async (t) => {
  const password = Buffer.from("secret\0\0");
  const packet = prepareAdvert(router({ version: 2, password }), SOURCE, parseAddress("224.0.0.18")!, 100);
  t.match(readIpv4(packet), { advert: { version: 2, password: Uint8Array.from(password) } });
});

t.test("only the advertised addresses are listed", async (t) => {
  const packet = prepareAdvert(router({ advertisedCount: 1 }), SOURCE, parseAddress("224.0.0.18")!, 100);
  const decoded = readIpv4(packet);
  t.same("advert" in decoded && decoded.advert.addresses.map(({ text }) => text), ["198.51.100.1"]);
});

t.test("IPv6 from the link-local address to its group", async (t) => {
  const config = router({
    family: "ipv6",
    virtualAddresses: [withPrefix("2001:db8::1/128")],
    advertisedCount: 1,
  });
  const [{ destination, normal }] = prepareAdverts(config, LINK_LOCAL, 100) as [
    ReturnType<typeof prepareAdverts>[0],
  ];
  t.equal(destination, "ff02::12");
  const packet = decodeIpv6(normal)!;
  t.same(packet.source, LINK_LOCAL.bytes);
  const context = { family: "ipv6", ttl: packet.hopLimit, multicast: true } as const;
  const decoded = decodeAdvert(packet.payload, { ...packet, ...context });
  t.match(decoded, { advert: { version: 3, priority: 100, addresses: [{ text: "2001:db8::1" }] } });
});
