/** What the tests of a hostile host have in common: watching addresses, loading the machine, counting descriptors. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { COMMON_ENVIRONMENT, type Environment } from "../lab/environment.js";
import {
  type Capture,
  createLan,
  type Host,
  type HostProcess,
  type Lan,
  type LanDescription,
  until,
} from "../netns/index.js";

export const SECOND = 1_000_000;

const PROGRAMS = fileURLToPath(new URL("./programs", import.meta.url));

/** Whether this machine lets its user have real-time scheduling; a user namespace has no say in it. */
export const MAY_REALTIME = spawnSync("chrt", ["--rr", "10", "true"]).status === 0;

/** A daemon by itself: the environment that every test of this folder begins with. */
export const ENVIRONMENT: Environment = { ...COMMON_ENVIRONMENT, OPENSHIFT_HA_PREEMPTION: "preempt" };

export interface Teardown {
  teardown(handler: () => Promise<void>): void;
}

/** Removed with the test. */
export async function lanOf(t: Teardown, hosts: LanDescription["hosts"]): Promise<Lan> {
  const lan = await createLan({ interface: "ens3", hosts });
  t.teardown(() => lan.destroy());
  return lan;
}

export function startDaemon(host: Host, env: Environment, before: readonly string[] = []): HostProcess {
  return startVrrpd(host, { ...ENVIRONMENT, ...env }, [...before, ...VRRPD]);
}

/** Resolves when the daemon says that it became master, so many times. */
export async function untilMaster(daemon: HostProcess, instances = 1): Promise<void> {
  for (let seen = 0, after = 0; seen < instances; seen += 1) {
    const line = await daemon.waitForLine(/Entering MASTER STATE/, { timeoutMs: 60_000, after });
    after = daemon.lines.indexOf(line) + 1;
  }
}

/** Returns when a host has made the announcements of becoming master, which go on for six seconds. */
export async function untilAnnounced(capture: Capture, from: string, sender: string): Promise<void> {
  const isOver = () => {
    const times = capture.arps({ from, sender, gratuitous: true }).map(({ atMicros }) => atMicros);
    const [first, last] = [times[0], times.at(-1)];
    if (first === undefined || last === undefined) return false;
    // Those that are late are left out, so they cannot be counted.
    return last - first > 4.5 * SECOND && Date.now() * 1000 - last > 1.5 * SECOND;
  };
  await until(isOver, { what: `the announcements of ${from}`, timeoutMs: 30_000 });
}

export interface AddressEvent {
  /** When `ip monitor` read it: wall clock. At once where it may be real-time, however busy the machine is. */
  readonly atMicros: number;
  readonly removed: boolean;
}

/** Every RTM_NEWADDR and RTM_DELADDR of a host, as its other listeners see them. */
export class AddressMonitor {
  private constructor(private readonly process: HostProcess) {}

  static async start(host: Host): Promise<AddressMonitor> {
    const scheduling = MAY_REALTIME ? ["chrt", "--rr", "20"] : [];
    const process = host.start([...scheduling, "ip", "-oneline", "-tshort", "monitor", "address"]);
    const monitor = new AddressMonitor(process);
    // It says nothing when it listens; so something is done until it tells of it.
    for (let try_ = 0; monitor.of("127.0.0.99").length === 0; try_ += 1) {
      if (try_ > 200) throw new Error("ip monitor does not tell of an address");
      await host.run(["ip", "address", "replace", "127.0.0.99/32", "dev", "lo"]);
      await host.run(["ip", "address", "del", "127.0.0.99/32", "dev", "lo"]);
    }
    return monitor;
  }

  /** In order. @param address without prefix length */
  of(address: string): AddressEvent[] {
    return this.process.lines.flatMap(({ text }) => {
      if (!text.includes(` ${address}/`)) return [];
      const at = /^\[([^\]]+)\.(\d{6})\] (Deleted )?/.exec(text)!;
      const atMicros = Date.parse(`${at[1]}`) * 1000 + Number(at[2]);
      return [{ atMicros, removed: at[3] !== undefined }];
    });
  }
}

/** User and system time of a process, in seconds. */
export function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/**
 * Busy loops of this machine, which end with the host's LAN or with the function that is returned; that tells how many
 * seconds of processor time they had.
 */
export function loadMachine(host: Host, loops: number): () => Promise<number> {
  const busy = Array.from({ length: loops }, () => host.start(["sh", "-c", "while :; do :; done"]));
  return async () => {
    const seconds = busy.reduce((sum, { pid }) => sum + processorSeconds(pid), 0);
    for (const loop of busy) loop.kill("SIGKILL");
    await Promise.all(busy.map((loop) => loop.exited));
    return seconds;
  };
}

/** What they lead to, sorted, without the numbers that differ each time. */
export function openDescriptors(pid: number): string[] {
  const leads = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`).replace(/\[\d+\]/, "")];
    } catch {
      return []; // Closed since.
    }
  });
  return leads.sort();
}

/** Those that a process has all the time: what it opens for a moment is over when they stay the same for a second. */
export async function settledDescriptors(pid: number): Promise<string[]> {
  let seen = openDescriptors(pid).join();
  let since = performance.now();
  const isSettled = () => {
    const now = openDescriptors(pid).join();
    if (now !== seen) since = performance.now();
    seen = now;
    return performance.now() - since > 1_000;
  };
  await until(isSettled, { what: "the descriptors to stay the same", timeoutMs: 30_000 });
  return openDescriptors(pid);
}

export interface SpeakerOptions {
  readonly source: string;
  readonly virtualRouterId: number;
  readonly priority: number;
  readonly addresses: readonly string[];
  readonly intervalSeconds?: number;
}

/** Something that advertises, whatever it hears. */
export function startSpeaker(host: Host, options: SpeakerOptions): HostProcess {
  const command = [process.execPath, `${PROGRAMS}/speaker.mjs`, JSON.stringify(options)];
  return host.start(command, { name: `speaker on ${host.name}` });
}

/** Lines of the log, which is JSON, with this code. */
export function logged(daemon: HostProcess, code: string): Record<string, unknown>[] {
  return daemon.lines.flatMap(({ text }) => {
    if (!text.includes(`"code":"${code}"`)) return [];
    return [JSON.parse(text) as Record<string, unknown>];
  });
}

/** Lines of the log that tell of a transition. */
export function entering(daemon: HostProcess): HostProcess["lines"] {
  return daemon.lines.filter(({ text }) => text.includes("Entering "));
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, position) => first + position);
}
