/** Answers above what may wait for slow readers in all: each is delivered, whoever else asks meanwhile. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import t from "tap";
import { Crowd } from "../../src/daemon/clients/crowd.js";
import { plain } from "../../src/daemon/http/answer.js";
import { HttpListener } from "../../src/daemon/http/server.js";
import { until } from "../netns/until.js";

const LARGE_BYTES = 5 * 1024 * 1024;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

t.test("an answer of 5 MiB reaches readers that are slow", async (t) => {
  const port = await freePort();
  const page = (body: Buffer) => ({ answer: () => ({ ...plain(200, ""), body }) });
  let isListening = false;
  const listener = new HttpListener({
    ...{ host: "127.0.0.1", port, names: [], onProblem: (sentence) => t.fail(sentence) },
    pages: { "/large": page(Buffer.alloc(LARGE_BYTES, "x")), "/small": page(Buffer.from("small")) },
    onListening: () => {
      isListening = true;
    },
  });
  t.teardown(() => listener.close());
  await until(() => isListening, { what: "the listener" });
  /** Takes nothing beyond what comes first, until it is told to. */
  const ask = async (path: string) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`);
    await once(socket, "readable");
    const rest = async () => {
      let bytes = 0;
      for await (const part of socket) bytes += (part as Buffer).length;
      return bytes;
    };
    return { socket, rest };
  };
  const slow = await ask("/large");
  t.ok((await (await ask("/small")).rest()) > 0);
  const another = await ask("/large");
  t.ok((await slow.rest()) > LARGE_BYTES);
  t.ok((await another.rest()) > LARGE_BYTES);
});

t.test("of many that take nothing those that came first go", async (t) => {
  const closed: number[] = [];
  const crowd = new Crowd({ members: 64, waitingBytes: 10 });
  const members = [4, 4, 12, 4, 4].map((waitingBytes, place) => ({
    ...{ isIdle: false, expiresAt: Number.POSITIVE_INFINITY, waitingBytes },
    close: () => closed.push(place),
  }));
  for (const member of members) crowd.admit(member);
  crowd.boundWaiting(members[4]);
  t.strictSame(closed, [0], "beside the largest and the newest 10 bytes may wait");
  for (const member of members) crowd.leave(member);
});
