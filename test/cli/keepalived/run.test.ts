/** The daemon under the name of Keepalived, in the foreground and in the background: how others find it, and how it ends. */
import {
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import t, { type Test } from "tap";
import { ROOT } from "../../lab/daemons/vrrpd.js";
import { DatagramReceiver } from "../../lab/datagram-receiver.js";
import { createLan, type Host, type Lan, until } from "../../netns/index.js";

const FOLDER = "/etc/keepalived";
const KEEPALIVED = `${FOLDER}/keepalived`;
const PID_FILES = ["/run/keepalived.pid", "/run/vrrp.pid"];
const VIP = "192.0.2.100";
/** Master at once. */
const CONF = `vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  state MASTER
  priority 255
  virtual_ipaddress {
    ${VIP}
  }
}
`;

let lan: Lan;
let host: Host;

t.before(async () => {
  lan = await createLan({
    hosts: { a: { addresses: ["192.0.2.1/24"] } },
    privateDirectories: [FOLDER, "/run/vrrpd"],
  });
  host = lan.host("a");
  await host.writeFile(`${FOLDER}/keepalived.conf`, CONF);
  symlinkSync(`${ROOT}/dist/bin/keepalived.js`, host.pathOf(KEEPALIVED));
});
t.teardown(() => lan.destroy());

const inHost = (path: string) => host.pathOf(path);
const pidIn = (path: string) => Number(readFileSync(inHost(path), "latin1"));
const commandLineOf = (pid: number) =>
  readFileSync(`/proc/${pid}/cmdline`, "latin1").replace(/\0*$/, "").split("\0");
const nameOf = (pid: number) => readFileSync(`/proc/${pid}/comm`, "latin1").trim();

async function untilGone(pid: number): Promise<void> {
  await until(() => !existsSync(`/proc/${pid}`), { what: `process ${pid} to end`, timeoutMs: 60_000 });
}

/** What stands in for the service manager. */
async function managerOf(t: Test): Promise<DatagramReceiver> {
  rmSync(inHost(SOCKET), { force: true });
  const receiver = await DatagramReceiver.start(inHost(SOCKET));
  t.teardown(() => receiver.stop());
  return receiver;
}

const SOCKET = "/run/notify";
const env = { NOTIFY_SOCKET: SOCKET };

t.test("in the foreground", async (t) => {
  const manager = await managerOf(t);
  const daemon = host.start([KEEPALIVED, "-n", "-l"], { env });
  await until(() => manager.messages.length === 1, { what: "READY", timeoutMs: 60_000 });
  t.strictSame(manager.messages, ["READY=1"]);
  for (const path of PID_FILES) {
    t.equal(pidIn(path), daemon.pid, path);
    t.equal(lstatSync(inHost(path)).mode & 0o777, 0o644, path);
  }
  t.equal(nameOf(daemon.pid), "keepalived");
  t.strictSame(commandLineOf(daemon.pid), [KEEPALIVED, "-n", "-l"]);

  daemon.kill("SIGHUP");
  await until(() => manager.messages.length === 3, { what: "an answer to SIGHUP", timeoutMs: 60_000 });
  t.match(manager.messages[1], /^RELOADING=1\nMONOTONIC_USEC=\d+$/);
  t.equal(manager.messages[2], "READY=1");

  for (const mode of ["-nl", "-P"]) {
    const second = await host.run([KEEPALIVED, mode]);
    t.equal(second.code, 0, `${mode}: as Keepalived, where one runs already`);
    t.match(second.stderr, `already running, as process ${daemon.pid}`);
  }

  daemon.kill("SIGTERM");
  t.match(await daemon.exited, { code: 0 });
  await until(() => manager.messages.length === 4, { what: "STOPPING", timeoutMs: 60_000 });
  t.equal(manager.messages[3], "STOPPING=1");
  for (const path of PID_FILES) t.notOk(existsSync(inHost(path)), `${path} is gone`);
});

t.test("in the background", async (t) => {
  const manager = await managerOf(t);
  const { code, stdout, stderr } = await host.run([KEEPALIVED, "-p", "/run/a.pid", "-r", "/run/b.pid"], {
    env,
    cwd: FOLDER,
  });
  t.strictSame({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
  const pid = pidIn("/run/a.pid");
  t.equal(pidIn("/run/b.pid"), pid);
  t.equal(nameOf(pid), "keepalived");
  t.strictSame(commandLineOf(pid), [KEEPALIVED, "-p", "/run/a.pid", "-r", "/run/b.pid"]);
  t.equal(readlinkSync(`/proc/${pid}/cwd`), "/", "it holds no folder");
  for (const descriptor of [0, 1, 2]) t.equal(readlinkSync(`/proc/${pid}/fd/${descriptor}`), "/dev/null");
  const session = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]!.split(" ")[3];
  t.equal(session, `${pid}`, "no terminal reaches it");
  t.ok(await host.hasAddress(VIP), "it takes part once the other one has ended");
  await until(() => manager.messages.length > 0, { what: "READY", timeoutMs: 60_000 });
  t.strictSame(manager.messages, [`READY=1\nMAINPID=${pid}`], "said by the process that the manager knows");

  process.kill(pid, "SIGTERM");
  await untilGone(pid);
  t.notOk(await host.hasAddress(VIP));
  t.notOk(existsSync(inHost("/run/a.pid")));
});

t.test("of two that are started at the same moment one stays", async (t) => {
  const both = await Promise.all([host.run([KEEPALIVED]), host.run([KEEPALIVED])]);
  t.strictSame(
    both.map(({ code }) => code),
    [0, 0],
  );
  const pid = pidIn(PID_FILES[0]!);
  t.equal(pidIn(PID_FILES[1]!), pid);
  t.match(both.map(({ stderr }) => stderr).join(""), `already running, as process ${pid}`);
  process.kill(pid, "SIGTERM");
  await untilGone(pid);
});

t.test("in the background: what becomes of a start is its exit code, and is said", async (t) => {
  await host.writeFile(`${FOLDER}/bad.conf`, CONF.replace("eth0", "eth7"));
  const refused = await host.run([KEEPALIVED, "-f", "bad.conf"], { cwd: FOLDER });
  t.equal(refused.code, 2);
  t.match(refused.stderr, `${FOLDER}/bad.conf:2:3: interface "eth7" does not exist`);
  const missing = await host.run([KEEPALIVED, "-f", "/nowhere"]);
  t.equal(missing.code, 6);
  t.match(missing.stderr, "/nowhere does not exist");
  t.notOk(existsSync(inHost(PID_FILES[0]!)));
});

t.test(
  "a process id that means nobody is no obstacle, and a link at its place is not followed",
  async (t) => {
    writeFileSync(inHost("/run/stale.pid"), `${process.pid}\n`);
    writeFileSync(inHost("/run/victim"), "untouched");
    symlinkSync("/run/victim", inHost("/run/link.pid"));
    const daemon = host.start([KEEPALIVED, "-nl", "-p", "/run/stale.pid", "-r", "/run/link.pid"]);
    await until(() => lstatSync(inHost("/run/link.pid")).isFile(), {
      what: "the file of the process id",
      timeoutMs: 60_000,
    });
    t.equal(pidIn("/run/stale.pid"), daemon.pid);
    t.equal(pidIn("/run/link.pid"), daemon.pid);
    t.equal(readFileSync(inHost("/run/victim"), "latin1"), "untouched");
    writeFileSync(inHost("/run/stale.pid"), `${process.pid}\n`);
    await daemon.stop();
    t.ok(existsSync(inHost("/run/stale.pid")), "it belongs to another one now");
    t.notOk(existsSync(inHost("/run/link.pid")));
  },
);

t.test("a file of the process id that cannot be written is a warning", async (t) => {
  const daemon = host.start([KEEPALIVED, "-nl", "-p", "/run/none/x.pid"]);
  await daemon.waitForLine(/cannot be written to \/run\/none\/x\.pid/);
  t.ok(await host.hasAddress(VIP));
  await daemon.stop();
});

t.test("--config=env: the variables in place of a file", async (t) => {
  const daemon = host.start([KEEPALIVED, "-nl", "--config=env"], {
    env: { OPENSHIFT_HA_VIRTUAL_IPS: VIP, OPENSHIFT_HA_MONITOR_PORT: "0" },
  });
  await daemon.waitForLine(/Entering BACKUP STATE/);
  await until(() => nameOf(daemon.pid) === "keepalived", { what: "its name", timeoutMs: 60_000 });
  t.match(await daemon.stop(), { code: 0 });
});

t.test("what cannot be said or found is one sentence", async (t) => {
  const unsaid = await host.run([KEEPALIVED, "-t/run/none/said"]);
  t.equal(unsaid.code, 2);
  t.match(unsaid.stderr, /^keepalived: what -t has to say cannot be written: .*\n$/);
  const lost = 'mkdir /run/lost && cd /run/lost && rmdir /run/lost && exec "$0" -t -f x.conf';
  const nowhere = await host.run(["sh", "-c", lost, KEEPALIVED]);
  t.equal(nowhere.code, 2);
  t.match(
    nowhere.stderr,
    /x\.conf means nothing: the current folder does not exist any more; give an absolute path\n$/,
  );
});

t.test("SIGHUP during the start is answered once it has started", async (t) => {
  const daemon = host.start([KEEPALIVED, "-nl"], { env: { VRRPD_METRICS_LISTEN: "127.0.0.1:9112" } });
  await daemon.waitForLine(/vrrpd .* starts/);
  daemon.kill("SIGHUP");
  await daemon.waitForLine(/SIGHUP: reloaded: nothing has changed/);
  t.match(await daemon.stop(), { code: 0 });
});
