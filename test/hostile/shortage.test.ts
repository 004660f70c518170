/** The host is short of descriptors, buffers, memory, disk, or of somebody who reads the log: the daemon goes on. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import { VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { statusOf } from "../lab/status.js";
import { advert, type Host, type HostProcess, until } from "../netns/index.js";
import { ENVIRONMENT, lanOf, openDescriptors, SECOND, untilMaster } from "./support.js";

t.jobs = 3;

const { ENOBUFS, ENOMEM } = constants.errno;
const SCRIPT = "/etc/keepalive/check.sh";

const limitDescriptors = (host: Host, daemon: HostProcess, most: number) =>
  host.ok(["prlimit", "--pid", String(daemon.pid), `--nofile=${most}:`]);

t.test(
  "no descriptors left: adverts go on, checks say nothing, a new interface is served once there are some",
  async (t) => {
    const nodes = await Nodes.create(t, {
      OPENSHIFT_HA_CHECK_SCRIPT: SCRIPT,
      OPENSHIFT_HA_CHECK_INTERVAL: "0.3",
      // On a busy machine a check may well be too slow once or twice.
      VRRPD_CHECK_FALL: "20",
      OPENSHIFT_HA_MONITOR_PORT: "30060",
      VRRPD_CHECKS: "auto",
    });
    const host = nodes.host("a");
    await host.writeFile(SCRIPT, "#!/bin/sh\nexit 0\n", 0o755);
    const daemon = nodes.start("a");
    await untilMaster(daemon);
    const descriptors = openDescriptors(daemon.pid).length;
    await limitDescriptors(host, daemon, 3);
    await daemon.waitForLine(/check\.sh could not be started \(EMFILE\); it is tried again/, {
      timeoutMs: 20_000,
    });
    await daemon.waitForLine(/could not be probed \(EMFILE\); it is tried again/, { timeoutMs: 20_000 });
    // Whatever makes the daemon ask the kernel or open something must not end it.
    daemon.kill("SIGUSR1");
    await daemon.waitForLine(/SIGUSR1: .*MASTER/);
    await host.ok(["ip", "address", "add", "198.51.100.1/24", "dev", "ens3"]);
    await host.ok(["ip", "route", "add", "default", "via", "192.0.2.99"]);
    await host.ok(["ip", "address", "del", `${VIP}/32`, "dev", "ens3"]);
    await until(() => host.hasAddress(VIP), { what: "the removed address to be back" });
    await nodes.capture.waitFor(advert({ from: "a", afterMicros: Date.now() * 1000 + SECOND }));
    const times = daemon.lines.filter(({ text }) => text.includes("could not be started (EMFILE)")).length;
    t.equal(times, 1, "the shortage is reported once a minute");
    await host.detach();
    await host.attach();
    await daemon.waitForLine(/opening .*: .*(EMFILE|Too many open files|too many open files)/, {
      timeoutMs: 20_000,
    });
    t.ok(daemon.running);
    await limitDescriptors(host, daemon, 1024);
    await nodes.untilHeldBy("a", VIP, 60_000);
    await nodes.capture.waitFor(advert({ from: "a", afterMicros: Date.now() * 1000 + SECOND }), {
      timeoutMs: 20_000,
    });
    await until(() => openDescriptors(daemon.pid).length <= descriptors + 2, {
      what: "no leaked descriptor",
    });
    await nodes.untilState("a", "MASTER");
  },
);

t.test("ENOBUFS and ENOMEM on every send: counted, reported once, and over when it is over", async (t) => {
  // The second address stays: a master without any would give way.
  const nodes = await Nodes.create(t, {
    OPENSHIFT_HA_VIRTUAL_IPS: `${VIP},192.0.2.102`,
    OPENSHIFT_HA_VIP_GROUPS: "1",
  });
  const host = nodes.host("a");
  const faults = "/run/vrrpd/faults";
  const daemon = nodes.start("a", { LD_PRELOAD: preloadedLibrary(t), FAULTS: faults });
  await untilMaster(daemon);
  for (const [errno, name] of [
    [ENOBUFS, "ENOBUFS"],
    [ENOMEM, "ENOMEM"],
  ] as const) {
    await host.writeFile(faults, String(errno));
    await daemon.waitForLine(new RegExp(`sending an advert on ens3 failed: ${name}`), { timeoutMs: 20_000 });
    // It cannot be put back now, and must be as soon as it can.
    await host.ok(["ip", "address", "del", `${VIP}/32`, "dev", "ens3"]);
    const problem = async () => (await nodes.status("a")).instances[0]!.virtualAddresses[0]!.problem ?? "";
    await until(async () => (await problem()).includes(name), {
      what: `${name} in the status`,
      timeoutMs: 20_000,
    });
    const silentFrom = Date.now() * 1000;
    await until(() => Date.now() * 1000 > silentFrom + 2 * SECOND, { what: "two intervals" });
    t.strictSame(nodes.capture.adverts({ from: "a", afterMicros: silentFrom }), [], "nothing goes out");
    await host.ok(["rm", faults]);
    await nodes.capture.waitFor(advert({ from: "a", afterMicros: silentFrom + 2 * SECOND }));
    await until(() => host.hasAddress(VIP), { what: "the address to be back", timeoutMs: 20_000 });
  }
  const { instances } = await nodes.status("a");
  t.match(instances[0], { state: "MASTER", counters: { becomeMaster: 1 } });
  t.ok(instances[0]!.counters.sendErrors >= 4, "each is counted");
  t.equal(
    daemon.lines.filter(({ text }) => text.includes("an advert on ens3 failed: ENOBUFS")).length,
    1,
    "said once a minute",
  );
});

t.test(
  "without any address a master gives way, and takes part again once the kernel takes one",
  async (t) => {
    const nodes = await Nodes.create(t);
    const host = nodes.host("a");
    const faults = "/run/vrrpd/faults";
    const daemon = nodes.start("a", { LD_PRELOAD: preloadedLibrary(t), FAULTS: faults });
    await untilMaster(daemon);
    await host.writeFile(faults, String(ENOBUFS));
    await host.ok(["ip", "address", "del", `${VIP}/32`, "dev", "ens3"]);
    const status = await nodes.untilState("a", "FAULT");
    t.match(status.instances[0], { reason: "the kernel takes none of its addresses (ENOBUFS)" });
    t.equal(status.problems[0]!.code, "addresses-refused");
    t.ok(status.instances[0]!.counters.addressesRefusedByErrno.ENOBUFS! > 0, "counted by errno");
    await host.ok(["rm", faults]);
    await until(() => host.hasAddress(VIP), { what: "the address to be back", timeoutMs: 60_000 });
    await nodes.untilState("a", "MASTER");
  },
);

/** The library that makes sending fail, compiled for this test. */
function preloadedLibrary(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const library = join(folder, "faults.so");
  const source = fileURLToPath(new URL("./programs/faults.c", import.meta.url));
  execFileSync("cc", ["-shared", "-fPIC", "-o", library, source]);
  return library;
}

/** What becomes of the log; the daemon writes all that it can, so that what does not take it is full soon. */
const READERS = {
  "a full disk":
    "mkdir -p /run/small; mount -t tmpfs -o size=8k none /run/small; exec $VRRPD > /run/small/log",
  "a closed pipe": "($VRRPD; true) | head -n 1",
  "a stopped reader": "($VRRPD; true) | sh -c 'kill -STOP $$; cat > /dev/null'",
};

for (const [what, command] of Object.entries(READERS)) {
  t.test(`${what} behind standard output: adverts stay on time`, async (t) => {
    const lan = await lanOf(t, { a: { addresses: ["192.0.2.40/24"] } });
    const host = lan.host("a");
    const capture = await lan.capture();
    const env = {
      ...ENVIRONMENT,
      OPENSHIFT_HA_VIRTUAL_IPS: VIP,
      VRRPD_LOG_LEVEL: "trace",
      VRRPD: `${VRRPD.join(" ")} --config env`,
    };
    const shell = host.start(["sh", "-c", command], { env, name: what });
    await until(() => host.hasAddress(VIP), { what: "the address", timeoutMs: 30_000 });
    const status = () => statusOf(host);
    const { pid } = await status();
    const from = Date.now() * 1000;
    // SIGUSR1 makes it write: until it holds as much as it may, after the pipe or the disk has taken what it takes.
    const writing = setInterval(() => process.kill(pid, "SIGUSR1"), 1);
    const lost = async () => (await status()).lostLogLines > 0;
    try {
      await until(lost, { what: "lines to be lost", timeoutMs: 60_000, intervalMs: 500 });
    } finally {
      clearInterval(writing);
    }
    await capture.waitFor(advert({ from: "a", afterMicros: from + 5 * SECOND }), { timeoutMs: 20_000 });
    const times = capture.adverts({ from: "a", afterMicros: from }).map(({ atMicros }) => atMicros);
    const gaps = times.slice(1).map((at, position) => at - times[position]!);
    t.comment(`adverts every second: at most ${(Math.max(...gaps) - SECOND) / 1000} ms late`);
    t.ok(Math.max(...gaps) < 2 * SECOND, "no advert was held up by it");
    t.ok(shell.running);
    t.match(await status(), { pid, instances: [{ state: "MASTER", counters: { becomeMaster: 1 } }] });
    if (what !== "a full disk") return;
    await host.ok(["sh", "-c", ": > /run/small/log"]);
    process.kill(pid, "SIGUSR1");
    const recovered = () => host.run(["grep", "-c", "SIGUSR1", "/run/small/log"]);
    await until(async () => Number((await recovered()).stdout) > 0, {
      what: "lines again",
      timeoutMs: 20_000,
    });
  });
}
