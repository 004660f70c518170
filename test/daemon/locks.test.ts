/** One daemon a virtual router, whoever else binds or asks for the lock's names. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import t, { type Test } from "tap";
import { LockHolders } from "../../src/daemon/locks/holders.js";
import { LOCK_NAMES, Locks, lockNames } from "../../src/daemon/locks/locks.js";
import { isLockTaken, Lock, lockHolder, socketOwners } from "../../src/host/native.js";
import { routerConfig } from "../core/configurations.js";
import { inNamespace, until } from "../native/namespace.js";
import { startScript } from "../native/script.js";
import { type How, noStrangers, STRANGER, stranger } from "./stranger.js";

const ROUTER = routerConfig({ name: "a_VIP_1", interface: "ens3" });
const NAMES = lockNames(ROUTER);

async function squat(t: Test, kind: string, how: How, names: readonly string[]): Promise<ChildProcess> {
  const squatter = spawn("python3", stranger(how, names, kind).slice(1), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => squatter.kill("SIGKILL"));
  await once(squatter.stdout!, "data");
  return squatter;
}

type Squat = (t: Test, names: readonly string[]) => Promise<ChildProcess>;

const SQUATTERS: Readonly<Record<string, Squat>> = {
  "bound alone": (t, names) => squat(t, "SOCK_STREAM", "bound", names),
  connected: (t, names) => squat(t, "SOCK_STREAM", "connected", names),
  "listening with a full queue": (t, names) => squat(t, "SOCK_STREAM", "listening", names),
  "of a stopped process": async (t, names) => {
    const squatter = await squat(t, "SOCK_STREAM", "listening", names);
    squatter.kill("SIGSTOP");
    return squatter;
  },
};

if (inNamespace(t, import.meta.url)) tests();

function tests(): void {
  t.test("of two daemons the first has the lock, and the second once the first is gone", async (t) => {
    const [first, second] = [daemon(), daemon()];
    t.equal(first.locks.acquire(ROUTER), null);
    t.equal(first.locks.acquire(ROUTER), null, "again");
    t.equal(second.locks.acquire(ROUTER), `process ${process.pid}`);
    t.equal(second.locks.acquire({ ...ROUTER, virtualRouterId: 2 }), null, "another virtual router");
    first.locks.release();
    t.equal(second.locks.acquire(ROUTER), null);
    second.locks.release();
    t.same([...first.said, ...second.said], []);
    t.notOk(NAMES.some(isLockTaken), "nothing is left");
  });

  t.test("a holder of any name of the series keeps the others away", async (t) => {
    for (const name of NAMES) {
      const holder = new Lock(name);
      const { locks } = daemon();
      t.equal(locks.acquire(ROUTER), `process ${process.pid}`, name);
      t.same(NAMES.filter(isLockTaken), [name], "and the other one holds nothing meanwhile");
      holder.close();
    }
  });

  for (const [how, bind] of Object.entries(SQUATTERS)) {
    t.test(`a stranger's socket that is ${how} keeps nobody away`, { skip: noStrangers }, async (t) => {
      const squatter = await bind(t, [NAMES[0]!, NAMES[1]!]);
      const [first, second] = [daemon(), daemon()];
      t.equal(first.locks.acquire(ROUTER), null);
      t.match(first.said.join("\n"), `of user ${STRANGER}`);
      t.equal(first.locks.squatters().length, 2);
      t.equal(second.locks.acquire(ROUTER), `process ${process.pid}`, "two daemons still exclude each other");
      squatter.kill("SIGKILL");
      await until(() => !isLockTaken(NAMES[0]!), "the end of the squatter");
      t.same(first.locks.squatters(), [], "what is over is no longer reported");
      t.equal(
        second.locks.acquire(ROUTER),
        `process ${process.pid}`,
        "also on the name that has become free",
      );
      first.locks.release();
      t.equal(second.locks.acquire(ROUTER), null);
      second.locks.release();
    });
  }

  t.test("a user who is listed holds a lock rightfully", { skip: noStrangers }, async (t) => {
    const other = await SQUATTERS["bound alone"]!(t, [NAMES[0]!]);
    t.match(daemon([STRANGER]).locks.acquire(ROUTER), `user ${STRANGER}`);
    other.kill("SIGKILL");
    await once(other, "exit");
  });

  t.test("a socket of another type has names of its own", { skip: noStrangers }, async (t) => {
    const others = [
      await squat(t, "SOCK_DGRAM", "bound", NAMES),
      await squat(t, "SOCK_SEQPACKET", "listening", NAMES),
    ];
    const { locks, said } = daemon();
    t.equal(locks.acquire(ROUTER), null);
    t.same(said, []);
    t.match(daemon().locks.acquire(ROUTER), `process ${process.pid}`);
    locks.release();
    for (const other of others) other.kill("SIGKILL");
  });

  t.test(
    "where all names are held by strangers there is no lock, and that is said",
    { skip: noStrangers },
    async (t) => {
      const squatter = await SQUATTERS["bound alone"]!(t, NAMES);
      const { locks, said } = daemon();
      t.equal(locks.acquire(ROUTER), null);
      t.equal(locks.squatters().length, LOCK_NAMES);
      t.match(said.join("\n"), /all 8 names of the lock .* goes on without a lock/);
      squatter.kill("SIGKILL");
      await once(squatter, "exit");
    },
  );

  t.test(
    "a kernel that does not list sockets: the holder is asked, and is not waited for in vain",
    { skip: noStrangers },
    async (t) => {
      const sources = {
        lockHolder,
        isLockTaken,
        socketOwners: (names: readonly string[]) => socketOwners(names).map((one) => ({ ...one, uid: null })),
      };
      const old = () => daemon([], new LockHolders(sources));
      const rightful = new Lock(NAMES[0]!);
      t.equal(old().locks.acquire(ROUTER), `process ${process.pid}`);
      rightful.close();
      const silent = await SQUATTERS["bound alone"]!(t, [NAMES[0]!]);
      const { locks } = old();
      t.match(locks.acquire(ROUTER), "does not answer");
      let asked = 1;
      while (locks.acquire(ROUTER) !== null) asked += 1;
      t.ok(asked > 1 && asked < 100, `gone past after ${asked} questions`);
      locks.release();
      silent.kill("SIGKILL");
      await once(silent, "exit");
    },
  );

  t.test("asking leaves nothing in the holder's queue but one question", async (t) => {
    const holder = startScript(`globalThis.lock = new native.Lock(${JSON.stringify(NAMES[0])});
      setInterval(() => {}, 1000); console.log("held");`);
    await once(holder.stdout!, "data");
    holder.kill("SIGSTOP");
    const { locks } = daemon();
    const answers = Array.from({ length: 100 }, () => locks.acquire(ROUTER));
    t.ok(
      answers.every((answer) => answer?.startsWith(`process ${holder.pid}`)),
      "it is named, and that it is stopped once it is",
    );
    t.equal(socketsNamed(NAMES[0]!), 2, "the holder's own and one that waits");
    holder.kill("SIGKILL");
    await once(holder, "exit");
  });
}

function daemon(uids: readonly number[] = [], holders?: LockHolders) {
  const said: string[] = [];
  const options = { uids, onSquatter: (sentence: string) => said.push(sentence) };
  return { said, locks: new Locks(holders === undefined ? options : { ...options, holders }) };
}

/** Whoever carries the name, waiting connections too; the kernel lists them with an @ for the NUL. */
function socketsNamed(name: string): number {
  const lines = readFileSync("/proc/net/unix", "utf8").split("\n");
  return lines.filter((line) => line.endsWith(` @${name}`)).length;
}
