// Sends adverts through this host's router, once each: the argument, as JSON, is a list of what they say and how.
import { parseAddress } from "../../dist/src/base/address.js";
import { openAdvertSocket } from "../../dist/src/host/adverts/open.js";
import { prepareAdvert } from "../../dist/src/host/adverts/prepare.js";
import { gatherHostFacts } from "../../dist/src/host/netlink/facts.js";

const NAME = "ens3";
const TTL = { ipv4: 8, ipv6: 7 };
const { link } = gatherHostFacts().interfaces.find(({ name }) => name === NAME);
const ignore = () => {};
const sockets = new Map(
  ["ipv4", "ipv6"].map((family) => [
    family,
    openAdvertSocket({
      ...{ interface: NAME, interfaceIndex: link.index, family, groups: [], meant: null },
      ...{ onPacket: ignore, onDrop: ignore, onError: ignore },
    }),
  ]),
);

for (const { source, destination, version, priority, address, ttl, virtualRouterId = 1 } of JSON.parse(
  process.argv[2],
)) {
  const from = parseAddress(source);
  const router = {
    ...{ family: from.family, virtualRouterId, version, password: null, checksumPseudoHeader: true },
    ...{ advertIntervalMicros: version === 2 ? 255_000_000 : 40_950_000, advertisedCount: 1 },
    unicastPeers: [],
    virtualAddresses: [{ address: parseAddress(address), prefixLength: from.bytes.length * 8 }],
  };
  const packet = prepareAdvert(router, from, parseAddress(destination), priority);
  packet[TTL[from.family]] = ttl;
  const errno = sockets.get(from.family).send(packet, destination);
  if (errno !== 0) console.log(`not sent: ${errno}`);
}
console.log("thrown");
process.exit();
