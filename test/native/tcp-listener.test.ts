/** Connections are handed out once they have said something, a few a wake-up; those that say nothing are bounded. */
import { once } from "node:events";
import { connect, createServer, type Server, Socket } from "node:net";
import t from "tap";
import { TcpListener } from "../../src/host/native.js";
import { until } from "../netns/until.js";
import { runScript } from "./script.js";

const MOST_SILENT = 1024;
const MOST_A_WAKE_UP = 31;

/** A listening socket of Node's, handed over. */
async function listening(onConnection: (fd: number) => void): Promise<{ port: number; close: () => void }> {
  const server = createServer().listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const { fd } = (server as Server & { readonly _handle: { readonly fd: number } })._handle;
  const listener = new TcpListener(fd, onConnection);
  server.close();
  return { port, close: () => listener.close() };
}

function client(port: number): Socket {
  return connect(port, "127.0.0.1").on("error", () => {});
}

t.test("who says something is handed out with what it has said, whoever is silent", async (t) => {
  const sockets: Socket[] = [];
  const { port, close } = await listening((fd) =>
    sockets.push(new Socket({ fd, readable: true, writable: true })),
  );
  const [silent, speaking, leaving] = [client(port), client(port), client(port)];
  await Promise.all([silent, speaking, leaving].map((one) => once(one, "connect")));
  const left = once(leaving, "close");
  leaving.end();
  speaking.write("first");
  await until(() => sockets.length > 0, { what: "a connection" });
  t.equal(String((await once(sockets[0]!, "data"))[0]), "first");
  sockets[0]!.end("answer");
  t.equal(String((await once(speaking, "data"))[0]), "answer");
  await left;
  t.equal(sockets.length, 1, "neither the silent one nor the one that left");
  silent.write("late");
  await until(() => sockets.length > 1, { what: "the silent one" });
  t.equal(String((await once(sockets[1]!, "data"))[0]), "late");
  for (const one of [silent, speaking, ...sockets]) one.destroy();
  close();
});

t.test("of those that say nothing the oldest goes, and its end is the listener's too", async (t) => {
  const { port, close } = await listening(() => t.fail("nobody has said anything"));
  const closed: number[] = [];
  const clients: Socket[] = [];
  for (let number = 0; number <= MOST_SILENT; number += 1) {
    const one = client(port).resume();
    one.on("close", () => closed.push(number));
    clients.push(one);
    await once(one, "connect");
  }
  await until(() => closed.length > 0, { what: "the first one's end" });
  t.same(closed, [0]);
  close();
  await until(() => closed.length > MOST_SILENT, { what: "all to be closed" });
});

t.test("they never take more than a quarter of the descriptors", async (t) => {
  const { output } = await runScript(
    `
    const { connect, createServer } = require("net");
    const server = createServer().listen(0, "127.0.0.1", async () => {
      const { port } = server.address();
      new native.TcpListener(server._handle.fd, () => {});
      server.close();
      for (let number = 0; number <= 64; number += 1) {
        const one = connect(port, "127.0.0.1").resume();
        one.on("close", () => { console.log(number); process.exit(0); });
        await new Promise((resolve) => one.on("connect", resolve));
      }
      console.log("all are connected");
    });`,
    ["prlimit", "--nofile=256:256"],
  );
  t.same(
    output
      .trim()
      .split("\n")
      .filter((line) => line !== "all are connected"),
    ["0"],
  );
});

t.test("one wake-up hands out a bounded number", async (t) => {
  let inTurn = 0;
  const turns: number[] = [];
  const sockets: number[] = [];
  const { port, close } = await listening((fd) => {
    if (inTurn === 0) {
      setImmediate(() => {
        turns.push(inTurn);
        inTurn = 0;
      });
    }
    inTurn += 1;
    sockets.push(fd);
  });
  const script = `
    const { connect } = require("net");
    for (let number = 0; number < 200; number += 1) connect(${port}, "127.0.0.1", function () { this.write("x"); });`;
  const ended = runScript(`${script} setTimeout(() => process.exit(0), 1_000);`);
  await until(() => sockets.length >= 200, { what: "all of them" });
  t.ok(Math.max(...turns) <= MOST_A_WAKE_UP, `${Math.max(...turns)} at most`);
  for (const fd of sockets) new Socket({ fd }).destroy();
  await ended;
  close();
});

t.test("after a time without a free descriptor it works on", async (t) => {
  const { output } = await runScript(
    `
    const { connect, createServer, Socket } = require("net");
    const { openSync, closeSync } = require("fs");
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      const listener = new native.TcpListener(server._handle.fd, (fd) => {
        console.log("handed out");
        process.exit(0);
      });
      server.close();
      connect(port, "127.0.0.1", function () {
        const taken = [];
        try { for (;;) taken.push(openSync("/dev/null")); } catch (error) { console.log(error.code); }
        this.write("x");
        setTimeout(() => taken.forEach((fd) => closeSync(fd)), 200);
      });
    });`,
    ["prlimit", "--nofile=64:64"],
  );
  t.same(output.trim().split("\n"), ["EMFILE", "handed out"]);
});

t.test("what is wrong throws", async (t) => {
  t.throws(() => new TcpListener(999_999, () => {}), { code: "EBADF", syscall: "fcntl" });
  t.throws(() => new TcpListener(-1, () => {}), { message: /fd/ });
  t.throws(() => new TcpListener(0, null as unknown as () => void), TypeError);
});
