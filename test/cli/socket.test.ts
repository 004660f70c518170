/** Which control socket is asked, and why nobody answers at one. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { ask, socketNamed, theOnlySocket } from "../../src/daemon/control/client.js";
import { describeHolder } from "../../src/daemon/locks/holders.js";

const LISTEN = `require("node:net").createServer().listen(process.argv[1], () => console.log("listens"))`;
const folder = mkdtempSync(join(tmpdir(), "vrrpd-sockets-"));
t.teardown(() => rmSync(folder, { recursive: true }));

async function listener(path: string) {
  const child = spawn(process.execPath, ["-e", LISTEN, path], { stdio: ["ignore", "pipe", "inherit"] });
  t.teardown(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

t.test("a name stands for the socket of that configuration, all else is a path", async (t) => {
  t.equal(socketNamed("nw1"), "/run/vrrpd/nw1.sock");
  t.equal(socketNamed("edge-1_a"), "/run/vrrpd/edge-1_a.sock");
  for (const path of ["/run/x.sock", "./nw1", "x.sock"]) t.equal(socketNamed(path), path);
});

t.test("stopped, killed, and what is no socket: each is told as what it is", async (t) => {
  const path = join(folder, "stopped");
  const child = await listener(path);
  const message = (words: string) => ({ code: "ENODAEMON", message: words });
  await t.rejects(ask(path, "status", 100), message(`process ${child.pid} has said nothing for 0.1 s`));
  child.kill("SIGSTOP");
  const stopped = `process ${child.pid}, which is stopped: kill -CONT ${child.pid} has it go on`;
  await t.rejects(ask(path, "status", 300), message(stopped));
  t.equal(describeHolder({ name: "x", uid: 0, pid: child.pid! }), stopped, "of a lock as well");
  child.kill("SIGKILL");
  await once(child, "exit");
  await t.rejects(ask(path, "status"), message("a daemon that was killed has left the socket behind"));
  await t.rejects(ask(join(folder, "none"), "status"), message("nothing is there"));
  writeFileSync(join(folder, "file"), "");
  await t.rejects(ask(join(folder, "file"), "status"), message("that is no socket"));
});

t.test("among several sockets those count that somebody listens on", async (t) => {
  const many = join(folder, "many");
  mkdirSync(many);
  await t.rejects(theOnlySocket(many), { code: "ENODAEMON", message: `there is no socket in ${many}` });
  for (const name of ["nw8", "nw9"]) {
    const left = await listener(join(many, `${name}.sock`));
    left.kill("SIGKILL");
    await once(left, "exit");
  }
  await t.rejects(theOnlySocket(many), { code: "ENODAEMON", message: "nobody listens at " });
  const open = async (name: string) => {
    const server = createServer().listen(join(many, `${name}.sock`));
    t.teardown(() => server.close());
    await once(server, "listening");
  };
  await open("nw2");
  t.equal(await theOnlySocket(many), join(many, "nw2.sock"));
  await open("nw1");
  await t.rejects(theOnlySocket(many), {
    code: "EAMBIGUOUS",
    message: "several daemons run here: nw1, nw2; name one with --socket",
  });
});

t.test("a folder that this user may not look into is no missing daemon", async (t) => {
  const closed = join(folder, "closed");
  mkdirSync(closed);
  chmodSync(closed, 0o300);
  // To root nothing is closed.
  if (process.geteuid!() === 0) process.seteuid!(65534);
  t.teardown(() => process.getuid!() === 0 && process.seteuid!(0));
  await t.rejects(theOnlySocket(closed), { code: "EFORBIDDEN" });
});
