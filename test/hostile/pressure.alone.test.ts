/**
 * 16 busy loops on the machine for half a minute; nothing else runs beside this file. The longer form:
 * VRRPD_PRESSURE_SECONDS=600.
 */
import { readFileSync } from "node:fs";
import t from "tap";
import { type Capture, type Host, type HostProcess, type Lan, until } from "../netns/index.js";
import { describeSpacing, spacingOf } from "./spacing.js";
import { AddressMonitor, lanOf, loadMachine, range, SECOND, startDaemon, untilMaster } from "./support.js";

const LOOPS = 16;
const SECONDS = Number(process.env.VRRPD_PRESSURE_SECONDS ?? 30);
const TIMEOUT_MS = (SECONDS + 90) * 1000;

/** Lets the time pass in which the machine is loaded; ends early when a daemon does. */
async function underLoad(host: Host, daemons: readonly HostProcess[]): Promise<number> {
  const relieve = loadMachine(host, LOOPS);
  const from = Date.now() * 1000;
  const over = () => Date.now() * 1000 > from + SECONDS * SECOND || daemons.some((daemon) => !daemon.running);
  await until(over, { what: "the time under load", timeoutMs: TIMEOUT_MS, intervalMs: 250 });
  await relieve();
  return from;
}

async function untilBackup(daemon: HostProcess, instances: number): Promise<void> {
  const inBackup = () =>
    daemon.lines.filter(({ text }) => text.includes("Entering BACKUP")).length >= instances;
  await until(inBackup, { what: "BACKUP", timeoutMs: 30_000 });
}

const transitions = (daemon: HostProcess, after: number) =>
  daemon.lines.slice(after).filter(({ text }) => text.includes("Entering "));

interface Pair {
  readonly lan: Lan;
  readonly capture: Capture;
  readonly a: HostProcess;
  readonly b: HostProcess;
}

async function tenAtTenMilliseconds(t: Parameters<typeof lanOf>[0], env = {}): Promise<Pair> {
  const lan = await lanOf(t, { a: { addresses: ["192.0.2.40/24"] }, b: { addresses: ["192.0.2.41/24"] } });
  const capture = await lan.capture();
  const common = {
    OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101-110",
    VRRPD_ADVERT_INTERVAL: "0.01",
    ...env,
  };
  const a = startDaemon(lan.host("a"), { ...common, VRRPD_PRIORITY: "200" });
  await untilMaster(a, 10);
  const b = startDaemon(lan.host("b"), { ...common, VRRPD_PRIORITY: "100" });
  await untilBackup(b, 10);
  return { lan, capture, a, b };
}

t.test(
  `10 virtual routers at 10 ms under ${LOOPS} busy loops: no false takeover`,
  { timeout: TIMEOUT_MS },
  async (t) => {
    const { lan, capture, a, b } = await tenAtTenMilliseconds(t);
    const printed = [a.lines.length, b.lines.length] as const;
    const from = await underLoad(lan.host("a"), [a, b]);
    const seen = capture.adverts({ from: "a", afterMicros: from });
    t.comment(describeSpacing(spacingOf(seen, SECOND / 100)));
    t.ok(seen.length > SECONDS * 500, "at least half of them went out");
    t.strictSame(capture.adverts({ from: "b", afterMicros: from }), [], "the backup has sent nothing");
    t.strictSame([...transitions(a, printed[0]), ...transitions(b, printed[1])], []);
  },
);

t.test(
  `255 addresses, fast, under ${LOOPS} busy loops: no lease ends`,
  { timeout: TIMEOUT_MS },
  async (t) => {
    const lan = await lanOf(t, { a: { addresses: ["192.0.2.40/24"] } });
    const monitor = await AddressMonitor.start(lan.host("a"));
    const vips = range(1, 254).map((last) => `198.51.100.${last}`);
    const daemon = startDaemon(lan.host("a"), {
      OPENSHIFT_HA_VIRTUAL_IPS: "198.51.100.1-254 203.0.113.1",
      OPENSHIFT_HA_VIP_GROUPS: "5",
      VRRPD_VIP_LEASE: "fast",
    });
    await untilMaster(daemon, 5);
    await until(() => lan.host("a").hasAddress("203.0.113.1"), { what: "the addresses", timeoutMs: 30_000 });
    const before = monitor.of("203.0.113.1").length;
    await underLoad(lan.host("a"), [daemon]);
    const renewals = monitor.of("203.0.113.1").length - before;
    t.ok(renewals > SECONDS * 0.5, `${renewals} renewals in ${SECONDS} s`);
    const lost = [...vips, "203.0.113.1"].filter((vip) => monitor.of(vip).some(({ removed }) => removed));
    t.strictSame(lost, [], "none was ever gone");
    t.equal(transitions(daemon, 0).length, 10, "BACKUP and MASTER of five, and no more");
  },
);

t.test(
  `50 scripts a second under ${LOOPS} busy loops: adverts stay on time`,
  { timeout: TIMEOUT_MS },
  async (t) => {
    const lan = await lanOf(t, { a: { addresses: ["192.0.2.40/24"] }, b: { addresses: ["192.0.2.41/24"] } });
    const capture = await lan.capture();
    const host = lan.host("a");
    await host.writeFile("/etc/keepalive/check.sh", "#!/bin/sh\nexit 0\n", 0o755);
    const daemon = startDaemon(host, {
      OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101-105",
      OPENSHIFT_HA_CHECK_SCRIPT: "/etc/keepalive/check.sh",
      OPENSHIFT_HA_CHECK_INTERVAL: "0.02",
      VRRPD_CHECK_FALL: "1000000",
      VRRPD_ADVERT_INTERVAL: "0.1",
    });
    await untilMaster(daemon, 5);
    const other = {
      OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101-105",
      VRRPD_ADVERT_INTERVAL: "0.1",
      VRRPD_PRIORITY: "10",
    };
    const backup = startDaemon(lan.host("b"), other);
    await untilBackup(backup, 5);
    const from = await underLoad(host, [daemon]);
    const spacing = spacingOf(capture.adverts({ from: "a", afterMicros: from }), SECOND / 10);
    t.comment(`spacing error: ${describeSpacing(spacing)}`);
    t.strictSame(capture.adverts({ from: "b", afterMicros: from }), [], "no false takeover");
    const zombies = readFileSync(`/proc/${daemon.pid}/task/${daemon.pid}/children`, "utf8").trim().split(" ");
    t.ok(zombies.length <= 2, "one script at a time");
  },
);

const schedulingOf = async (host: Host, daemon: HostProcess) =>
  (await host.ok(["chrt", "--pid", String(daemon.pid)])).includes("SCHED_RR");

t.test("VRRPD_REALTIME: real-time where permitted; where not, refused with one warning", async (t) => {
  const lan = await lanOf(t, { a: { addresses: ["192.0.2.40/24"] } });
  const host = lan.host("a");
  const env = { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101", VRRPD_REALTIME: "10" };
  const without = ["setpriv", "--bounding-set=-sys_nice", "--inh-caps=-sys_nice"];
  const refused = startDaemon(host, env, without);
  await untilMaster(refused);
  const warnings = refused.lines.filter(({ text }) => text.includes("VRRPD_REALTIME=10 was refused (EPERM"));
  t.equal(warnings.length, 1, "one warning");
  t.notOk(await schedulingOf(host, refused));
  t.strictSame(await refused.stop(), { code: 0, signal: null });
  const permitted = (await host.run(["chrt", "--rr", "10", "true"])).code === 0;
  if (!permitted)
    return t.comment("this machine does not permit real-time scheduling: the other half is not seen");
  const daemon = startDaemon(host, env);
  await untilMaster(daemon);
  t.ok(await schedulingOf(host, daemon), "SCHED_RR");
  const limits = readFileSync(`/proc/${daemon.pid}/limits`, "utf8");
  t.match(limits, /Max realtime timeout\s+2000000\s+2000000/, "with a limit");
});
