/**
 * Two nodes and an attacker on one LAN. The daemons have a core of their own; whatever attacks them, and this process,
 * share another one, so that what is measured is the daemon's own weakness and not the machine's.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { StatusDocument } from "../../src/daemon/status/types.js";
import { MAY_REALTIME } from "../hostile/support.js";
import { ROOT, startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { COMMON_ENVIRONMENT, type Environment, VIP } from "../lab/environment.js";
import { statusOf } from "../lab/status.js";
import {
  advert,
  type Capture,
  createLan,
  type Host,
  type HostDescription,
  type HostProcess,
  type Lan,
  until,
} from "../netns/index.js";

export const PROGRAMS = `${ROOT}/test/attack/programs`;
export const INTERFACE = "ens3";
export const ADDRESSES = { a: "192.0.2.40", b: "192.0.2.41", attacker: "192.0.2.99" } as const;
export const PRIORITIES = { a: 200, b: 100 } as const;
export const VIRTUAL_ROUTER_ID = 1;
const NAME = "attacked";

export type NodeName = "a" | "b";

const [DAEMON_CORE, ATTACKER_CORE] = cores();
/**
 * On the attackers' core those who watch come first. Not this process, which started the others: the kernel lets a parent
 * that takes its child off the list wait, spinning, for threads of it that are not quite gone (`shrink_dcache_parent`). Where
 * those have less real-time priority and the same core, they never run again, and the parent spins for ever.
 */
const [DAEMON_PRIORITY, WATCHER_PRIORITY, ATTACKER_PRIORITY] = [2, 2, 1];
const OWN_PRIORITY = ATTACKER_PRIORITY;

const BASE: Environment = {
  ...COMMON_ENVIRONMENT,
  OPENSHIFT_HA_CONFIG_NAME: NAME,
  OPENSHIFT_HA_VIRTUAL_IPS: VIP,
  OPENSHIFT_HA_PREEMPTION: "preempt_delay 0",
};

export interface SiteOptions {
  readonly environment?: Environment;
  /** Default 1. */
  readonly intervalSeconds?: number;
  /** Beside a, b and attacker. */
  readonly hosts?: Readonly<Record<string, HostDescription>>;
}

export class Site {
  private readonly anchors = new Map<string, number>();

  private constructor(
    readonly lan: Lan,
    /** What a sends, whatever the others do. */
    readonly captures: Readonly<Record<NodeName, Capture>>,
    readonly intervalSeconds: number,
    private readonly environment: Environment,
  ) {}

  /** Runs `work` on a fresh site, and removes it whatever happens. */
  static async with<T>(options: SiteOptions, work: (site: Site) => Promise<T>): Promise<T> {
    takeCore();
    const host = (address: string): HostDescription => ({ addresses: [`${address}/24`] });
    const { a, b, attacker } = ADDRESSES;
    const hosts = { a: host(a), b: host(b), attacker: host(attacker), ...options.hosts };
    const lan = await createLan({ interface: INTERFACE, hosts });
    try {
      const captures = { a: await captureOf(lan, { from: "a" }), b: await captureOf(lan, { from: "b" }) };
      const { intervalSeconds = 1, environment = {} } = options;
      return await work(new Site(lan, captures, intervalSeconds, { ...BASE, ...environment }));
    } finally {
      await lan.destroy();
    }
  }

  /** Everything, or what one host sends. */
  capture(options: { from?: string } = {}): Promise<Capture> {
    return captureOf(this.lan, options);
  }

  get intervalMicros(): number {
    return this.intervalSeconds * 1e6;
  }

  host(name: string): Host {
    return this.lan.host(name);
  }

  /** @param wrapper programs that become it */
  daemon(name: string, environment: Environment = {}, wrapper: readonly string[] = []): HostProcess {
    const env = {
      VRRPD_PRIORITY: String(PRIORITIES[name as NodeName] ?? 50),
      VRRPD_ADVERT_INTERVAL: String(this.intervalSeconds),
      ...this.environment,
      ...environment,
    };
    const own = [...withPriority(DAEMON_PRIORITY), "taskset", "-c", String(DAEMON_CORE), ...wrapper];
    return startVrrpd(this.host(name), env, [...own, ...VRRPD]);
  }

  /** Both, in the state that their priorities say, and calm: rehearsals and announcements are over. */
  async pair(environment: Environment = {}): Promise<Record<NodeName, HostProcess>> {
    const a = this.daemon("a", environment);
    await this.untilHeld("a");
    const b = this.daemon("b", environment);
    await until(async () => (await this.status("b")).instances.every(({ state }) => state === "BACKUP"), {
      what: "BACKUP on b",
      timeoutMs: 30_000,
    });
    await this.untilCalm("a");
    return { a, b };
  }

  /** Returns when this node holds the address and has advertised. */
  async untilHeld(name: NodeName, address = VIP): Promise<void> {
    await this.captures[name].waitFor(advert({ from: name }), {
      what: `a master on ${name}`,
      timeoutMs: 60_000,
    });
    await until(() => this.holds(name, address), { what: `${address} on ${name}`, timeoutMs: 30_000 });
  }

  /** Returns some adverts after the announcements of a new master, which take six seconds, have begun. */
  async untilCalm(name: NodeName): Promise<void> {
    const first = this.captures[name].adverts({ from: name })[0]!.atMicros;
    await this.captures[name].waitFor(advert({ from: name, afterMicros: first + 6.5e6 }), {
      timeoutMs: 30_000,
    });
  }

  /** What the daemon on this host says of itself. */
  status(name: string): Promise<StatusDocument> {
    return statusOf(this.host(name));
  }

  /** Whether the kernel of this host has the address, as `ip address` would show it. */
  holds(name: string, address = VIP): boolean {
    return this.host(name).answersFor(address);
  }

  /** A process in the host that lives as long as it: a way to its files below /proc. */
  anchor(name: string): number {
    const known = this.anchors.get(name);
    if (known !== undefined) return known;
    const { pid } = this.host(name).start(["sleep", "infinity"]);
    this.anchors.set(name, pid);
    return pid;
  }

  /** A program of the attackers'. Returns when it says "ready". @param before programs that become it */
  program(name: string, file: string, options: object, before: readonly string[] = []): Promise<HostProcess> {
    return this.started(name, file, options, [...withPriority(ATTACKER_PRIORITY), ...before]);
  }

  /** A program that measures: whatever it waits for is not the attackers' part in its core. */
  watcher(name: string, file: string, options: object): Promise<HostProcess> {
    return this.started(name, file, options, withPriority(WATCHER_PRIORITY));
  }

  private async started(
    name: string,
    file: string,
    options: object,
    before: readonly string[],
  ): Promise<HostProcess> {
    const interpreter = file.endsWith(".pl") ? "perl" : process.execPath;
    const command = [...before, interpreter, `${PROGRAMS}/${file}`, JSON.stringify(options)];
    const started = this.host(name).start(command, { name: `${file} on ${name}` });
    await started.waitForLine(/^ready/, { timeoutMs: 60_000 });
    return started;
  }
}

/** Two that this process may use, or one twice. */
function cores(): [daemon: number, attacker: number] {
  const list = /^Cpus_allowed_list:\s+(\S+)/m.exec(readFileSync("/proc/self/status", "latin1"))![1]!;
  const numbers = list.split(",").flatMap((part) => {
    const [first, last] = part.split("-").map(Number) as [number, number | undefined];
    return Array.from({ length: (last ?? first) - first + 1 }, (_, position) => first + position);
  });
  return [numbers[0]!, numbers[1] ?? numbers[0]!];
}

/**
 * This process, and what it starts: on the attackers' core, and ahead of what else the machine does. An attack on a busy
 * machine would say little about the daemon; where it is not permitted the figures say that the machine was busy.
 */
function takeCore(): void {
  spawnSync("taskset", ["-cp", String(ATTACKER_CORE), String(process.pid)]);
  setPriority(process.pid, OWN_PRIORITY);
}

/** The recorder is one who watches. */
async function captureOf(lan: Lan, options: { from?: string }): Promise<Capture> {
  const capture = await lan.capture(options);
  setPriority(capture.pid, WATCHER_PRIORITY);
  return capture;
}

function setPriority(pid: number, priority: number): void {
  if (MAY_REALTIME) spawnSync("chrt", ["--rr", "-p", String(priority), String(pid)]);
}

function withPriority(priority: number): string[] {
  return MAY_REALTIME ? ["chrt", "--rr", String(priority)] : [];
}
