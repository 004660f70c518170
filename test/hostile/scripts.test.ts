/** Scripts that misbehave: adverts stay on time, nothing is left behind, and the log names what was wrong. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import t from "tap";
import { Nodes } from "../lab/nodes.js";
import { type Host, type HostProcess, until } from "../netns/index.js";
import { SECOND, untilMaster } from "./support.js";

t.jobs = 3;

const FOLDER = "/etc/keepalive";
const SCRIPT = `${FOLDER}/check.sh`;
const SOURCE = readFileSync(fileURLToPath(new URL("./programs/check.sh", import.meta.url)), "utf8");
/** Seconds that nobody else sleeps: by them the processes of a test are found. */
const marks = { each: `${process.pid}.1`, both: `${process.pid}.2` };

/** What the log must say once the script does this. */
const CASES: readonly (readonly [mode: string, said: RegExp])[] = [
  ["fails", /check script is failing: exited with code 7: the service is broken/],
  ["hangs", /check script is failing: timed out after 0\.5 s/],
  ["ignores-term", /check script is failing: timed out after 0\.5 s/],
  ["forks", /check script is failing: timed out after 0\.5 s/],
  ["floods", /check script is failing: (timed out after 0\.5 s|exited with code 3)/],
  ["crashes", /check script is failing: ended by SIGSEGV/],
];

/** Processes, by their parents and by a word of their command line. */
function processes(): { pid: number; parent: number; state: string; command: string }[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [, state, parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${name}/stat`, "latin1"))!;
      const command = readFileSync(`/proc/${name}/cmdline`, "latin1").replaceAll("\0", " ");
      return [{ pid: Number(name), parent: Number(parent), state: state!, command }];
    } catch {
      return [];
    }
  });
}

const zombiesOf = (daemon: HostProcess) =>
  processes().filter(({ parent, state }) => parent === daemon.pid && state === "Z");
const leftBehind = (mark: string) => processes().filter(({ command }) => command.includes(`sleep ${mark}`));

function residentKilobytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))![1]);
}

const setMode = (host: Host, mode: string) => host.writeFile(`${FOLDER}/mode`, mode);

t.test("each way to misbehave is named in the log, and leaves neither zombies nor orphans", async (t) => {
  const nodes = await Nodes.create(t, {
    OPENSHIFT_HA_CHECK_SCRIPT: `${SCRIPT} ${marks.each}`,
    OPENSHIFT_HA_CHECK_INTERVAL: "0.5",
  });
  const host = nodes.host("a");
  await host.writeFile(SCRIPT, SOURCE, 0o755);
  await setMode(host, "ok");
  const daemon = nodes.start("a");
  await untilMaster(daemon);
  const before = residentKilobytes(daemon.pid);
  const expect = async (what: string, said: RegExp) => {
    const line = await daemon.waitForLine(said, { after: printed, timeoutMs: 30_000 });
    t.match(line.text, said, what);
    await daemon.waitForLine(/Entering FAULT STATE/, { after: printed });
  };
  const recover = async () => {
    await host.writeFile(SCRIPT, SOURCE, 0o755);
    await setMode(host, "ok");
    await daemon.waitForLine(/check script is passing/, { after: printed, timeoutMs: 30_000 });
  };
  let printed = daemon.lines.length;
  for (const [mode, said] of CASES) {
    await setMode(host, mode);
    await expect(mode, said);
    // Only this one lives long enough to be seen for sure; it shows that the others are looked for rightly.
    if (mode === "ignores-term")
      await until(() => leftBehind(marks.each).length > 0, { what: "its process", timeoutMs: 60_000 });
    await recover();
    await until(() => leftBehind(marks.each).length === 0, {
      what: `all of "${mode}" to be gone`,
      timeoutMs: 20_000,
    });
    printed = daemon.lines.length;
  }
  await host.ok(["rm", SCRIPT]);
  await expect("deleted", /check script is failing: \/etc\/keepalive\/check\.sh is missing/);
  await recover();
  printed = daemon.lines.length;
  await host.ok(["chmod", "-x", SCRIPT]);
  await expect("without its x bit", /check script is failing: \/etc\/keepalive\/check\.sh is not executable/);
  await recover();
  await until(() => zombiesOf(daemon).length === 0, { what: "no zombies" });
  const grown = residentKilobytes(daemon.pid) - before;
  t.ok(grown < 30_000, `memory stays flat: ${grown} KB more`);
});

t.test("while a check floods and hangs, adverts stay on time", async (t) => {
  const nodes = await Nodes.create(t, {
    OPENSHIFT_HA_CHECK_SCRIPT: `${SCRIPT} ${marks.both}`,
    OPENSHIFT_HA_CHECK_INTERVAL: "0.5",
    VRRPD_CHECK_FALL: "1000000",
    VRRPD_ADVERT_INTERVAL: "0.2",
  });
  const host = nodes.host("a");
  await host.writeFile(SCRIPT, SOURCE, 0o755);
  await setMode(host, "ok");
  const daemon = nodes.start("a");
  await untilMaster(daemon);
  nodes.start("b", { VRRPD_PRIORITY: "10", OPENSHIFT_HA_CHECK_SCRIPT: "" });
  await nodes.untilState("b", "BACKUP");
  const from = Date.now() * 1000;
  for (const mode of ["floods", "ignores-term", "floods", "forks"]) {
    await setMode(host, mode);
    const endsAt = Date.now() * 1000 + 2 * SECOND;
    await nodes.capture.waitFor((frame) => frame.atMicros > endsAt);
  }
  const times = nodes.capture.adverts({ from: "a", afterMicros: from }).map(({ atMicros }) => atMicros);
  const late = times.slice(1).map((at, position) => at - times[position]! - 0.2 * SECOND);
  t.comment(`adverts every 200 ms: at most ${Math.max(...late) / 1000} ms late`);
  t.ok(times.length > 30);
  t.strictSame(nodes.capture.adverts({ from: "b", afterMicros: from }), [], "no false takeover");
  t.match((await nodes.status("a")).instances[0], { state: "MASTER", counters: { becomeMaster: 1 } });
});

t.test("a notify script that hangs holds up neither the daemon nor its end nor STOP", async (t) => {
  const script = `${FOLDER}/notify.sh`;
  const nodes = await Nodes.create(t, { OPENSHIFT_HA_NOTIFY_SCRIPT: script });
  const host = nodes.host("a");
  await host.writeFile(
    script,
    `#!/bin/sh\necho "$3" >> ${FOLDER}/told\n[ "$3" = STOP ] || exec sleep 300\n`,
    0o755,
  );
  const daemon = nodes.start("a");
  await untilMaster(daemon);
  await host.cut();
  await daemon.waitForLine(/Entering FAULT STATE/);
  await host.heal();
  await daemon.waitForLine(/"from":"FAULT","to":"BACKUP"/);
  await nodes.untilHeldBy("a");
  t.equal((await host.ok(["cat", `${FOLDER}/told`])).trim(), "BACKUP", "one at a time, in order");
  const toldAt = daemon.kill("SIGTERM");
  t.strictSame(await daemon.exited, { code: 0, signal: null });
  t.ok(Date.now() * 1000 - toldAt < 5 * SECOND, "it does not wait for the script");
  t.match(daemon.output, /\(STOP\) is started beside .* \(BACKUP\), which still runs/);
  t.equal((await host.ok(["tail", "-n1", `${FOLDER}/told`])).trim(), "STOP");
});
