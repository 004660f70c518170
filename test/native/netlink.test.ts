import { endianness } from "node:os";
import t from "tap";
import { errnoName, NetlinkSocket } from "../../src/host/native.js";
import { inNamespace, interfaceIndex, ip, openDescriptors, until } from "./namespace.js";
import { addressMessages, type Message, messagesOf } from "./rtnetlink.js";

const RTMGRP_IPV4_IFADDR = 0x10;
const RTM_NEWADDR = 20;
const ENOBUFS = 105;
const EMSGSIZE = 90;
const MEBIBYTE = 1024 * 1024;

if (inNamespace(t, import.meta.url)) tests();

function tests(): void {
  ip("link", "set", "lo", "up");
  const lo = interfaceIndex("lo");
  t.beforeEach(() => ip("-4", "address", "flush", "dev", "lo", "scope", "global"));

  t.test("200 addresses in one send are there and acknowledged when it returns", async (t) => {
    const socket = requests();
    t.equal(socket.send(addressMessages(lo, 200)), 0);
    const acks = drain(socket);
    t.same(
      acks.map((ack) => ack.sequence),
      Array.from({ length: 200 }, (_, i) => i + 1),
    );
    t.ok(
      acks.every((ack) => ack.error === 0 && ack.portId === socket.portId),
      "each one succeeded",
    );
    t.equal(addressCount(), 200);
    socket.send(addressMessages(lo, 1));
    t.same(
      drain(socket).map((ack) => ack.error),
      [-17],
      "adding again is EEXIST",
    );
    socket.close();
  });

  t.test("events wake the loop, and closing ends them", async (t) => {
    const events: Message[] = [];
    const monitor = listen(MEBIBYTE, () => events.push(...drain(monitor)));
    const socket = requests();
    socket.send(addressMessages(lo, 3));
    await until(() => events.length === 3, "three events");
    t.ok(events.every((event) => event.type === RTM_NEWADDR && event.portId === socket.portId));
    monitor.close();
    t.equal(monitor.receive(new Uint8Array(65536)), -9, "EBADF");
    socket.close();
  });

  t.test("an overrun is reported once, and the socket goes on", async (t) => {
    const failures: number[] = [];
    let events = 0;
    let drained = 0;
    const buffer = new Uint8Array(65536);
    const monitor = listen(4096, () => {
      let length = monitor.receive(buffer);
      for (; length !== 0; length = monitor.receive(buffer)) {
        if (length < 0) failures.push(length);
        else events += messagesOf(buffer, length).length;
      }
      drained++;
    });
    const flood = requests();
    // In one go, so the monitor is not read meanwhile.
    t.equal(flood.send(addressMessages(lo, 250, false)), 0);
    await until(() => drained > 0, "the overrun");
    t.same(failures, [-ENOBUFS], errnoName(ENOBUFS));
    t.ok(events > 0 && events < 250, `${events} of 250 events fitted`);
    events = 0;
    t.equal(flood.send(addressMessages(lo, 1, false, 251)), 0);
    await until(() => events === 1, "an event after the overrun");
    t.equal(failures.length, 1, "no second report");
    monitor.close();
    flood.close();
  });

  t.test("a datagram that does not fit is reported, not swallowed", async (t) => {
    const socket = requests();
    socket.send(addressMessages(lo, 2));
    t.equal(socket.receive(new Uint8Array(20)), -EMSGSIZE);
    t.same(
      drain(socket).map((ack) => ack.sequence),
      [2],
    );
    socket.close();
  });

  t.test("an error after bytes of the same read comes with the next one", async (t) => {
    const reads: number[] = [];
    const socket = requests(() => reads.push(socket.receive(new Uint8Array(34_000))));
    const request = addressMessages(lo, 1);
    // A refusal carries the refused message: this one's is larger than what the first answer leaves of the buffer.
    t.equal(socket.send(Buffer.concat([request, padded(request, 40_000)])), 0);
    await until(() => reads.length >= 2, "two reads");
    t.same(reads, [36, -EMSGSIZE]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    t.equal(reads.length, 2, "and does not keep the loop busy");
    socket.close();
  });

  t.test("misuse is an error that says so", async (t) => {
    const options = { groups: 0, receiveBufferBytes: 65536, onReadable: null };
    t.throws(() => new NetlinkSocket({ ...options, groups: 0.5 }), { message: /^groups must be an integer/ });
    t.throws(() => new NetlinkSocket({ ...options, onReadable: 1 as never }), { name: "TypeError" });
    const socket = new NetlinkSocket(options);
    t.throws(() => socket.send("text" as never), { message: "a Uint8Array is expected" });
    t.equal(socket.receive(new Uint8Array(65536)), 0);
    t.equal(socket.foreignDatagrams, 0);
    socket.close();
    socket.close();
    t.equal(socket.send(new Uint8Array(20)), -9);
  });

  t.test("10,000 sockets leave no descriptor", async (t) => {
    const before = openDescriptors();
    for (let i = 0; i < 5000; i++) {
      listen(65536, () => {}).close();
      requests().close();
    }
    t.equal(openDescriptors(), before);
  });
}

function requests(onReadable: (() => void) | null = null): NetlinkSocket {
  return new NetlinkSocket({ groups: 0, receiveBufferBytes: 4 * MEBIBYTE, onReadable });
}

function listen(receiveBufferBytes: number, onReadable: () => void): NetlinkSocket {
  return new NetlinkSocket({ groups: RTMGRP_IPV4_IFADDR, receiveBufferBytes, onReadable });
}

/** The message with an attribute of `bytes` bytes that no kernel knows. */
function padded(message: Uint8Array, bytes: number): Uint8Array {
  const whole = new Uint8Array(message.length + bytes);
  whole.set(message);
  const view = new DataView(whole.buffer);
  view.setUint32(0, whole.length, endianness() === "LE");
  view.setUint16(message.length, bytes, endianness() === "LE");
  view.setUint16(message.length + 2, 200, endianness() === "LE");
  return whole;
}

function drain(socket: NetlinkSocket): Message[] {
  const buffer = new Uint8Array(65536);
  const messages: Message[] = [];
  for (let length = socket.receive(buffer); length > 0; length = socket.receive(buffer)) {
    messages.push(...messagesOf(buffer, length));
  }
  return messages;
}

function addressCount(): number {
  return ip("-4", "-oneline", "address", "show", "dev", "lo", "scope", "global").split("\n").length - 1;
}
