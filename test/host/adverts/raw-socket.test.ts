import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import raw from "raw-socket";
import t from "tap";
import { negatedErrno, RawSocket } from "../../../src/host/adverts/raw-socket.js";
import { findRawSocket } from "../../../src/host/adverts/raw-socket-package.js";
import { SENDER, senderNote } from "../../../src/host/adverts/sending-socket.js";
import type { SendingSocket } from "../../../src/host/adverts/socket.js";
import { RawReceiver, RawSender } from "../../../src/host/native.js";
import { until } from "../../netns/until.js";
import { enterNamespace, indexOf, openSockets } from "../netlink/support.js";

enterNamespace();

const IPPROTO_IP = 0;
const IP_HDRINCL = 3;
/** From RFC 3692: for experiments. */
const PROTOCOL = 253;

/** An IPv4 packet over the loopback interface, with a byte of payload. */
function packet(payload: number): Buffer {
  const header = [0x45, 0, 0, 21, 0, 0, 0, 0, 64, PROTOCOL, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1];
  return Buffer.from([...header, payload]);
}

/** Both ways out do the same. */
const WAYS: Readonly<Record<string, () => SendingSocket>> = {
  "raw-socket": () => new RawSocket(raw, "ipv4"),
  addon: () => new RawSender("ipv4"),
};

function open(way: string): SendingSocket {
  const socket = WAYS[way]!();
  socket.setOption(IPPROTO_IP, IP_HDRINCL, new Uint8Array(Int32Array.of(1).buffer));
  return socket;
}

async function turnsIn(millis: number): Promise<number> {
  const { uvMetricsInfo } = performance.nodeTiming;
  await new Promise((resolve) => setTimeout(resolve, millis));
  return performance.nodeTiming.uvMetricsInfo.loopCount - uvMetricsInfo.loopCount;
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

t.test("the package has the version and the shape that the adapter is made for", async (t) => {
  const manifest = createRequire(import.meta.url).resolve("raw-socket/package.json");
  t.equal(JSON.parse(readFileSync(manifest, "utf8")).version, "1.8.1");
  const { wrap } = raw.createSocket({
    protocol: PROTOCOL,
    addressFamily: raw.AddressFamily.IPv4,
    bufferSize: 1,
  });
  for (const name of ["send", "pause", "setOption", "close", "on", "removeAllListeners"] as const) {
    t.type(wrap[name], "function", name);
  }
  wrap.setOption(IPPROTO_IP, IP_HDRINCL, new Uint8Array(Int32Array.of(1).buffer), 4);
  t.throws(() => wrap.setOption(IPPROTO_IP, 9999, Buffer.alloc(4), 4), { message: "Protocol not available" });
  let sent = 0;
  wrap.send(packet(1), 0, 21, "127.0.0.1", (bytes) => {
    sent = bytes;
  });
  t.equal(sent, 21, "sending calls back before it returns");
  wrap.pause(true, true);
  wrap.close();
});

for (const way of Object.keys(WAYS)) {
  t.test(`${way}: whole packets go out in order, and the loop rests`, async (t) => {
    const seen: number[] = [];
    const receiver = new RawReceiver({
      family: "ipv4",
      protocol: PROTOCOL,
      interfaceIndex: indexOf("lo"),
      groups: [],
      receiveBufferBytes: 212_992,
      slots: 64,
      slotBytes: 64,
      onReadable: () => {
        const received = receiver.receive();
        for (let slot = 0; slot < received; slot += 1) seen.push(receiver.packets[64 * slot + 20]!);
      },
    });
    const socket = open(way);
    const numbers = Array.from({ length: 50 }, (_, at) => at);
    for (const at of numbers) t.equal(socket.send(packet(at), "127.0.0.1"), 0);
    await until(() => seen.length >= 50, { what: "the packets" });
    t.same(seen, numbers);
    // What node itself does in its first moments turns the loop as well, for a while.
    await until(async () => (await turnsIn(50)) < 20, { what: "a loop that rests" });
    receiver.close();
    socket.close();
  });

  t.test(`${way}: a send that fails returns the errno`, async (t) => {
    const socket = open(way);
    t.equal(socket.send(packet(1), "192.0.2.1"), -constants.errno.ENETUNREACH);
    socket.close();
  });

  t.test(`${way}: a closed socket leaves no descriptor`, async (t) => {
    const before = openSockets();
    const socket = open(way);
    t.equal(openSockets(), before + 1);
    socket.close();
    socket.close();
    t.equal(openSockets(), before);
  });
}

t.test("raw-socket: an open socket is not collected", async (t) => {
  const before = openSockets();
  const forgotten = (() => new WeakRef(open("raw-socket")))();
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  t.equal(openSockets(), before + 1);
  t.equal(forgotten.deref()!.send(packet(1), "127.0.0.1"), 0);
  forgotten.deref()!.close();
});

t.test("texts of glibc and musl, and an unknown one", async (t) => {
  t.equal(negatedErrno("Resource temporarily unavailable"), -constants.errno.EAGAIN);
  t.equal(negatedErrno("Network is unreachable"), -constants.errno.ENETUNREACH);
  t.equal(negatedErrno("Network unreachable"), -constants.errno.ENETUNREACH);
  t.equal(negatedErrno("Strange new error"), -constants.errno.EIO);
});

t.test(
  "raw-socket is what the package brings, else npm's, in the one version that the adapter knows",
  async (t) => {
    t.strictSame([SENDER, senderNote], ["raw-socket", null], "here it loads");
    const folder = t.testdir({
      other: { "package.json": '{ "version": "2.0.0" }', "index.js": "module.exports = {};" },
      bare: { "package.json": '{ "version": "1.8.1" }', "index.js": 'require("./build/Release/raw.node");' },
      older: {
        "package.json": '{ "version": "1.8.1" }',
        "index.js": 'throw new Error("was compiled against NODE_MODULE_VERSION 99.");',
      },
    });
    const load = (...names: string[]) =>
      findRawSocket(
        createRequire(import.meta.url),
        names.map((name) => (name.startsWith("r") ? name : `${folder}/${name}`)),
      );
    t.strictSame(load("none"), { module: null, why: "it is not installed" });
    t.strictSame(load("other"), { module: null, why: "it is version 2.0.0, not 1.8.1" });
    t.strictSame(load("bare", "none"), { module: null, why: "it is not compiled" });
    t.strictSame(load("older"), { module: null, why: `it is not compiled for Node ${process.version}` });
    t.equal(load("bare", "raw-socket").module, raw, "the next one that loads");
  },
);
