/** What the control socket takes the place of, and what it leaves alone. */
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { ask } from "../../src/daemon/control/client.js";
import { ControlDoor } from "../../src/daemon/control/door.js";
import { shareSocket } from "../../src/daemon/control/place.js";
import { openControlSocket } from "../../src/daemon/control/server.js";
import { execute } from "../netns/execute.js";
import { until } from "../netns/index.js";

const folder = mkdtempSync(join(tmpdir(), "vrrpd-control-"));
t.teardown(() => rmSync(folder, { recursive: true }));
const options = (group: number | null = null) => ({
  requests: { questions: { status: () => "here" }, commands: { stop: () => "stopping" } },
  group,
  onProblem: (sentence: string) => {
    problems.push(sentence);
  },
});
const problems: string[] = [];

t.test("nothing but a socket is ever removed", async (t) => {
  const path = (name: string) => join(folder, name);
  writeFileSync(path("file"), "precious");
  mkdirSync(path("folder"));
  symlinkSync(path("file"), path("link"));
  symlinkSync(path("none"), path("dangling"));
  await execute(["mkfifo", path("fifo")]);
  const kinds = {
    file: "a regular file",
    folder: "a folder",
    link: "a symbolic link",
    dangling: "a symbolic link",
    fifo: "a named pipe",
  };
  for (const [name, kind] of Object.entries(kinds)) {
    const before = lstatSync(path(name));
    const message = `the control socket ${path(name)} cannot be opened: there is ${kind}, which vrrpd does not remove; name another path in VRRPD_SOCKET, or take it away`;
    await t.rejects(openControlSocket(path(name), options()), { code: "ECONTROL", message });
    t.equal(lstatSync(path(name)).ino, before.ino, name);
  }
  t.equal(readFileSync(path("file"), "utf8"), "precious");
});

t.test("the place of a dead daemon's socket is taken, that of a live one is not", async (t) => {
  const path = join(folder, "daemon");
  const script = `require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;
  await execute([process.execPath, "-e", script, path]).catch(() => {});
  t.ok(lstatSync(path).isSocket(), "it was left behind");
  const control = await openControlSocket(path, options());
  t.equal(await ask(path, "status"), "here");
  await t.rejects(openControlSocket(path, options()), /another daemon listens there/);
  control.close();
  t.throws(() => lstatSync(path), { code: "ENOENT" });
});

t.test("what has taken the place of our socket stays when we go", async (t) => {
  const path = join(folder, "replaced");
  const control = await openControlSocket(path, options());
  rmSync(path);
  writeFileSync(path, "precious");
  control.close();
  t.equal(readFileSync(path, "utf8"), "precious");
});

t.test("what has taken the place of our socket is given to nobody", async (t) => {
  const [file, link] = [join(folder, "secret"), join(folder, "to-secret")];
  writeFileSync(file, "secret", { mode: 0o600 });
  symlinkSync(file, link);
  for (const path of [file, link]) t.throws(() => shareSocket(path, process.getgid!()));
  t.equal(lstatSync(file).mode & 0o777, 0o600);
});

t.test("a socket is shared with its group, and with nobody else", async (t) => {
  const path = join(folder, "shared-with-group");
  const control = await openControlSocket(path, options(process.getgid!()));
  t.teardown(() => control.close());
  t.match(lstatSync(path), { gid: process.getgid!() });
  t.equal(lstatSync(path).mode & 0o777, 0o660);
  shareSocket(path, null);
  t.equal(lstatSync(path).mode & 0o777, 0o600);
  t.equal(await ask(path, "stop"), "stopping", "the own user may do all");
  t.strictSame(problems, []);
});

t.test("another program's socket stays, whatever it answers", async (t) => {
  const path = join(folder, "other");
  const other = createServer((client) => client.destroy());
  await new Promise<void>((resolve) => other.listen(path, resolve));
  t.teardown(() => other.close());
  await t.rejects(openControlSocket(path, options()), { code: "ECONTROL" });
  t.ok(lstatSync(path).isSocket());
});

t.test("of two lines none is answered when both come at once; others are", async (t) => {
  const path = join(folder, "lines");
  const control = await openControlSocket(path, options());
  t.teardown(() => control.close());
  let text = "";
  let closed = false;
  const client = connect(path, () => client.write('{"command":"status"}\n'.repeat(100_000)));
  client.on("data", (part) => {
    text += part;
  });
  client.on("error", () => {});
  client.on("close", () => {
    closed = true;
  });
  t.equal(await ask(path, "status"), "here");
  await until(() => closed, { what: "the end of the connection" });
  t.ok(text.split("\n").length <= 2, "one answer at most");
});

t.test("one that waits for a lock lets the holder of the lock have the path", async (t) => {
  const path = join(folder, "shared");
  const door = (name: string, holdsLock: () => boolean) =>
    new ControlDoor({
      ...{ path, holdsLock, group: null, onProblem: () => {} },
      requests: { questions: { status: () => name }, commands: {} },
    });
  let isOver = false;
  const waiting = door("waiting", () => isOver);
  const holder = door("holder", () => true);
  t.teardown(() => waiting.close());
  await waiting.open();
  t.equal(await ask(path, "status"), "waiting", "where nobody else has it");
  await holder.open();
  await until(async () => (await ask(path, "status").catch(() => null)) === "holder", { what: "the holder" });
  await waiting.open();
  t.equal(await ask(path, "status"), "holder", "which yields to nobody");
  t.same(await ask(path, "yield"), { yields: false });
  holder.close();
  isOver = true;
  await waiting.open();
  t.equal(await ask(path, "status"), "waiting", "it takes the lock over, and the path");
});
