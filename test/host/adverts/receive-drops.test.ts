/** What finds no room in a socket, while nobody reads it, is counted: all that was sent is either read or in the count. */
import t from "tap";
import { type Family, parseAddress } from "../../../src/base/address.js";
import { openAdvertSocket } from "../../../src/host/adverts/open.js";
import { prepareAdvert } from "../../../src/host/adverts/prepare.js";
import { receiveDrops } from "../../../src/host/adverts/receive-drops.js";
import { PacketSocket } from "../../../src/host/native.js";
import { VRRP_GROUPS } from "../../../src/wire/vrrp.js";
import { addPair, enterNamespace, indexOf, ip } from "../netlink/support.js";
import { GROUP, router } from "./support.js";

enterNamespace();

/** More than a receive buffer holds. */
const PACKETS = 12_000;
const MACS = { ipv4: "01005e000012", ipv6: "333300000012" } as const;
const OTHERS = { ipv4: "192.0.2.2", ipv6: "fe80::2" } as const;

addPair("eth0", "peer0");
ip("address add 192.0.2.1/24 dev eth0");
ip("address add fe80::1/64 dev eth0");

function flood(family: Family): void {
  const config = family === "ipv4" ? router({}) : router({ family, virtualAddresses: ["2001:db8::1"] });
  const packet = prepareAdvert(config, parseAddress(OTHERS[family])!, parseAddress(GROUP[family])!, 100);
  const header = Buffer.from(`${MACS[family]}020000000009${family === "ipv4" ? "0800" : "86dd"}`, "hex");
  const frame = Buffer.concat([header, packet]);
  const sender = new PacketSocket({ interfaceIndex: indexOf("peer0"), etherType: 0, onReadable: null });
  for (let sent = 0; sent < PACKETS; )
    sent += sender.send(new Array(Math.min(100, PACKETS - sent)).fill(frame));
  sender.close();
}

for (const family of ["ipv4", "ipv6"] as const) {
  t.test(family, async (t) => {
    let read = 0;
    const socket = openAdvertSocket({
      interface: "eth0",
      interfaceIndex: indexOf("eth0"),
      family,
      groups: [VRRP_GROUPS[family]],
      meant: null,
      onPacket: () => {
        read += 1;
        return null;
      },
      onDrop: (reason) => t.fail(`dropped: ${reason}`),
      onError: (code) => t.fail(`receiving failed: ${code}`),
    });
    const before = receiveDrops("unread");
    const lostOf = (one: Family) => receiveDrops("unread")[one] - before[one];
    // All in one turn of the loop: nothing is read meanwhile.
    flood(family);
    while (socket.readArrived());
    const lost = lostOf(family);
    t.ok(lost > 0, `${lost} of ${PACKETS} had no room`);
    t.equal(read + lost, PACKETS);
    t.equal(lostOf(family === "ipv4" ? "ipv6" : "ipv4"), 0);
    socket.close();
    t.equal(lostOf(family), lost, "what is closed is not forgotten");
  });
}
