// Advertises on ens3 for ever, whatever it hears: the argument, as JSON, says what.
import { parseAddress } from "../../../dist/src/base/address.js";
import { openAdvertSocket } from "../../../dist/src/host/adverts/open.js";
import { packetOf, prepareAdverts } from "../../../dist/src/host/adverts/prepare.js";
import { gatherHostFacts } from "../../../dist/src/host/netlink/facts.js";
import { VRRP_GROUPS } from "../../../dist/src/wire/vrrp.js";

const NAME = "ens3";
const { source, virtualRouterId, priority, addresses, intervalSeconds = 1 } = JSON.parse(process.argv[2]);
const parsed = addresses.map((text) => {
  const address = parseAddress(text);
  return { address, prefixLength: address.bytes.length * 8 };
});
const { family } = parseAddress(source);
const config = {
  ...{ name: "speaker", interface: NAME, family, virtualRouterId, version: 3 },
  ...{ virtualAddresses: parsed, advertisedCount: parsed.length, password: null },
  ...{ multicastGroup: VRRP_GROUPS[family], unicastPeers: [] },
  ...{ advertIntervalMicros: intervalSeconds * 1e6, checksumPseudoHeader: true },
};
const [advert] = prepareAdverts(config, parseAddress(source));
const { link } = gatherHostFacts().interfaces.find(({ name }) => name === NAME);
const ignore = () => {};
const socket = openAdvertSocket({
  ...{ interface: NAME, interfaceIndex: link.index, family, groups: [], meant: null },
  ...{ onPacket: ignore, onDrop: ignore, onError: ignore },
});
const send = () => socket.send(packetOf(advert, priority), advert.destination);
setInterval(send, intervalSeconds * 1000);
send();
console.log("speaking");
