/** What the service manager is told, by a real datagram socket in its place. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { UnixDatagrams } from "../../src/host/native.js";
import { ownEnvironment } from "../../src/host/scripts/environment.js";
import { Launcher } from "../../src/host/scripts/launcher.js";
import { FOR_THE_DAEMON_ALONE, ServiceManager } from "../../src/host/service-manager.js";
import { DatagramReceiver } from "../lab/datagram-receiver.js";
import { until } from "../netns/until.js";

function pathIn(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-notify-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return join(folder, "notify");
}

async function receiverAt(t: Test, path: string): Promise<DatagramReceiver> {
  const receiver = await DatagramReceiver.start(path);
  t.teardown(() => receiver.stop());
  return receiver;
}

/** One that tells whoever `name` says, and what it had to complain of. */
function manager(name: string | undefined) {
  const problems: string[] = [];
  const env = name === undefined ? {} : { NOTIFY_SOCKET: name };
  return { problems, manager: new ServiceManager(env, (sentence) => problems.push(sentence)) };
}

t.test(
  "with a watchdog it gets signs of life once the daemon is ready, and none for another process",
  async (t) => {
    const name = pathIn(t);
    const receiver = await receiverAt(t, name);
    const env = { NOTIFY_SOCKET: name, WATCHDOG_USEC: "100000" };
    const told = new ServiceManager({ ...env, WATCHDOG_PID: `${process.pid}` }, () => {});
    new ServiceManager({ ...env, WATCHDOG_PID: "1" }, () => {}).ready();
    await until(() => receiver.messages.length === 1, { what: "the other one" });
    told.ready();
    await until(() => receiver.messages.length >= 5, { what: "signs of life" });
    t.strictSame(receiver.messages.slice(0, 5), ["READY=1", "READY=1", ...Array(3).fill("WATCHDOG=1")]);
  },
);

const monotonicMicros = () => Number(process.hrtime.bigint() / 1000n);

t.test("each state is one datagram, to a path and to an abstract name", async (t) => {
  for (const name of [pathIn(t), `@vrrpd-test-${randomUUID()}`]) {
    const receiver = await receiverAt(t, name);
    const { manager: told, problems } = manager(name);
    told.ready();
    const before = monotonicMicros();
    told.reloading();
    const after = monotonicMicros();
    told.ready({ mainPid: 4711, status: "serves 2 addresses\nREADY=0" });
    told.stopping();
    await until(() => receiver.messages.length === 4, { what: "four messages" });
    const [ready, reloading, again, stopping] = receiver.messages;
    t.equal(ready, "READY=1");
    const [, at] = /^RELOADING=1\nMONOTONIC_USEC=(\d+)$/.exec(reloading!) ?? [];
    t.ok(before <= Number(at) && Number(at) <= after, `${before} <= ${at} <= ${after}`);
    t.equal(
      again,
      "READY=1\nMAINPID=4711\nSTATUS=serves 2 addresses\\u000aREADY=0",
      "no field is smuggled in",
    );
    t.equal(stopping, "STOPPING=1");
    t.strictSame(problems, []);
  }
});

t.test(
  "where nobody asks to be told nothing happens; what is no socket of ours is one warning",
  async (t) => {
    for (const name of [undefined, ""]) {
      const { manager: told, problems } = manager(name);
      told.ready();
      t.strictSame(problems, []);
    }
    for (const name of ["notify", "./notify", "vsock:2:1234", "@"]) {
      const { manager: told, problems } = manager(name);
      told.ready();
      told.stopping();
      t.equal(problems.length, 1);
      t.match(problems[0], `NOTIFY_SOCKET is “${name}”: it is no absolute path, and no @name`);
    }
  },
);

t.test("a service manager that is away is one warning, and is told again when it is back", async (t) => {
  const path = pathIn(t);
  const { manager: told, problems } = manager(path);
  for (let i = 0; i < 100; i++) told.ready();
  t.equal(problems.length, 1);
  t.match(problems[0], `“${path}”: sending there failed (ENOENT)`);
  const receiver = await receiverAt(t, path);
  told.stopping();
  await until(() => receiver.messages.length > 0, { what: "a message" });
  t.strictSame(receiver.messages, ["STOPPING=1"]);
  await receiver.order("close");
  told.stopping();
  const long = manager(`/${"x".repeat(200)}`);
  long.manager.ready();
  t.match(long.problems[0], "(ENAMETOOLONG)");
});

t.test("one that is busy gets its messages later, in order", async (t) => {
  const path = pathIn(t);
  const receiver = await receiverAt(t, path);
  await receiver.order("rest");
  const others = new UnixDatagrams();
  while (others.send(path, Buffer.from("of another service")) === 0);
  others.close();
  const { manager: told, problems } = manager(path);
  told.reloading();
  told.ready({ status: "1" });
  told.stopping();
  await receiver.order("read");
  await until(() => receiver.messages.includes("STOPPING=1"), { what: "the last message" });
  const ours = receiver.messages.filter((message) => message !== "of another service");
  t.match(ours, [/^RELOADING=1\n/, "READY=1\nSTATUS=1", "STOPPING=1"]);
  t.equal(ours.length, 3);
  t.strictSame(problems, []);
});

t.test("scripts find nothing that is said to the daemon alone", async (t) => {
  for (const name of FOR_THE_DAEMON_ALONE) process.env[name] = "1";
  process.env.LISTEN_PORT = "of the service";
  t.teardown(() => {
    for (const name of [...FOR_THE_DAEMON_ALONE, "LISTEN_PORT"]) delete process.env[name];
  });
  const launcher = new Launcher({ environment: ownEnvironment(), identity: null, security: false });
  const run = { command: ["/usr/bin/env"], timeoutMillis: 60_000, ends: "group", tailBytes: 65_536 } as const;
  const result = await launcher.run(run).result;
  if (result.type !== "exited") throw new Error(result.type);
  const names = result.output.tail.split("\n").map((line) => line.split("=")[0]!);
  t.strictSame(
    names.filter((name) => /^(NOTIFY|WATCHDOG|LISTEN)_/.test(name)),
    ["LISTEN_PORT"],
  );
  t.ok(names.includes("PATH"));
});
