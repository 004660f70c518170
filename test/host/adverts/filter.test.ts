/**
 * Which socket the kernel gives a packet to. The kernel decides, in a namespace, about every kind of hostile packet and
 * many right ones; an interpreter of the same program is compared with it, and then asked about many more.
 */
import t from "tap";
import { type Family, type IpAddress, parseAddress } from "../../../src/base/address.js";
import { type Followed, NOBODY } from "../../../src/core/router/leader.js";
import { type AdvertClass, advertFilter, type Meant } from "../../../src/host/adverts/filter.js";
import { PacketSocket, RawReceiver } from "../../../src/host/native.js";
import { VRRP_GROUPS } from "../../../src/wire/vrrp.js";
import { encodeVrrp2 } from "../../../src/wire/vrrp2.js";
import { encodeVrrp3 } from "../../../src/wire/vrrp3.js";
import { VIPS, VIRTUAL_ROUTER_ID } from "../../hostile-packets/field.js";
import { COMMON, IPV4, IPV6, type Kind } from "../../hostile-packets/kinds.js";
import { type Around, frameOf } from "../../hostile-packets/packets.js";
import { until } from "../../netns/until.js";
import { Prng } from "../../sim/prng.js";
import { run } from "../bpf/interpreter.js";
import { addPair, enterNamespace, indexOf, ip } from "../netlink/support.js";
import { GROUP } from "./support.js";

enterNamespace();

/** Ours as well, and of another master. */
const OTHER_ID = 9;
const CLASSES: readonly AdvertClass[] = ["routine", "followed", "ours", "rest"];
const MASTER = { ipv4: address("192.0.2.40"), ipv6: address("fe80::40") };
const OTHER = { ipv4: address("192.0.2.77"), ipv6: address("fe80::77") };
const STRANGER = { ipv4: address("203.0.113.7"), ipv6: address("2001:db8:1::7") };
const OWN = { ipv4: address("192.0.2.1"), ipv6: address("fe80::1") };
const SLOT_BYTES = 4096;

addPair("eth0", "peer0");
ip("address add 192.0.2.1/24 dev eth0");
ip("address add fe80::1/64 dev eth0 nodad");

function address(text: string): IpAddress {
  return parseAddress(text)!;
}

function meant(family: Family, more: Partial<Meant> = {}): Meant {
  return {
    family,
    virtualRouterIds: [VIRTUAL_ROUTER_ID],
    versions: new Set([2, 3]),
    groups: more.unicast === undefined || more.unicast === null ? [VRRP_GROUPS[family]] : [],
    unicast: null,
    addresses: [address(VIPS[family])],
    ...more,
  };
}

interface Message {
  readonly source?: IpAddress;
  readonly id?: number;
  readonly priority?: number;
  readonly addresses?: readonly IpAddress[];
  readonly version?: 2 | 3;
  readonly around?: Around;
  readonly spoil?: (message: Uint8Array) => Uint8Array;
}

function frame(family: Family, message: Message): Uint8Array {
  const { source = OTHER[family], id = VIRTUAL_ROUTER_ID, priority = 150 } = message;
  const { version = 3, around, addresses = [address(VIPS[family])], spoil = (bytes) => bytes } = message;
  const common = { virtualRouterId: id, priority, advertIntervalMicros: 1_000_000, addresses };
  const carriage = { source: source.bytes, destination: address(GROUP[family]).bytes };
  const bytes =
    version === 2
      ? encodeVrrp2({ ...common, password: null })
      : encodeVrrp3({ ...common, ...carriage, checksumPseudoHeader: true });
  return frameOf(spoil(bytes), source, around);
}

const set = (at: number, value: number) => (bytes: Uint8Array) => {
  bytes[at] = value;
  return bytes;
};

/** What the kernel hands over, as the interpreter needs it. */
interface Received {
  readonly data: Uint8Array;
  readonly network: Uint8Array;
}

/** One socket more than there are classes: it gets everything. */
class Sockets {
  readonly #receivers: RawReceiver[];
  readonly #sender = new PacketSocket({ interfaceIndex: indexOf("peer0"), etherType: 0, onReadable: null });

  constructor(
    private readonly family: Family,
    programs: readonly (Uint8Array | null)[],
  ) {
    this.#receivers = programs.map(
      (filter) =>
        new RawReceiver({
          family,
          protocol: 112,
          interfaceIndex: indexOf("eth0"),
          groups: [address(GROUP[family]).bytes],
          filter,
          receiveBufferBytes: 4 * 1024 * 1024,
          slots: 64,
          slotBytes: SLOT_BYTES,
          onReadable: () => {},
        }),
    );
    for (const receiver of this.#receivers) receiver.pause(true);
  }

  /** What each socket got of these frames and a last one, which is one that all of them get. */
  async got(frames: readonly Uint8Array[]): Promise<Received[][]> {
    for (let sent = 0; sent < frames.length; ) sent += this.#sender.send(frames.slice(sent, sent + 100));
    const all: Received[] = [];
    const last = frame(this.family, { id: 99 });
    this.#sender.send([last]);
    const lastId = this.family === "ipv4" ? 21 : 1;
    await until(
      () => {
        all.push(...this.#read(this.#receivers[0]!));
        return all.at(-1)?.data[lastId] === 99;
      },
      { what: "the last frame" },
    );
    all.pop();
    return [all, ...this.#receivers.slice(1).map((one) => this.#read(one))];
  }

  close(): void {
    for (const one of [...this.#receivers, this.#sender]) one.close();
  }

  #read(receiver: RawReceiver): Received[] {
    const read: Received[] = [];
    for (let count = receiver.receive(); count > 0; count = receiver.receive()) {
      for (let slot = 0; slot < count; slot += 1) {
        const start = slot * SLOT_BYTES;
        const data = Uint8Array.from(receiver.packets.subarray(start, start + receiver.lengths[slot]!));
        const network = new Uint8Array(40);
        network[7] = receiver.hopLimits[slot]!;
        network.set(receiver.addresses.subarray(32 * slot, 32 * slot + 32), 8);
        read.push({ data, network: this.family === "ipv4" ? data : network });
      }
    }
    return read;
  }
}

/** Over IPv6 two sources may have sent the same message. */
const hex = ({ data, network }: Received) => Buffer.concat([network, data]).toString("hex");

async function classesOf(
  what: Meant,
  followed: Followed | undefined,
  frames: readonly Uint8Array[],
): Promise<{ all: Received[]; byKernel: AdvertClass[] }> {
  const sockets = new Sockets(what.family, [
    null,
    ...CLASSES.map((one) => advertFilter(one, what, followed)),
  ]);
  const [all, ...parts] = await sockets.got(frames);
  sockets.close();
  // The last frame, of a foreign id, is in the rest.
  parts[CLASSES.indexOf("rest")]!.pop();
  const queues = parts.map((part) => part.map(hex));
  const byKernel = all!.map((packet) => {
    const index = queues.findIndex((queue) => queue[0] === hex(packet));
    queues[index]?.shift();
    return CLASSES[index]!;
  });
  t.same(queues.flat(), [], "each packet is in one socket, and in no other");
  return { all: all!, byKernel };
}

function byProgram(what: Meant, followed: Followed | undefined): (packet: Received) => AdvertClass[] {
  const programs = CLASSES.map((one) => advertFilter(one, what, followed));
  return (packet) => CLASSES.filter((_, index) => run(programs[index]!, packet) > 0);
}

for (const family of ["ipv4", "ipv6"] as const) {
  const [vip, stranger] = [address(VIPS[family]), STRANGER[family]];
  const cases: readonly (readonly [what: string, expected: AdvertClass, message: Message])[] = [
    ["an advert of ours", "ours", {}],
    ["a release", "ours", { priority: 0 }],
    ["with ours in the fourth place", "ours", { addresses: [stranger, stranger, stranger, vip] }],
    ["with options before it", "ours", optionsOf(family)],
    ["version 2", family === "ipv4" ? "ours" : "rest", { version: 2 }],
    ["TTL 254", "rest", { around: { ttl: 254 } }],
    ["a foreign id", "rest", { id: 2 }],
    ["id 0", "rest", { spoil: set(1, 0) }],
    ["another version", "rest", { spoil: set(0, 0x41) }],
    ["another type", "rest", { spoil: set(0, 0x32) }],
    ["no address", "rest", { spoil: (bytes) => set(3, 0)(bytes).slice(0, 8) }],
    ["no address, and one", "rest", { spoil: set(3, 0) }],
    ["more addresses than bytes", "rest", { spoil: set(3, 9) }],
    [
      "bytes behind the last address",
      "rest",
      { spoil: (bytes) => Buffer.concat([bytes, Uint8Array.of(1, 2)]) },
    ],
    ["seven bytes", "rest", { spoil: (bytes) => bytes.slice(0, 7) }],
    ["nothing", "rest", { spoil: (bytes) => bytes.slice(0, 0) }],
    ["a stranger's address", "rest", { addresses: [stranger] }],
  ];
  t.test(
    `${family}: what can never be meant, and what cannot change anything, goes to the lossy socket`,
    async (t) => {
      const what = meant(family);
      // There is none over IPv6.
      const used = cases.filter(([name]) => family === "ipv4" || name !== "version 2");
      const { byKernel } = await classesOf(
        what,
        undefined,
        used.map(([, , message]) => frame(family, message)),
      );
      for (const [index, [name, expected]] of used.entries()) t.equal(byKernel[index], expected, name);
    },
  );

  t.test(
    `${family}: the followed master has a socket of its own, and lower priorities change nothing`,
    async (t) => {
      const priorities = { leastPriority: 150, bestPriority: 150 };
      const followed = { ...NOBODY, ...priorities, sources: [MASTER[family]] };
      const { byKernel } = await classesOf(meant(family), followed, [
        frame(family, { source: MASTER[family], priority: 200 }),
        frame(family, { source: MASTER[family], priority: 0 }),
        frame(family, { source: MASTER[family], priority: 200, addresses: [stranger] }),
        frame(family, { source: MASTER[family], around: { ttl: 1 } }),
        frame(family, { priority: 150 }),
        frame(family, { priority: 255 }),
        frame(family, { priority: 149 }),
        frame(family, { priority: 0 }),
      ]);
      t.same(byKernel, ["followed", "followed", "followed", "rest", "ours", "ours", "rest", "rest"]);
    },
  );

  t.test(
    `${family}: what a followed master says again and again is told from what it says anew`,
    async (t) => {
      const followed = {
        sources: [MASTER[family]],
        leastPriority: 150,
        bestPriority: 150,
        routine: { virtualRouterIds: [VIRTUAL_ROUTER_ID], priorities: [200, 210] },
      };
      const what = meant(family, { virtualRouterIds: [VIRTUAL_ROUTER_ID, OTHER_ID] });
      const { byKernel } = await classesOf(what, followed, [
        frame(family, { source: MASTER[family], priority: 200 }),
        frame(family, { source: MASTER[family], priority: 210 }),
        frame(family, { source: MASTER[family], priority: 205 }),
        frame(family, { source: MASTER[family], priority: 0 }),
        frame(family, { source: MASTER[family], priority: 200, id: OTHER_ID }),
        frame(family, { priority: 200 }),
        frame(family, { source: MASTER[family], priority: 200, around: { ttl: 254 } }),
      ]);
      t.same(byKernel, ["routine", "routine", "followed", "followed", "followed", "ours", "rest"]);
    },
  );

  t.test(
    `${family}: unicast comes from peers, of their least TTL, and from others with 255 at most`,
    async (t) => {
      const to = (ttl: number, source = MASTER[family]): Uint8Array => {
        const bytes = frame(family, { source, around: { ttl } });
        return toUs(bytes, family);
      };
      const frames = [to(255), to(64), to(63), to(255, OTHER[family]), to(254, OTHER[family])];
      const peers = [{ address: MASTER[family], leastTtl: 64 }];
      const classes = async (unicast: Meant["unicast"]) =>
        (await classesOf(meant(family, { unicast }), undefined, frames)).byKernel;
      t.same(await classes(null), ["rest", "rest", "rest", "rest", "rest"], "without peers: the group alone");
      t.same(await classes({ peers, strict: false }), ["ours", "ours", "rest", "ours", "rest"]);
      t.same(await classes({ peers, strict: true }), ["ours", "ours", "rest", "rest", "rest"]);
      const crowd = Array.from({ length: 300 }, (_, at) => ({ address: numbered(family, at), leastTtl: 70 }));
      const tooMany = { peers: [...peers, ...crowd], strict: true };
      t.same(await classes(tooMany), ["ours", "ours", "rest", "ours", "ours"], "too many to tell apart");
    },
  );

  t.test(`${family}: kernel and interpreter agree about hostile packets of every kind`, async (t) => {
    const seed = Date.now() % 1_000_000_000;
    const rng = new Prng(seed);
    const kinds: Kind[] = Object.values({ ...COMMON, ...(family === "ipv4" ? IPV4 : IPV6) });
    const frames = kinds.flatMap((kind) =>
      Array.from({ length: 40 }, (_, index) => kind({ rng, family, index }).map((one) => one.frame)).flat(),
    );
    const what = meant(family);
    const followed = {
      ...NOBODY,
      sources: [address(family === "ipv4" ? "192.0.2.150" : "fe80::bad:5")],
      leastPriority: 30,
      bestPriority: 30,
    };
    const routine = { virtualRouterIds: what.virtualRouterIds, priorities: [30, 100, 200, 254] };
    for (const one of [undefined, followed, { ...followed, routine }]) {
      const { all, byKernel } = await classesOf(what, one, frames);
      t.ok(all.length > kinds.length, `${all.length} packets, seed ${seed}`);
      t.same(
        all.map(byProgram(what, one)),
        byKernel.map((found) => [found]),
      );
    }
  });

  t.test(`${family}: the largest programs are short enough for the kernel`, async (t) => {
    const scattered = Array.from({ length: 255 }, (_, at) => numbered(family, 3 * at));
    const what = meant(family, {
      virtualRouterIds: Array.from({ length: 127 }, (_, at) => 2 * at + 1),
      unicast: {
        peers: scattered.map((one) => ({ address: one, leastTtl: 64 })).slice(0, 128),
        strict: true,
      },
      addresses: scattered,
    });
    const odd = Array.from({ length: 127 }, (_, at) => 2 * at + 1);
    const program = advertFilter("routine", what, {
      sources: scattered,
      leastPriority: 9,
      bestPriority: 9,
      routine: { virtualRouterIds: odd, priorities: odd },
    });
    t.ok(program.length / 8 < 700, `${program.length / 8} instructions`);
    new Sockets(family, [program]).close();
  });
}

/** Of unicast: to eth0's own addresses. The harness gives eth0 its MAC address by chance. */
function toUs(bytes: Uint8Array, family: Family): Uint8Array {
  const [link] = JSON.parse(ip("-json link show dev eth0")) as { address: string }[];
  bytes.set(Buffer.from(link!.address.replaceAll(":", ""), "hex"), 0);
  bytes.set(OWN[family].bytes, family === "ipv4" ? 14 + 16 : 14 + 24);
  if (family === "ipv4") reseal(bytes);
  return bytes;
}

function reseal(bytes: Uint8Array): void {
  bytes.set([0, 0], 24);
  let sum = 0;
  for (let at = 14; at < 34; at += 2) sum += bytes[at]! * 256 + bytes[at + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  bytes.set([(~sum >> 8) & 0xff, ~sum & 0xff], 24);
}

function numbered(family: Family, at: number): IpAddress {
  const [high, low] = [at >> 8, at & 0xff];
  return address(family === "ipv4" ? `198.51.${100 + high}.${low}` : `2001:db8:5::${at.toString(16)}`);
}

function optionsOf(family: Family): Message {
  if (family === "ipv4") return { around: { options: Uint8Array.of(0x94, 4, 0, 0) } };
  return { around: { options: Uint8Array.of(112, 0, 1, 4, 0, 0, 0, 0), nextHeader: 60 } };
}
