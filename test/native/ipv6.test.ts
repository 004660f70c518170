import t from "tap";
import { Ipv6Receiver, PacketSocket } from "../../src/host/native.js";
import { inNamespace, makeVeth, openDescriptors, until } from "./namespace.js";

const VRRP = 112;
const EMSGSIZE = 90;
const EBADMSG = 74;
const GROUP = Buffer.from("ff020000000000000000000000000012", "hex");
const OTHER_GROUP = Buffer.from("ff020000000000000000000000000077", "hex");
const SOURCE = Buffer.from("fe800000000000000000000000000001", "hex");

if (inNamespace(t, import.meta.url)) tests();

function tests(): void {
  const [a, b] = makeVeth("near", "far");
  const [, other] = makeVeth("other", "end");
  const sender = new PacketSocket({ interfaceIndex: a, etherType: 0, onReadable: null });
  t.teardown(() => sender.close());
  const buffer = new Uint8Array(1500);

  t.test("payload, hop limit, source and destination of each packet", async (t) => {
    const seen: unknown[] = [];
    const receiver = open(b, () => {
      for (let length = receiver.receive(buffer); length !== 0; length = receiver.receive(buffer)) {
        const { hopLimit, source, destination } = receiver;
        const hex = [buffer.subarray(0, length), source, destination].map((bytes) =>
          Buffer.from(bytes).toString("hex"),
        );
        seen.push([hopLimit, ...hex]);
      }
    });
    sender.send([packet({ payload: "31010203", hopLimit: 255 }), packet({ payload: "0a0b", hopLimit: 64 })]);
    await until(() => seen.length === 2, "two packets");
    t.same(seen, [
      [255, "31010203", SOURCE.toString("hex"), GROUP.toString("hex")],
      [64, "0a0b", SOURCE.toString("hex"), GROUP.toString("hex")],
    ]);
    receiver.close();
    receiver.close();
    t.equal(receiver.receive(buffer), -9, "EBADF");
  });

  t.test("only its interface and its protocol, and groups that somebody has joined", async (t) => {
    const receivers = [open(b, () => {}), open(other, () => {})];
    sender.send([
      packet({ payload: "aa", protocol: 113 }),
      packet({ payload: "bb", destination: OTHER_GROUP }),
      packet({ payload: "cccc" }),
    ]);
    const lengths = () => receivers.map((receiver) => receiver.receive(buffer));
    const first = await until(() => {
      const read = lengths();
      return read[0] !== 0 && read;
    }, "the packet");
    t.same(first, [2, 0]);
    t.same(lengths(), [0, 0]);
    for (const receiver of receivers) receiver.close();
  });

  t.test("packets without payload or too long are reported, and do not end the reading", async (t) => {
    const receiver = open(b, () => {});
    sender.send([
      packet({ payload: "" }),
      packet({ payload: "00".repeat(100) }),
      packet({ payload: "0102" }),
    ]);
    const answers: number[] = [];
    await until(() => {
      const answer = receiver.receive(new Uint8Array(50));
      if (answer !== 0) answers.push(answer);
      return answers.length === 3;
    }, "three packets");
    t.same(answers, [-EBADMSG, -EMSGSIZE, 2]);
    receiver.close();
  });

  t.test("a paused receiver does not wake the loop, and misses nothing", async (t) => {
    let wakeUps = 0;
    const receiver = open(b, () => {
      wakeUps++;
      while (receiver.receive(buffer) !== 0);
    });
    const witness = open(b, () => {});
    receiver.pause(true);
    sender.send([packet({ payload: "01" })]);
    await until(() => witness.receive(buffer) === 1, "the packet to arrive");
    await new Promise((resolve) => setTimeout(resolve, 20));
    t.equal(wakeUps, 0);
    receiver.pause(false);
    await until(() => wakeUps === 1, "the wake-up");
    receiver.close();
    witness.close();
    receiver.pause(false);
  });

  t.test("the larger the buffer, the more waits for a reader that is late", async (t) => {
    const sizes = [4_096, 2 * 1024 * 1024];
    const receivers = sizes.map((bytes) => open(b, () => {}, [GROUP], bytes));
    for (const receiver of receivers) receiver.pause(true);
    const witness = open(b, () => {}, [GROUP], 2 * 1024 * 1024);
    for (let sent = 0; sent < 10; sent++) sender.send(Array(20).fill(packet({ payload: "0102" })));
    let seen = 0;
    await until(() => {
      while (witness.receive(buffer) > 0) seen++;
      return seen === 200;
    }, "all of them");
    const counts = receivers.map((receiver) => {
      let count = 0;
      while (receiver.receive(buffer) > 0) count++;
      return count;
    });
    t.ok(counts[0]! < 20, `${counts[0]} in 4 KB`);
    t.equal(counts[1], 200);
    for (const receiver of [...receivers, witness]) receiver.close();
  });

  t.test("misuse is an error that says so", async (t) => {
    t.throws(() => open(9999, () => {}), { code: "ENODEV", syscall: "setsockopt SO_BINDTOIFINDEX" });
    t.throws(() => open(0, () => {}), { code: "ENODEV" });
    t.throws(() => open(b, () => {}, [Buffer.alloc(4)]), { message: "a group must have 16 bytes" });
    t.throws(() => open(b, () => {}, [SOURCE]), { code: "EINVAL", syscall: "setsockopt IPV6_JOIN_GROUP" });
  });

  t.test("10,000 sockets leave no descriptor", async (t) => {
    const before = openDescriptors();
    for (let i = 0; i < 10_000; i++) open(b, () => {}).close();
    t.equal(openDescriptors(), before);
  });
}

function open(
  interfaceIndex: number,
  onReadable: () => void,
  groups = [GROUP],
  receiveBufferBytes = 212_992,
): Ipv6Receiver {
  return new Ipv6Receiver({ protocol: VRRP, interfaceIndex, groups, receiveBufferBytes, onReadable });
}

/** An Ethernet frame to the multicast address of `destination`; `payload` in hexadecimal. */
function packet(options: {
  payload: string;
  hopLimit?: number;
  protocol?: number;
  destination?: Buffer;
}): Buffer {
  const { hopLimit = 255, protocol = VRRP, destination = GROUP } = options;
  const payload = Buffer.from(options.payload, "hex");
  const ethernet = Buffer.from([0x33, 0x33, ...destination.subarray(12), 2, 0, 0, 0, 0, 1, 0x86, 0xdd]);
  const header = Buffer.alloc(8);
  header[0] = 0x60;
  header.writeUInt16BE(payload.length, 4);
  header[6] = protocol;
  header[7] = hopLimit;
  return Buffer.concat([ethernet, header, SOURCE, destination, payload]);
}
