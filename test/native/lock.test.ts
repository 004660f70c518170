import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { isLockTaken, Lock, lockHolder, peerCredentials, socketOwners } from "../../src/host/native.js";
import { inNamespace, openDescriptors, until } from "./namespace.js";
import { startScript } from "./script.js";

// Names are of the network namespace, so fixed ones meet nobody.
const NAME = "vrrpd-lock-test";
const BACKLOG = 4096;
/** Of a wake-up (lock.cc). */
const MOST_AT_ONCE = 16;
const QUERIES = 100;
const NOBODY = 4_294_967_295;
/** As whom another process goes on; in a namespace of users there is one user alone. */
const other = process.getuid!() === 0 ? 65_533 : null;

if (inNamespace(t, import.meta.url)) tests();

function tests(): void {
  t.test("one holder at a time, who is known by process and user", async (t) => {
    t.equal(lockHolder(NAME), null);
    const lock = new Lock(NAME);
    t.throws(() => new Lock(NAME), { code: "EADDRINUSE", syscall: "bind" });
    t.same(lockHolder(NAME), { pid: process.pid, uid: process.getuid!() });
    lock.close();
    lock.close();
    t.equal(lockHolder(NAME), null);
    new Lock(NAME).close();
  });

  t.test("the kernel knows who has bound a name, and who made the socket", async (t) => {
    t.notOk(isLockTaken(NAME));
    t.same(socketOwners([NAME, "other"]), []);
    const [lock, other] = [new Lock(NAME), new Lock(`${NAME}2`)];
    t.ok(isLockTaken(NAME));
    lockHolder(NAME);
    t.match(socketOwners([NAME, "other"]), [{ name: NAME, listens: true, uid: process.getuid!() }]);
    t.equal(socketOwners([NAME, `${NAME}2`]).length, 2);
    for (const one of [lock, other]) one.close();
    t.same(socketOwners([NAME, `${NAME}2`]), []);
    t.throws(() => socketOwners([7 as never]), { message: "each of names must be a string" });
  });

  t.test("the length is part of a name", async (t) => {
    const locks = [NAME, `${NAME}2`, `${NAME}2\0`].map((name) => new Lock(name));
    t.equal(lockHolder(NAME.slice(0, -1)), null);
    for (const lock of locks) lock.close();
    const longest = "x".repeat(107);
    new Lock(longest).close();
    t.throws(() => new Lock(`${longest}x`), { code: "ENAMETOOLONG" });
    t.throws(() => new Lock(""), { code: "EINVAL" });
    t.throws(() => lockHolder(7 as never), { message: "the name must be a string" });
  });

  t.test("the death of the holder frees it", async (t) => {
    const holder = await startHolder();
    t.throws(() => new Lock(NAME), { code: "EADDRINUSE" });
    t.match(lockHolder(NAME), { pid: holder.pid });
    holder.kill("SIGKILL");
    await once(holder, "exit");
    t.equal(lockHolder(NAME), null);
    new Lock(NAME).close();
  });

  t.test("a crowd of queries is taken in turns: the loop of the holder goes on", async () => {
    // The holder answers the loop's question between two turns; its queue is kept full from here.
    const holder = startScript(`globalThis.lock = new native.Lock(${JSON.stringify(NAME)});
      setInterval(() => console.log("turn"), 1);`);
    let turns = 0;
    holder.stdout!.on("data", () => {
      turns += 1;
    });
    await until(() => turns > 0, "the holder");
    const crowd = startScript(`for (;;) try { native.lockHolder(${JSON.stringify(NAME)}); } catch {}`);
    await until(() => fullQueue(), "a full queue");
    const before = turns;
    await until(() => turns > before + 20, "turns of the holder's loop under the crowd");
    crowd.kill("SIGKILL");
    await once(crowd, "exit");
    await until(() => tryHolder()?.pid === holder.pid, "room in the queue");
    holder.kill("SIGKILL");
    await once(holder, "exit");
  });

  t.test("a wake-up takes a bounded number of queries, however many wait", async (t) => {
    const lock = new Lock(NAME);
    for (let i = 0; i < QUERIES; i++) lockHolder(NAME);
    t.equal(waiting(), QUERIES, "nothing is taken before the loop turns");
    // Looked at after each turn: the first in which any are gone has taken them all at once.
    while (waiting() === QUERIES) await new Promise<void>((resolve) => setImmediate(resolve));
    t.equal(QUERIES - waiting(), MOST_AT_ONCE);
    lock.close();
  });

  t.test("after it had no descriptor left the holder takes queries again", async (t) => {
    const source = `const fs = require("fs");
      const lock = new native.Lock(${JSON.stringify(NAME)});
      const held = [];
      process.stdin.on("data", (text) => {
        if (String(text) === "fill") {
          try { for (;;) held.push(fs.openSync("/dev/null")); } catch (error) { console.log(error.code); }
        } else {
          for (const fd of held.splice(0)) fs.closeSync(fd);
          console.log("closed");
        }
      });
      setInterval(() => {}, 1000);
      console.log("held");`;
    const holder = startScript(source, ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh"]);
    const said = async () => String((await once(holder.stdout!, "data"))[0]).trim();
    t.equal(await said(), "held");
    holder.stdin!.write("fill");
    t.equal(await said(), "EMFILE");
    for (let i = 0; i < 50; i++) tryHolder();
    t.ok(waiting() > 40, "nobody takes them now");
    holder.stdin!.write("close");
    t.equal(await said(), "closed");
    await until(() => waiting() === 0, "an empty queue");
    holder.kill("SIGKILL");
    await once(holder, "exit");
  });

  t.test("a stopped holder whose queue is full is never taken for nobody", async (t) => {
    const holder = await startHolder();
    holder.kill("SIGSTOP");
    const query = () => {
      for (let i = 0; i < 2 * BACKLOG; i++) {
        if (lockHolder(NAME)?.pid !== holder.pid) throw new Error("a wrong answer");
      }
    };
    t.throws(query, { code: "EAGAIN", syscall: "connect" });
    t.throws(() => new Lock(NAME), { code: "EADDRINUSE" });
    holder.kill("SIGCONT");
    t.match(await until(() => tryHolder(), "the holder to empty its queue"), { pid: holder.pid });
    holder.kill("SIGKILL");
    await once(holder, "exit");
  });

  t.test("the other end of a connection is known by process, user and group", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "vrrpd-peer-"));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const server = createServer();
    t.teardown(() => server.close());
    process.chdir(folder);
    await new Promise<void>((resolve) => server.listen("s", resolve));
    t.same(peerCredentials(fdOf(server)), ownOf(process.pid), "of a listener: who listens");

    const program = `use Socket; $| = 1; socket(my $s, AF_UNIX, SOCK_STREAM, 0); chdir $ARGV[0]; connect($s, pack_sockaddr_un("s")) or die $!;
      if ($ARGV[1]) { $) = $( = $ARGV[1]; $> = $< = $ARGV[1]; } print "connected\\n"; <STDIN>;`;
    const child = spawn("perl", ["-e", program, folder, other === null ? "" : String(other)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    t.teardown(() => child.stdin.end());
    const connection = new Promise<Socket>((resolve) => server.once("connection", resolve));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const socket = await connection;
    t.teardown(() => socket.destroy());
    t.same(peerCredentials(fdOf(socket)), ownOf(child.pid!), "what it was when it connected");
  });

  t.test("what is no connection of this kind says so", async (t) => {
    t.throws(() => peerCredentials(openSync("/dev/null", "r")), {
      code: "ENOTSOCK",
      syscall: "getsockopt SO_PEERCRED",
    });
    t.throws(() => peerCredentials(1_000_000), { code: "EBADF" });
    const tcp = createServer();
    await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
    t.same(peerCredentials(fdOf(tcp)), { pid: 0, uid: NOBODY, gid: NOBODY });
    tcp.close();
  });

  t.test("5,000 locks leave no descriptor", async (t) => {
    const before = openDescriptors();
    for (let i = 0; i < 5000; i++) new Lock(NAME).close();
    t.equal(openDescriptors(), before);
  });
}

function ownOf(pid: number) {
  return { pid, uid: process.geteuid!(), gid: process.getegid!() };
}

const fdOf = (socket: object) => (socket as { _handle: { fd: number } })._handle.fd;

async function startHolder(): Promise<ChildProcess> {
  const holder = startScript(`globalThis.lock = new native.Lock(${JSON.stringify(NAME)});
    setInterval(() => {}, 1000); console.log("held");`);
  await once(holder.stdout!, "data");
  return holder;
}

/** Connections that wait to be accepted: the kernel lists them with the listener's name and no inode. */
function waiting(): number {
  const lines = readFileSync("/proc/net/unix", "utf8").split("\n");
  return lines.filter((line) => line.endsWith(` @${NAME}`)).length - 1;
}

function fullQueue(): boolean {
  try {
    lockHolder(NAME);
    return false;
  } catch {
    return true;
  }
}

/** Null where the queue is full. */
function tryHolder(): { pid: number } | null {
  try {
    return lockHolder(NAME);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return null;
    throw error;
  }
}
