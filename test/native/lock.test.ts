import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import t from "tap";
import { Lock, lockHolder } from "../../src/host/native.js";
import { inNamespace, openDescriptors, until } from "./namespace.js";
import { startScript } from "./script.js";

// Names are of the network namespace, so fixed ones meet nobody.
const NAME = "vrrpd-lock-test";
const BACKLOG = 4096;

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

  t.test("more queries than the queue has room for", async (t) => {
    const holder = await startHolder();
    const before = openDescriptors();
    for (let answers = 0; answers < 3 * BACKLOG; answers++) {
      // EAGAIN would say that the holder is behind; it catches up.
      const answer = await until(() => tryHolder(), "an answer");
      if (answer?.pid !== holder.pid) throw new Error(`holder is ${answer?.pid}, not ${holder.pid}`);
    }
    t.equal(openDescriptors(), before);
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

  t.test("5,000 locks leave no descriptor", async (t) => {
    const before = openDescriptors();
    for (let i = 0; i < 5000; i++) new Lock(NAME).close();
    t.equal(openDescriptors(), before);
  });
}

async function startHolder(): Promise<ChildProcess> {
  const holder = startScript(`globalThis.lock = new native.Lock(${JSON.stringify(NAME)});
    setInterval(() => {}, 1000); console.log("held");`);
  await once(holder.stdout!, "data");
  return holder;
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
