import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import raw from "raw-socket";
import t from "tap";
import { RawSocket } from "../../../src/host/adverts/raw-socket.js";
import { until } from "../../netns/until.js";
import { enterNamespace, openSockets } from "../netlink/support.js";

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

function open(onReadable: (() => void) | null): RawSocket {
  const socket = new RawSocket({ family: "ipv4", protocol: PROTOCOL, onReadable });
  socket.setOption(IPPROTO_IP, IP_HDRINCL, 1);
  return socket;
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
  for (const name of ["send", "recv", "pause", "setOption", "close", "on", "removeAllListeners"] as const) {
    t.type(wrap[name], "function", name);
  }
  const buffer = Buffer.alloc(64);
  t.throws(() => wrap.recv(buffer, () => {}), { message: "Resource temporarily unavailable" });
  wrap.setOption(IPPROTO_IP, IP_HDRINCL, new Uint8Array(Int32Array.of(1).buffer), 4);
  t.throws(() => wrap.setOption(IPPROTO_IP, 9999, Buffer.alloc(4), 4), { message: "Protocol not available" });
  let sent = 0;
  wrap.send(packet(1), 0, 21, "127.0.0.1", (bytes) => {
    sent = bytes;
  });
  t.equal(sent, 21, "sending calls back before it returns");
  let received: unknown[] = [];
  wrap.recv(buffer, (...args) => {
    received = args;
  });
  t.equal(received[0], buffer);
  t.same(received.slice(1), [21, "127.0.0.1"], "and so does receiving, header included");
  wrap.pause(true, true);
  wrap.close();
});

t.test("one wake-up can read all that is queued, and a pause wakes nobody", async (t) => {
  const seen: number[] = [];
  const buffer = Buffer.alloc(64);
  let wakeUps = 0;
  const receiver = open(() => {
    wakeUps += 1;
    for (let bytes = receiver.receive(buffer); bytes > 0; bytes = receiver.receive(buffer))
      seen.push(buffer[20]!);
  });
  const silent = open(null);
  for (let at = 0; at < 50; at += 1) silent.send(packet(at), "127.0.0.1");
  await until(() => seen.length >= 50, { what: "the packets" });
  t.same(
    seen,
    Array.from({ length: 50 }, (_, at) => at),
  );
  t.equal(wakeUps, 1);
  const { uvMetricsInfo } = performance.nodeTiming;
  await new Promise((resolve) => setTimeout(resolve, 50));
  const turns = performance.nodeTiming.uvMetricsInfo.loopCount - uvMetricsInfo.loopCount;
  t.ok(turns < 20, `the loop rests: ${turns} turns`);
  t.equal(silent.receive(buffer), 21, "the one that wakes nobody has them queued");
  receiver.close();
  silent.close();
});

t.test("failed calls return the errno", async (t) => {
  const socket = open(null);
  t.equal(socket.receive(Buffer.alloc(64)), 0);
  t.equal(socket.send(packet(1), "192.0.2.1"), -constants.errno.ENETUNREACH);
  const { stackTraceLimit } = Error;
  t.ok(stackTraceLimit > 0, "stack traces are as before");
  socket.close();
});

t.test("an open socket is not collected, a closed one leaves no descriptor", async (t) => {
  const before = openSockets();
  let woken = 0;
  const forgotten = (() => {
    return new WeakRef(
      open(() => {
        woken += forgotten.deref()!.receive(Buffer.alloc(64));
      }),
    );
  })();
  t.equal(openSockets(), before + 1);
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  t.equal(openSockets(), before + 1);
  const sender = open(null);
  sender.send(packet(1), "127.0.0.1");
  await until(() => woken > 0, { what: "the forgotten socket to be woken" });
  sender.close();
  sender.close();
  t.equal(openSockets(), before + 1);
  forgotten.deref()!.close();
  t.equal(openSockets(), before);
});

t.test("an error of a listener is thrown again from the loop", async (t) => {
  const thrown = new Promise((resolve) => process.once("uncaughtException", resolve));
  const buffer = Buffer.alloc(64);
  const socket = open(() => {
    socket.receive(buffer);
    throw new Error("of the listener");
  });
  socket.send(packet(1), "127.0.0.1");
  t.match(await thrown, { message: "of the listener" });
  socket.close();
});
