/** Keepalived 2.2.7 and our keepalived write the same into /dev/log, as far as programs read it. */
import t from "tap";
import { syslogRecord } from "../../src/host/log/syslog-record.js";
import { findProgram } from "../lab/daemons/programs.js";
import { ROOT } from "../lab/daemons/vrrpd.js";
import { DatagramReceiver } from "../lab/datagram-receiver.js";
import { createLan, type Host, until } from "../netns/index.js";

const FILE = "/etc/keepalived/keepalived.conf";
/** Whose local time is nobody else's. */
const ZONE = "Asia/Kathmandu";
const LOCAL7 = 23;

process.env.TZ = ZONE;

const lan = await createLan({
  interface: "ens3",
  // One below /dev gives each host a /dev of its own.
  privateDirectories: ["/run/vrrpd", "/etc/keepalived", "/dev/private"],
  hosts: { theirs: { addresses: ["192.0.2.1/24"] }, ours: { addresses: ["192.0.2.2/24"] } },
});
t.teardown(() => lan.destroy());

const confOf = (priority: number) => `vrrp_instance VI_1 {
  state BACKUP
  interface ens3
  virtual_router_id 51
  priority ${priority}
  advert_int 1
  virtual_ipaddress {
    192.0.2.100/24
  }
}`;

async function start(host: Host, priority: number, command: readonly string[], env = {}) {
  await host.writeFile(FILE, confOf(priority), 0o644);
  const log = await DatagramReceiver.start(host.pathOf("/dev/log"));
  t.teardown(() => log.stop());
  const daemon = host.start([...command, "-n", "-f", FILE], { env: { ...env, TZ: ZONE } });
  return { log, daemon };
}

/** The line that says so, with its number in the place of the process id. */
async function entering(log: DatagramReceiver, state: string): Promise<string> {
  const line = () => log.messages.findLast((message) => message.includes(`(VI_1) Entering ${state} STATE`));
  const found = await until(line, { what: `the line of ${state}`, timeoutMs: 60_000 });
  return found.replace(/\[\d+\]/, "[1]");
}

/** All that may be written of it between two moments. */
function possible(state: string, facility: number, from: Date, to: Date): string[] {
  const identity = { facility, ident: "Keepalived_vrrp", pid: 1 };
  const msg = `(VI_1) Entering ${state} STATE`;
  const records = [];
  for (let at = from.getTime(); at < to.getTime() + 1000; at += 1000) {
    const time = new Date(at).toISOString();
    records.push(syslogRecord(JSON.stringify({ level: "info", time, msg }), identity));
  }
  return records;
}

t.test("what becomes of an instance has the same words, sender, number and time", async (t) => {
  const began = new Date();
  const { path, env } = findProgram("usr/sbin/keepalived");
  const theirs = await start(lan.host("theirs"), 150, [path, "--vrrp", "-S", "7"], env);
  const ours = await start(lan.host("ours"), 100, [`${ROOT}/dist/bin/keepalived.js`, "-S", "7"]);
  const lines = { theirs: await entering(theirs.log, "BACKUP"), ours: await entering(ours.log, "BACKUP") };
  const mastered = await entering(theirs.log, "MASTER");
  const known = (state: string) => possible(state, LOCAL7, began, new Date());
  // The first time Keepalived says why as well.
  t.ok(known("BACKUP").includes(lines.theirs.replace(/ \(init\)$/, "")), lines.theirs);
  t.ok(known("MASTER").includes(mastered), mastered);
  t.ok(
    known("BACKUP").some((line) => lines.ours.startsWith(`${line} `)),
    lines.ours,
  );

  await theirs.daemon.stop();
  const followed = await entering(ours.log, "MASTER");
  t.ok(
    known("MASTER").some((line) => followed.startsWith(`${line} `)),
    followed,
  );
  t.match(followed, 'cause="192.0.2.1 released the mastership (priority 0)"');
  t.equal(ours.daemon.output, "", "nothing is written anywhere else");

  await ours.log.order("close");
  t.match(await ours.daemon.stop(), { code: 0 }, "without anybody who takes its lines as well");
});
