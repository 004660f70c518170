import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import t from "tap";
import { until } from "./index.js";

const PROGRAM = fileURLToPath(new URL("./fixtures/abandoned.ts", import.meta.url));

interface Told {
  /** The network namespaces of the two hosts. */
  readonly networks: string[];
  /** A process whose parent-death signal nobody set. */
  readonly orphan: number;
  /** All processes that the program started, directly or not. */
  readonly processes: number[];
  /** Since the machine's start, as far as it had been told by then. */
  readonly toldAtSeconds: number;
}

/** In which the kernel counts the time at which a process was started. */
const TICKS_PER_SECOND = 100;
const START_TIME = 22;

async function startLab(mode: string): Promise<{ child: ChildProcess; told: Told }> {
  const child = spawn(process.execPath, [...process.execArgv, PROGRAM, mode], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  const line = await until(() => /\{.*\}/.exec(said)?.[0], {
    what: "the program to make its LAN",
    timeoutMs: 30_000,
  });
  const toldAtSeconds = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  return { child, told: { ...JSON.parse(line), toldAtSeconds } as Told };
}

/** Of those processes, the ones that live; zombies do not. */
function living(pids: readonly number[]): number[] {
  return pids.filter((pid) => {
    try {
      return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
      return false;
    }
  });
}

/**
 * Every process of this machine that is in one of the networks. Not those that are younger than the LAN: the kernel gives
 * the number of a namespace that is gone to the next one, which may be anybody's.
 */
function inside({ networks, toldAtSeconds }: Told): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      if (!/^\d+$/.test(pid) || !networks.includes(readlinkSync(`/proc/${pid}/ns/net`))) return false;
      return startedAtSeconds(pid) <= toldAtSeconds;
    } catch {
      return false;
    }
  });
}

/** Since the machine's start (proc_pid_stat(5)). */
function startedAtSeconds(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The program's name, the second field, may have spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[START_TIME - 3]) / TICKS_PER_SECOND;
}

async function expectNothingLeft(t: Tap, told: Told): Promise<void> {
  const gone = () => inside(told).length === 0 && living(told.processes).length === 0;
  await until(gone, { what: "every process of the LAN to be gone" });
  const mounts = readFileSync("/proc/self/mountinfo", "utf8");
  t.notOk(
    told.networks.some((network) => mounts.includes(network)),
    "no mount keeps a namespace",
  );
}
type Tap = typeof t;

t.test("destroy ends everything, orphans too", async (t) => {
  const { child, told } = await startLab("--destroy");
  const code = await new Promise((resolve) => child.once("exit", resolve));
  t.equal(code, 0, "and nothing keeps the program from ending");
  t.strictSame(living(told.processes), [], "not one is left when destroy returns");
  t.strictSame(inside(told), []);
});

t.test("SIGTERM of a program that does not destroy its LAN leaves nothing", async (t) => {
  const { child, told } = await startLab("--wait");
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("exit", resolve));
  await expectNothingLeft(t as Tap, told);
});

t.test("SIGKILL of the program leaves nothing: no holder, no daemon, no orphan, no namespace", async (t) => {
  const { child, told } = await startLab("--wait");
  t.ok(
    told.processes.length >= 7,
    `${told.processes.length} processes, the frozen and the stubborn among them`,
  );
  t.strictSame(living([told.orphan]), [told.orphan]);
  t.ok(inside(told).length >= 5);
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("exit", resolve));
  await expectNothingLeft(t as Tap, told);
});
