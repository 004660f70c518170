/** VRRPD_REALTIME, where it is permitted and where it is not. */
import { readFileSync } from "node:fs";
import t from "tap";
import { advert, type Host, type HostProcess, until } from "../netns/index.js";
import { lanOf, MAY_REALTIME, range, startDaemon, untilMaster } from "./support.js";

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
  t.equal(await isRealtime(host, daemon), MAY_REALTIME);
  if (!MAY_REALTIME) return t.comment("not permitted on this machine");
  t.match(readFileSync(`/proc/${daemon.pid}/limits`, "utf8"), /Max realtime timeout\s+2000000\s+10000000/);
  await daemon.stop();
  t.match(await host.ok(["cat", "/run/vrrpd/policy"]), /SCHED_OTHER/);
});

t.test(
  "a burst of work beyond the limit costs the real time for a minute, not the daemon",
  { skip: MAY_REALTIME ? false : "real-time scheduling is not permitted on this machine" },
  async (t) => {
    const lan = await lanOf(t, { a: { addresses: ["192.0.2.40/24"] } });
    const host = lan.host("a");
    const capture = await lan.capture();
    const daemon = startDaemon(host, ENV);
    await untilMaster(daemon);
    await host.ok(["ip", "link", "add", "name", "other", "type", "veth", "peer", "name", "another"]);
    // Instead of 2 s the shortest time that the kernel can measure: this machine may be a fast one.
    await host.ok(["prlimit", "--pid", String(daemon.pid), "--rttime=1000:"]);
    const burst = range(1, 4_000).flatMap((number) => {
      const address = `198.51.100.${(number % 250) + 1}/32 dev other`;
      return [`address add ${address}`, `address del ${address}`];
    });
    const rests = () =>
      daemon.lines.filter(({ text }) => /busy for 2 s without a pause; it runs at the usual/.test(text));
    await until(
      async () => {
        daemon.freeze();
        await host.ok(["ip", "-batch", "-"], { input: burst.join("\n"), timeoutMs: 60_000 });
        daemon.thaw();
        await capture.waitFor(advert({ from: "a", afterMicros: Date.now() * 1000 }));
        return rests().length > 0;
      },
      { what: "the limit to be reached", timeoutMs: 60_000 },
    );
    t.equal(rests().length, 1, "said once");
    t.notOk(await isRealtime(host, daemon));
    t.ok(daemon.running);
    await capture.waitFor(advert({ from: "a", afterMicros: Date.now() * 1000 }));
  },
);
