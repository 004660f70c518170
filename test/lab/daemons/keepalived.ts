/** Keepalived, its VRRP part alone. */
import { readFileSync } from "node:fs";
import type { Host } from "../../netns/index.js";
import { readAt, type Setup, SingleProcess, type Started } from "./daemon.js";
import { type KeepalivedConf, renderKeepalivedConf } from "./keepalived-conf.js";
import { findProgram } from "./programs.js";

/** What it reads. */
export const KEEPALIVED_FILE = "/run/keepalived/keepalived.conf";
const PARENT_PID_FILE = "/run/keepalived.pid";
const VRRP_PID_FILE = "/run/vrrp.pid";
const COMMAND = ["--dont-fork", "--log-console", "--vrrp"];
const FILES = ["-f", KEEPALIVED_FILE, "-p", PARENT_PID_FILE, "-r", VRRP_PID_FILE];
const CHECK = "service";

export class Keepalived extends SingleProcess {
  readonly kind = "keepalived";

  /** @param detailedLog it says all that it can */
  constructor(
    host: Host,
    private readonly conf: KeepalivedConf,
    private readonly detailedLog: boolean,
  ) {
    super(host);
  }

  /** The parent, which waits, and the child, which does the work. */
  get pids(): readonly number[] {
    const { pid } = this.process!;
    return [pid, ...childrenOf(pid)];
  }

  async start(): Promise<Started> {
    const { path, env } = findProgram("usr/sbin/keepalived");
    // What a crashed machine has not either, when it comes up again.
    await this.host.ok(["rm", "-f", PARENT_PID_FILE, VRRP_PID_FILE]);
    await this.host.writeFile(KEEPALIVED_FILE, renderKeepalivedConf(this.conf));
    const command = [path, ...COMMAND, ...(this.detailedLog ? ["--log-detail"] : []), ...FILES];
    const beganAtMicros = Date.now() * 1000;
    this.process = this.host.start(command, { env, name: `keepalived on ${this.host.name}` });
    const { length } = this.conf.instances;
    return { beganAtMicros, backupAtMicros: await readAt(this.process, /Entering BACKUP STATE/, length) };
  }

  /** The parent would start another child, and a child that loses its parent says goodbye: first it stands still. */
  async kill(): Promise<void> {
    const [, ...children] = this.pids;
    this.process!.freeze();
    for (const pid of children) process.kill(pid, "SIGKILL");
    this.process!.kill("SIGKILL");
    await this.ended();
  }
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1");
  return children.trim().split(" ").filter(Boolean).map(Number);
}

/** Its default configuration, but for what the setup says. @param on the interface */
export function confOf(setup: Setup, on: string): KeepalivedConf {
  const { version = 3, realtimePriority, check, preemption, unicastPeers, password = null } = setup;
  return {
    version,
    ...(realtimePriority ? { realtimePriority } : {}),
    ...(check ? { checks: [{ name: CHECK, command: check, intervalSeconds: 1 }] } : {}),
    instances: setup.routers.map(({ id, addresses }) => ({
      name: `router_${id}`,
      interface: on,
      virtualRouterId: id,
      priority: setup.priority,
      intervalSeconds: setup.intervalSeconds,
      password,
      virtualAddresses: addresses,
      ...(preemption ? { preemption } : {}),
      ...(unicastPeers ? { unicastPeers } : {}),
      ...(check ? { trackedChecks: [CHECK] } : {}),
    })),
  };
}
