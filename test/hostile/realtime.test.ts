/** VRRPD_REALTIME, where it is permitted and where it is not. */
import { readFileSync } from "node:fs";
import t from "tap";
import type { Host, HostProcess } from "../netns/index.js";
import { lanOf, startDaemon, untilMaster } from "./support.js";

const ENV = { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101", VRRPD_REALTIME: "10" };

const isRealtime = async (host: Host, daemon: HostProcess) =>
  (await host.ok(["chrt", "--pid", String(daemon.pid)])).includes("SCHED_RR");

t.test("where it is not permitted it is refused with one warning, and the daemon serves", async (t) => {
  const lan = await lanOf(t, { a: { addresses: ["192.0.2.40/24"] } });
  const daemon = startDaemon(lan.host("a"), ENV, [
    "setpriv",
    "--bounding-set=-sys_nice",
    "--inh-caps=-sys_nice",
  ]);
  await untilMaster(daemon);
  const warnings = daemon.lines.filter(({ text }) => text.includes("VRRPD_REALTIME=10 was refused (EPERM"));
  t.equal(warnings.length, 1, "one warning");
  t.notOk(await isRealtime(lan.host("a"), daemon));
  t.strictSame(await daemon.stop(), { code: 0, signal: null });
});

t.test("where it is permitted the daemon is real-time, with a limit; its scripts are not", async (t) => {
  const lan = await lanOf(t, { a: { addresses: ["192.0.2.40/24"] } });
  const host = lan.host("a");
  const script = "/etc/keepalive/notify.sh";
  await host.writeFile(script, "#!/bin/sh\nchrt --pid $$ > /run/vrrpd/policy\n", 0o755);
  const daemon = startDaemon(host, { ...ENV, OPENSHIFT_HA_NOTIFY_SCRIPT: script });
  await untilMaster(daemon);
  // A user namespace has no say in the machine's scheduling.
  const permitted = (await host.run(["chrt", "--rr", "10", "true"])).code === 0;
  t.equal(await isRealtime(host, daemon), permitted);
  if (!permitted) return t.comment("not permitted on this machine");
  t.match(readFileSync(`/proc/${daemon.pid}/limits`, "utf8"), /Max realtime timeout\s+2000000\s+2000000/);
  await daemon.stop();
  t.match(await host.ok(["cat", "/run/vrrpd/policy"]), /SCHED_OTHER/);
});
