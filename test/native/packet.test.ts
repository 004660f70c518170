import t from "tap";
import { errnoName, PacketSocket } from "../../src/host/native.js";
import { inNamespace, ip, macOf, makeVeth, openDescriptors, until } from "./namespace.js";

const ETHERTYPE_ARP = 0x0806;
const FRAME_LENGTH = 42;
const ENODEV = 19;
const EMSGSIZE = 90;
const ENETDOWN = 100;

if (inNamespace(t, import.meta.url)) tests();

function tests(): void {
  const [a, b] = makeVeth("near", "far");
  const macA = macOf("near");

  t.test("a thousand frames arrive on the other end, complete and in order", async (t) => {
    const received: Buffer[] = [];
    const receiver = open(b, ETHERTYPE_ARP, () => received.push(...readAll(receiver)));
    const sender = open(a, 0, null);
    const frames = arpFrames(1000, macA);
    // In parts, because what the receiver has not read yet must fit into its buffer.
    for (let sent = 0; sent < frames.length; sent += 125) {
      t.equal(sender.send(frames.slice(sent, sent + 125)), 125);
      await until(() => received.length === sent + 125, "the frames");
    }
    t.ok(Buffer.concat(received).equals(Buffer.concat(frames)), "every byte");
    t.equal(sender.lastErrno, 0);
    receiver.close();
    sender.close();
  });

  t.test("a burst of a thousand goes out in one call", async (t) => {
    const sender = open(a, 0, null);
    const before = transmitted("near");
    t.equal(sender.send(arpFrames(1000, macA)), 1000);
    t.equal(transmitted("near") - before, 1000);
    sender.close();
  });

  t.test("receives its ether type and its interface alone, and nothing when it only sends", async (t) => {
    const sender = open(a, 0, null);
    const receiver = open(b, ETHERTYPE_ARP, null);
    const other = open(a, ETHERTYPE_ARP, null);
    const deaf = open(b, 0, null);
    const [arp] = arpFrames(1, macA);
    const ipv4 = Buffer.from(arp!);
    ipv4.writeUInt16BE(0x0800, 12);
    t.equal(sender.send([ipv4, arp!]), 2);
    await until(() => readAll(receiver).length === 1, "the ARP frame");
    const buffer = new Uint8Array(2048);
    for (const socket of [receiver, other, deaf]) t.equal(socket.receive(buffer), 0);
    for (const socket of [sender, receiver, other, deaf]) socket.close();
  });

  t.test("a filter is in force from the first frame on; one that cannot be is refused", async (t) => {
    const etherType = ETHERTYPE_ARP;
    // Return 0: nothing at all passes (BPF_RET | BPF_K).
    const nothing = new Uint8Array(Uint16Array.of(0x06, 0, 0, 0).buffer);
    const deaf = new PacketSocket({ interfaceIndex: b, etherType, filter: nothing, onReadable: null });
    const receiver = open(b, etherType, null);
    const sender = open(a, 0, null);
    sender.send(arpFrames(3, macA));
    await until(() => readAll(receiver).length > 0, "the frames, where there is no filter");
    t.equal(deaf.receive(new Uint8Array(2048)), 0);
    for (const socket of [deaf, receiver, sender]) socket.close();
    const broken = { interfaceIndex: b, etherType, onReadable: null };
    for (const filter of [new Uint8Array(7), new Uint8Array(0), new Uint8Array(8 * 4097)]) {
      t.throws(() => new PacketSocket({ ...broken, filter }), { code: "EINVAL" });
    }
  });

  t.test("says where it stopped and why", async (t) => {
    const sender = open(a, 0, null);
    const frames = arpFrames(300, macA);
    frames[200] = Buffer.alloc(4); // shorter than an Ethernet header
    t.equal(sender.send(frames), 200);
    t.equal(errnoName(sender.lastErrno), "EINVAL");
    t.equal(sender.send(frames.slice(0, 1)), 1);
    t.equal(sender.lastErrno, 0);
    t.equal(sender.send([]), 0);
    t.throws(() => sender.send(["frame"] as never), { message: "a Uint8Array is expected" });
    sender.close();
    t.equal(sender.send(frames), 0);
    t.equal(errnoName(sender.lastErrno), "EBADF");
  });

  t.test("a frame that does not fit is reported, not cut", async (t) => {
    const sender = open(a, 0, null);
    const receiver = open(b, ETHERTYPE_ARP, null);
    sender.send(arpFrames(2, macA));
    const answer = await until(() => receiver.receive(new Uint8Array(20)), "a frame");
    t.equal(answer, -EMSGSIZE);
    t.equal(readAll(receiver).length, 1, "the next one is untouched");
    sender.close();
    receiver.close();
  });

  t.test(
    "an interface that goes down wakes the loop with an error, once, and the socket goes on",
    async (t) => {
      const answers: number[] = [];
      const receiver = open(b, ETHERTYPE_ARP, () => answers.push(receiver.receive(new Uint8Array(2048))));
      const sender = open(a, 0, null);
      ip("link", "set", "far", "down");
      await until(() => answers.length > 0, "the error");
      ip("link", "set", "far", "up");
      sender.send(arpFrames(1, macA));
      await until(() => answers.length > 1, "a frame");
      t.same(answers, [-ENETDOWN, FRAME_LENGTH]);
      receiver.close();
      sender.close();
    },
  );

  t.test("an interface that is not there is an error", async (t) => {
    for (const index of [0, 9999]) {
      t.throws(() => open(index, 0, null), { code: "ENODEV", errno: -ENODEV, syscall: "bind" });
    }
  });

  t.test("60 sockets leave no descriptor, once the pool has closed them", async (t) => {
    const before = openDescriptors();
    for (let i = 0; i < 30; i++) {
      open(a, 0, () => {}).close();
      open(b, ETHERTYPE_ARP, null).close();
    }
    await t.resolves(until(() => openDescriptors() === before, "the last one to be closed"));
  });
}

function open(interfaceIndex: number, etherType: number, onReadable: (() => void) | null): PacketSocket {
  return new PacketSocket({ interfaceIndex, etherType, onReadable });
}

/** Gratuitous ARP for 192.0.2.x, numbered in the last two bytes. */
function arpFrames(count: number, source: Uint8Array): Buffer[] {
  return Array.from({ length: count }, (_, i) => {
    const frame = Buffer.alloc(FRAME_LENGTH, 0xff);
    frame.set(source, 6);
    frame.writeUInt16BE(ETHERTYPE_ARP, 12);
    frame.set([0, 1, 8, 0, 6, 4, 0, 1, ...source, 192, 0, 2, 1], 14);
    frame.writeUInt16BE(i, FRAME_LENGTH - 2);
    return frame;
  });
}

function readAll(socket: PacketSocket): Buffer[] {
  const buffer = Buffer.alloc(2048);
  const frames: Buffer[] = [];
  for (let length = socket.receive(buffer); length > 0; length = socket.receive(buffer)) {
    frames.push(Buffer.from(buffer.subarray(0, length)));
  }
  return frames;
}

function transmitted(name: string): number {
  return JSON.parse(ip("-j", "-s", "link", "show", "dev", name))[0].stats64.tx.packets;
}
