import t from "tap";
import { nowMicros, PacketSocket, RawReceiver } from "../../src/host/native.js";
import { inNamespace, makeVeth, openDescriptors, until } from "./namespace.js";

const VRRP = 112;
const EMSGSIZE = 90;
/** -EALREADY */
const REPEATED = -114;
const SLOTS = 4;
const SLOT_BYTES = 64;

type Family = "ipv4" | "ipv6";
const GROUP = { ipv4: hex("e0000012"), ipv6: hex("ff020000000000000000000000000012") };
const OTHER_GROUP = { ipv4: hex("e0000077"), ipv6: hex("ff020000000000000000000000000077") };
const SOURCE = { ipv4: hex("c0000209"), ipv6: hex("fe800000000000000000000000000001") };
const OTHER_SOURCE = { ipv4: hex("c0000208"), ipv6: hex("fe800000000000000000000000000002") };
const HEADER_BYTES = { ipv4: 20, ipv6: 0 };

if (inNamespace(t, import.meta.url)) tests();

function tests(): void {
  const [a, b] = makeVeth("near", "far");
  const [, other] = makeVeth("other", "end");
  const sender = new PacketSocket({ interfaceIndex: a, etherType: 0, onReadable: null });
  t.teardown(() => sender.close());

  t.test("IPv6: payload, hop limit, source and destination of each packet", async (t) => {
    const seen: unknown[] = [];
    const receiver = open("ipv6", b, () => {
      const { packets, lengths, addresses, hopLimits } = receiver;
      const received = receiver.receive();
      for (let slot = 0; slot < received; slot++) {
        const bytes = packets.subarray(slot * SLOT_BYTES, slot * SLOT_BYTES + lengths[slot]!);
        seen.push([hopLimits[slot], text(bytes), text(addresses.subarray(32 * slot, 32 * slot + 32))]);
      }
    });
    sender.send([packet("ipv6", { payload: "31010203" }), packet("ipv6", { payload: "0a0b", ttl: 64 })]);
    await until(() => seen.length === 2, "two packets");
    const ends = text(SOURCE.ipv6) + text(GROUP.ipv6);
    t.same(seen, [
      [255, "31010203", ends],
      [64, "0a0b", ends],
    ]);
    receiver.close();
    receiver.close();
    t.equal(receiver.receive(), -9, "EBADF");
  });

  t.test("IPv4: packets with their header", async (t) => {
    const receiver = open("ipv4", b);
    sender.send([packet("ipv4", { payload: "31010203", ttl: 7 })]);
    const [length] = await lengthsOf(receiver, 1);
    t.equal(length, 24);
    const bytes = receiver.packets.subarray(0, length);
    t.equal(bytes[8], 7, "TTL");
    t.equal(text(bytes.subarray(12)), `${text(SOURCE.ipv4)}${text(GROUP.ipv4)}31010203`);
    receiver.close();
  });

  t.test("more groups than one socket may join (net.ipv4.igmp_max_memberships: 20)", async (t) => {
    for (const family of ["ipv4", "ipv6"] as const) {
      const groups = Array.from({ length: 50 }, (_, number) => {
        const group = Buffer.from(OTHER_GROUP[family]);
        group[group.length - 1] = 100 + number;
        return group;
      });
      const before = openDescriptors();
      const receiver = open(family, b, () => {}, { groups });
      for (const group of [groups[0]!, groups[20]!, groups[49]!]) {
        sender.send([packet(family, { payload: "01", destination: group })]);
        t.same(await lengthsOf(receiver, 1), [HEADER_BYTES[family] + 1]);
      }
      receiver.close();
      t.equal(openDescriptors(), before);
    }
  });

  for (const family of ["ipv4", "ipv6"] as const) {
    t.test(`${family}: how long a packet has waited`, async (t) => {
      const [receiver, witness] = [open(family, b), open(family, b)];
      const measure = async () => {
        const before = process.hrtime.bigint();
        sender.send([packet(family, { payload: "01" })]);
        await lengthsOf(witness, 1);
        const waited = process.hrtime.bigint();
        while (process.hrtime.bigint() - waited < 20_000_000n);
        const received = receiver.receive();
        const age = nowMicros() - receiver.arrivedAt[0]!;
        t.equal(received, 1);
        return { age, most: Number(process.hrtime.bigint() - before) / 1000 };
      };
      let measured = await measure();
      // The kernel begins to stamp arrivals a moment after the first socket has asked for it; until then it stamps reads.
      for (let more = 50; more > 0 && measured.age < 1_000; more -= 1) measured = await measure();
      const { age, most } = measured;
      t.ok(age >= 20_000 && age <= most + 1_000, `${age} µs, sent ${most} µs ago`);
      receiver.close();
      witness.close();
    });

    t.test(`${family}: a packet that is recognised is counted when it comes again`, async (t) => {
      const groups = [GROUP[family], OTHER_GROUP[family]];
      const receiver = open(family, b, () => {}, { recognised: 2, groups });
      t.teardown(() => receiver.close());
      const one = packet(family, { payload: "310701" });
      const send = async (...frames: Buffer[]) => {
        sender.send(frames);
        return lengthsOf(receiver, frames.length);
      };
      const [length] = await send(one);
      t.ok(length! > 0, "at first it is handed over");
      t.equal(receiver.recognise(0), 0);
      t.same(await send(one, one), [REPEATED, REPEATED]);
      t.equal(receiver.repeats[0], 2);
      const others = {
        ttl: packet(family, { payload: "310701", ttl: 254 }),
        content: packet(family, { payload: "310702" }),
        "longer content": packet(family, { payload: "31070100" }),
        id: packet(family, { payload: "310801" }),
        destination: packet(family, { payload: "310701", destination: OTHER_GROUP[family] }),
        source: packet(family, { payload: "310701", source: OTHER_SOURCE[family] }),
      };
      const learn = async (frame: Buffer) => {
        await send(frame);
        return receiver.recognise(0);
      };
      for (const [what, frame] of Object.entries(others)) {
        receiver.forget();
        t.equal(await learn(one), 0);
        t.ok((await send(frame))[0]! > 0, `another ${what} is another packet`);
      }
      receiver.forget();
      t.equal(await learn(one), 0);
      const [repeated, other, again] = await send(one, others.content, one);
      t.same([repeated, other! > 0, again! > 0], [REPEATED, true, true], "in its turn");
      await learn(one);
      if (family === "ipv4") {
        t.same(await send(packet(family, { payload: "310701", identification: 7 })), [REPEATED]);
        t.same(
          await send(packet(family, { payload: "310701", fragment: 0x4000 })).then((all) => all[0]! > 0),
          true,
        );
      }
      t.equal(await learn(others.content), 0, "one number for a speaker of one virtual router");
      t.equal(await learn(others.id), 1);
      t.equal(await learn(others.source), -1, "no more than there is room for");
      t.same(await send(others.content), [REPEATED]);
      receiver.forget();
      t.ok((await send(others.content))[0]! > 0);
      t.throws(() => receiver.recognise(SLOTS), RangeError);
    });

    t.test(`${family}: only its interface, its protocol, and groups that somebody has joined`, async (t) => {
      const receivers = [open(family, b), open(family, other)];
      sender.send([
        packet(family, { payload: "aa", protocol: 113 }),
        packet(family, { payload: "bb", destination: OTHER_GROUP[family] }),
        packet(family, { payload: "cccc" }),
      ]);
      t.same(await lengthsOf(receivers[0]!, 1), [HEADER_BYTES[family] + 2]);
      t.same(
        receivers.map((receiver) => receiver.receive()),
        [0, 0],
      );
      for (const receiver of receivers) receiver.close();
    });

    t.test(`${family}: one call reads as many as there are slots, in order`, async (t) => {
      const [receiver, witness] = [open(family, b), open(family, b)];
      const payloads = ["01", "02", "03", "04", "05", "06"];
      sender.send(payloads.map((payload) => packet(family, { payload })));
      await lengthsOf(witness, 6);
      const last = (slot: number) => receiver.packets[slot * SLOT_BYTES + receiver.lengths[slot]! - 1];
      t.equal(receiver.receive(), SLOTS);
      t.same([0, 1, 2, 3].map(last), [1, 2, 3, 4]);
      t.equal(receiver.receive(), 2);
      t.same([0, 1].map(last), [5, 6]);
      t.equal(receiver.receive(), 0);
      for (const one of [receiver, witness]) one.close();
    });

    t.test(`${family}: packets without payload or too long do not end the reading`, async (t) => {
      const receiver = open(family, b);
      sender.send(["", "00".repeat(100), "0102"].map((payload) => packet(family, { payload })));
      const header = HEADER_BYTES[family];
      t.same(await lengthsOf(receiver, 3), [header, -EMSGSIZE, header + 2]);
      receiver.close();
    });

    t.test(`${family}: a paused receiver does not wake the loop, and misses nothing`, async (t) => {
      let wakeUps = 0;
      const receiver = open(family, b, () => {
        wakeUps++;
        while (receiver.receive() !== 0);
      });
      const witness = open(family, b);
      receiver.pause(true);
      sender.send([packet(family, { payload: "01" })]);
      await lengthsOf(witness, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      t.equal(wakeUps, 0);
      receiver.pause(false);
      await until(() => wakeUps === 1, "the wake-up");
      receiver.close();
      witness.close();
      receiver.pause(false);
    });

    t.test(`${family}: the larger the buffer, the more waits for a reader that is late`, async (t) => {
      const sizes = [4_096, 2 * 1024 * 1024];
      const receivers = sizes.map((receiveBufferBytes) => open(family, b, () => {}, { receiveBufferBytes }));
      const witness = open(family, b, () => {}, { receiveBufferBytes: 2 * 1024 * 1024 });
      for (const receiver of receivers) receiver.pause(true);
      for (let sent = 0; sent < 10; sent++) sender.send(Array(20).fill(packet(family, { payload: "0102" })));
      await lengthsOf(witness, 200);
      const counts = receivers.map(countOf);
      t.ok(counts[0]! < 20, `${counts[0]} in 4 KB`);
      t.equal(counts[1], 200);
      for (const receiver of [...receivers, witness]) receiver.close();
    });
  }

  t.test("misuse is an error that says so", async (t) => {
    t.throws(() => open("ipv6", 9999), { code: "ENODEV", syscall: "setsockopt SO_BINDTOIFINDEX" });
    t.throws(() => open("ipv4", 0), { code: "ENODEV" });
    const groups = (group: Uint8Array) => ({ groups: [group] });
    t.throws(() => open("ipv6", b, () => {}, groups(GROUP.ipv4)), { message: "a group must have 16 bytes" });
    t.throws(() => open("ipv4", b, () => {}, groups(GROUP.ipv6)), { message: "a group must have 4 bytes" });
    t.throws(() => open("ipv6", b, () => {}, groups(SOURCE.ipv6)), {
      code: "EINVAL",
      syscall: "setsockopt IPV6_JOIN_GROUP",
    });
    t.throws(() => open("ipv4", b, () => {}, groups(SOURCE.ipv4)), { code: "EINVAL" });
    t.throws(() => open("ipv4", b, () => {}, { slots: 0 }), {
      message: "slots must be an integer from 1 to 1024",
    });
  });

  t.test("memory that was given away is not written to", async (t) => {
    const receiver = open("ipv4", b);
    structuredClone(receiver.packets.buffer, { transfer: [receiver.packets.buffer as ArrayBuffer] });
    t.equal(receiver.receive(), -14, "EFAULT");
    receiver.close();
  });

  t.test("10,000 sockets leave no descriptor", async (t) => {
    const before = openDescriptors();
    for (let i = 0; i < 10_000; i++) open(i % 2 === 0 ? "ipv4" : "ipv6", b).close();
    t.equal(openDescriptors(), before);
  });
}

function open(family: Family, interfaceIndex: number, onReadable = () => {}, more: object = {}): RawReceiver {
  return new RawReceiver({
    family,
    protocol: VRRP,
    interfaceIndex,
    groups: [GROUP[family]],
    receiveBufferBytes: 212_992,
    slots: SLOTS,
    slotBytes: SLOT_BYTES,
    onReadable,
    ...more,
  });
}

/** Reads until that many packets have come. */
async function lengthsOf(receiver: RawReceiver, count: number): Promise<number[]> {
  const lengths: number[] = [];
  await until(() => {
    const received = receiver.receive();
    if (received > 0) lengths.push(...receiver.lengths.subarray(0, received));
    return lengths.length >= count;
  }, `${count} packets`);
  return lengths;
}

function countOf(receiver: RawReceiver): number {
  let count = 0;
  for (let received = receiver.receive(); received > 0; received = receiver.receive()) count += received;
  return count;
}

function hex(digits: string): Buffer {
  return Buffer.from(digits, "hex");
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

interface Sent {
  /** In hexadecimal. */
  payload: string;
  ttl?: number;
  protocol?: number;
  destination?: Buffer;
  source?: Buffer;
  /** IPv4. */
  identification?: number;
  fragment?: number;
}

/** An Ethernet frame to the multicast address of `destination`. */
function packet(family: Family, sent: Sent): Buffer {
  const { payload, ttl = 255, protocol = VRRP, identification = 0, fragment = 0 } = sent;
  const [from, to] = [sent.source ?? SOURCE[family], sent.destination ?? GROUP[family]];
  const data = hex(payload);
  if (family === "ipv6") {
    const ethernet = Buffer.from([0x33, 0x33, ...to.subarray(12), 2, 0, 0, 0, 0, 1, 0x86, 0xdd]);
    const header = Buffer.from([0x60, 0, 0, 0, data.length >> 8, data.length & 0xff, protocol, ttl]);
    return Buffer.concat([ethernet, header, from, to, data]);
  }
  const ethernet = Buffer.from([0x01, 0, 0x5e, ...to.subarray(1), 2, 0, 0, 0, 0, 1, 0x08, 0]);
  const header = Buffer.alloc(20);
  header.set([0x45, 0, 0, 20 + data.length, 0, 0, 0, 0, ttl, protocol]);
  header.writeUInt16BE(identification, 4);
  header.writeUInt16BE(fragment, 6);
  header.set(from, 12);
  header.set(to, 16);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([ethernet, header, data]);
}

function checksum(header: Buffer): number {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at);
  return ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
}
