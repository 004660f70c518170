/**
 * Keepalived 2.2.7 and vrrpd run one file in which processes are tracked, and say the same, one after the other. vrrpd is
 * in a network namespace of its own and goes through /proc; Keepalived begins in the first one, where the kernel tells of
 * processes. Where it may not be asked, as in a user namespace, what Keepalived said elsewhere is compared.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { tellsOfProcesses } from "../../src/host/processes/events.js";
import { findProgram } from "../lab/daemons/programs.js";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { createLan, type Host, until } from "../netns/index.js";

const FILE = "/etc/keepalived/keepalived.conf";
const ADVERT_SECONDS = 0.2;

const folder = mkdtempSync(join(tmpdir(), "tracked-"));
/** The kernel's name of both programs: nobody else has it. */
const NAME = `p${process.pid}`;
const PROGRAM = join(folder, NAME);
copyFileSync("/bin/sleep", PROGRAM);
/** Forks for each line that it reads. */
const SHELL = join(folder, `s${process.pid}`);
copyFileSync("/bin/sh", SHELL);

/** By name, what stands in its block. */
const PROCESSES: Readonly<Record<string, string>> = {
  one: `process ${NAME}`,
  two: `process ${NAME}\n quorum 2`,
  three: `process ${NAME}\n quorum 3`,
  most: `process ${NAME}\n quorum_max 1`,
  none: `process ${NAME}\n quorum_max 0`,
  exact: `process ${PROGRAM} 1000`,
  initial: `process ${PROGRAM} 10\n param_match initial`,
  partial: `process ${PROGRAM} 1000\n param_match partial`,
  bare: `process ${PROGRAM}\n param_match`,
  whole: `process ${PROGRAM}\n full_command`,
  late: `process ${NAME}\n terminate_delay 1.5`,
  forked: `process ${SHELL.split("/").at(-1)}\n quorum 2\n fork_delay 1.5\n weight 30 reverse`,
};

/** What each instance tracks, and what it says; the last four are two sync groups, of which the second has weights. */
const INSTANCES: readonly (readonly [tracks: readonly string[], said: string])[] = [
  [["one weight 1", "two weight 2", "three weight 4"], "100 101 103 107 103 100"],
  [["two weight -20"], "80 100 80"],
  [["most weight 5"], "100 105 100"],
  [["none"], "100 0 100"],
  [["exact weight 7"], "100 107 100"],
  [["initial weight 3"], "100 103 100"],
  [["partial weight -4 reverse"], "104 100 104"],
  [["bare weight 50"], "100"],
  [["whole weight 6 odd"], "100 106 100"],
  [["one weight 0 reverse"], "100 0 100"],
  [["late weight 10"], "100 110 100"],
  [["forked"], "100 70 100"],
  [["one weight 9"], "100 109 100"],
  [[], "100"],
  [["one weight 2 reverse"], "100 92 100"],
  [[], "100 108 100"],
];

const TEXT = [
  ...Object.entries(PROCESSES).map(([name, lines]) => `vrrp_track_process ${name} {\n ${lines}\n}`),
  "vrrp_sync_group G {\n group {\n  V13\n  V14\n }\n}",
  "vrrp_sync_group H {\n group {\n  V15\n  V16\n }\n sync_group_tracking_weight\n track_process {\n  one weight 8\n }\n}",
  ...INSTANCES.map(
    ([tracks], index) => `vrrp_instance V${index + 1} {
 interface ens3
 virtual_router_id ${index + 1}
 priority 100
 version 3
 advert_int ${ADVERT_SECONDS}
 virtual_ipaddress {
  198.51.100.${index + 1}/32
 }
 track_process {
${tracks.map((track) => `  ${track}\n`).join("")} }
}`,
  ),
  "",
].join("\n");

const running: ChildProcess[] = [];
function run(file: string, ...args: string[]): ChildProcess {
  const child = spawn(file, args, { stdio: ["pipe", "ignore", "ignore"], detached: true });
  running.push(child);
  return child;
}

/** With what they have forked. */
function endAll(): void {
  for (const { pid, exitCode, signalCode } of running)
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGKILL");
}

t.test("processes that begin, fork and end", async (t) => {
  const hasOracle = tellsOfProcesses();
  const lan = await createLan({
    interface: "ens3",
    isolated: true,
    privateDirectories: ["/etc/keepalived", "/run/vrrpd", "/run/netns"],
    hosts: { theirs: { addresses: ["192.0.2.1/24"] }, ours: { addresses: ["192.0.2.2/24"] } },
  });
  t.teardown(async () => {
    endAll();
    await lan.destroy();
    rmSync(folder, { recursive: true });
  });
  const capture = await lan.capture();
  const names = hasOracle ? ["theirs", "ours"] : ["ours"];
  for (const name of names) await lan.host(name).writeFile(FILE, TEXT);
  if (hasOracle) await startKeepalived(lan.host("theirs"));
  startVrrpd(lan.host("ours"), {}, VRRPD, FILE);
  const saidBy = (from: string, id: number): number[] => {
    const said = capture.adverts({ from }).filter(({ advert }) => advert.virtualRouterId === id);
    return said
      .map(({ advert }) => advert.priority)
      .filter((priority, index, all) => priority !== all[index - 1]);
  };
  const reach = async (id: number, priority: number) => {
    const what = `priority ${priority} of V${id}`;
    await until(() => names.every((name) => saidBy(name, id).at(-1) === priority), {
      what,
      timeoutMs: 60_000,
    });
    await new Promise((resolve) => setTimeout(resolve, 7 * ADVERT_SECONDS * 1000));
  };
  await reach(1, 100);
  const first = run(PROGRAM, "1000");
  await reach(1, 101);
  run(PROGRAM, "1000", "5");
  await reach(1, 103);
  run(PROGRAM, "900");
  await reach(1, 107);
  first.kill("SIGKILL");
  await reach(1, 103);
  const shell = run(SHELL, "-c", "read a; (/bin/sleep 1000; :) & wait");
  shell.stdin!.write("fork\n");
  await reach(12, 70);
  endAll();
  await reach(1, 100);
  await reach(11, 100);
  for (const [index, [tracks, said]] of INSTANCES.entries())
    for (const name of names)
      t.equal(saidBy(name, index + 1).join(" "), said, `V${index + 1} of ${name}: ${tracks.join(", ")}`);
});

/** From the first network namespace it goes over to that of its host, and takes along where the kernel tells of processes. */
async function startKeepalived(host: Host): Promise<void> {
  const { path, env } = findProgram("usr/sbin/keepalived");
  await host.ok(["sh", "-c", "touch /run/netns/own && mount --bind /proc/self/ns/net /run/netns/own"]);
  const pids = ["-p", "/run/keepalived.pid", "-r", "/run/vrrp.pid"];
  const command = [path, "--dont-fork", "--log-console", "--vrrp", "-f", FILE, ...pids];
  host.start(["nsenter", `--net=/proc/${process.pid}/ns/net`, ...command, "--namespace=own"], { env });
}
