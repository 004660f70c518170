import t from "tap";
import { type Family, type IpAddress, parseAddress } from "../../../src/base/address.js";
import { macFromBytes } from "../../../src/base/mac.js";
import { prepareAnnouncements, prepareProbes } from "../../../src/host/announce/frames.js";
import { ClaimWatch } from "../../../src/host/claims/watch.js";
import { PacketSocket } from "../../../src/host/native.js";
import { until } from "../../netns/until.js";
import { addPair, enterNamespace, indexOf, virtualAddresses } from "../netlink/support.js";

enterNamespace();
addPair("eth0", "eth1");

const OTHER = macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, 9));
const OTHERS = { ipv4: "192.0.2.250", ipv6: "2001:db8:0:2::ffff:1" } as const;

const ip = (text: string): IpAddress => parseAddress(text)!;
const wide = (address: IpAddress) => ({ address, prefixLength: address.bytes.length * 8 });

/** What the watch on eth0 hears of the frames that leave eth1, up to a last one. */
async function heardOf(
  family: Family,
  addresses: readonly IpAddress[],
  frames: readonly Uint8Array[],
): Promise<string[]> {
  const heard: string[] = [];
  const watch = new ClaimWatch({
    interfaceIndex: indexOf("eth0"),
    family,
    addresses,
    onHeard: (address, what, mac) => heard.push(`${address} ${what} ${mac.text}`),
  });
  const sender = new PacketSocket({ interfaceIndex: indexOf("eth1"), etherType: 0, onReadable: null });
  const last = prepareAnnouncements("eth1", OTHER, [wide(addresses.at(-1)!)])[0]!;
  sender.send([...frames, last]);
  await until(() => heard.includes(`${addresses.at(-1)!.text} has ${OTHER.text}`), {
    what: "the last frame",
  });
  watch.close();
  sender.close();
  return heard.slice(0, -1);
}

for (const family of ["ipv4", "ipv6"] as const) {
  t.test(`${family}: who has one of the addresses, and who asks for one, is heard`, async (t) => {
    const wanted = virtualAddresses(family, 1000);
    const addresses = wanted.map(({ address }) => address);
    const some = [wanted[0]!, wanted[499]!];
    const frames = [...prepareAnnouncements("eth1", OTHER, some), ...prepareProbes(OTHER, some)];
    t.same(await heardOf(family, addresses, frames), [
      `${addresses[0]!.text} has ${OTHER.text}`,
      `${addresses[499]!.text} has ${OTHER.text}`,
      `${addresses[0]!.text} asks ${OTHER.text}`,
      `${addresses[499]!.text} asks ${OTHER.text}`,
    ]);
  });

  t.test(`${family}: what is said of other addresses does not even wake the process`, async (t) => {
    const [first, last] = virtualAddresses(family, 2).map(({ address }) => address);
    const others = [wide(ip(OTHERS[family]))];
    const frames = [...prepareAnnouncements("eth1", OTHER, others), ...prepareProbes(OTHER, others)];
    t.same(await heardOf(family, [first!, last!], frames), []);
  });
}

t.test("our own announcements are not heard", async (t) => {
  const [address, last] = virtualAddresses("ipv4", 2);
  const heard: string[] = [];
  const watch = new ClaimWatch({
    interfaceIndex: indexOf("eth0"),
    family: "ipv4",
    addresses: [address!.address, last!.address],
    onHeard: (text) => heard.push(text),
  });
  const own = new PacketSocket({ interfaceIndex: indexOf("eth0"), etherType: 0, onReadable: null });
  const other = new PacketSocket({ interfaceIndex: indexOf("eth1"), etherType: 0, onReadable: null });
  own.send(prepareAnnouncements("eth0", OTHER, [address!]));
  other.send(prepareAnnouncements("eth1", OTHER, [last!]));
  await until(() => heard.length > 0, { what: "the other's" });
  t.same(heard, [last!.address.text]);
  for (const socket of [watch, own, other]) socket.close();
});

t.test("an interface that does not exist is refused", async (t) => {
  const options = { family: "ipv4", addresses: [ip(OTHERS.ipv4)], onHeard: () => {} } as const;
  t.throws(() => new ClaimWatch({ ...options, interfaceIndex: 0x7fff_fffe }), { code: "ENODEV" });
});
