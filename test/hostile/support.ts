/** What the tests of a hostile host have in common: watching addresses, loading the machine, counting descriptors. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { VRRPD } from "../daemon/nodes.js";
import { createLan, type Host, type HostProcess, type Lan, type LanDescription } from "../netns/index.js";

export const SECOND = 1_000_000;

const PROGRAMS = fileURLToPath(new URL("./programs", import.meta.url));

export type Environment = Readonly<Record<string, string>>;

/** A daemon by itself: the environment that every test of this folder begins with. */
export const ENVIRONMENT: Environment = {
  OPENSHIFT_HA_CONFIG_NAME: "ipfailover",
  OPENSHIFT_HA_NETWORK_INTERFACE: "ens3",
  OPENSHIFT_HA_MONITOR_PORT: "0",
  OPENSHIFT_HA_VRRP_ID_OFFSET: "0",
  OPENSHIFT_HA_PREEMPTION: "preempt",
};

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
  const name = `vrrpd on ${host.name}`;
  return host.start([...before, ...VRRPD, "--config", "env"], { env: { ...ENVIRONMENT, ...env }, name });
}

/** Resolves when the daemon says that it became master, so many times. */
export async function untilMaster(daemon: HostProcess, instances = 1): Promise<void> {
  for (let seen = 0, after = 0; seen < instances; seen += 1) {
    const line = await daemon.waitForLine(/Entering MASTER STATE/, { timeoutMs: 60_000, after });
    after = daemon.lines.indexOf(line) + 1;
  }
}

export interface AddressEvent {
  /** When `ip monitor` read it: wall clock. */
  readonly atMicros: number;
  readonly removed: boolean;
}

/** Every RTM_NEWADDR and RTM_DELADDR of a host, as its other listeners see them. */
export class AddressMonitor {
  private constructor(private readonly process: HostProcess) {}

  static async start(host: Host): Promise<AddressMonitor> {
    const process = host.start(["ip", "-oneline", "-tshort", "monitor", "address"]);
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

/** Busy loops of this machine, which end with the host's LAN or with the function that is returned. */
export function loadMachine(host: Host, loops: number): () => Promise<void> {
  const busy = Array.from({ length: loops }, () => host.start(["sh", "-c", "while :; do :; done"]));
  return async () => {
    for (const loop of busy) loop.kill("SIGKILL");
    await Promise.all(busy.map((loop) => loop.exited));
  };
}

export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
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

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, position) => first + position);
}
