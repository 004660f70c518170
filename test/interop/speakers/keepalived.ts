/** Keepalived, its VRRP part alone. */
import type { CapturedFrame, Host, HostProcess } from "../../netns/index.js";
import { type KeepalivedConf, renderKeepalivedConf } from "./keepalived-conf.js";
import { findProgram } from "./programs.js";
import type { Group, Speaker } from "./speaker.js";

export interface KeepalivedOptions {
  readonly priority: number;
  /** Words of its configuration. Default: it preempts at once. */
  readonly preemption?: string;
  readonly unicastPeers?: readonly string[];
  readonly password?: string | null;
}

export function keepalived(options: KeepalivedOptions): (host: Host, group: Group) => Keepalived {
  return (host, group) => new Keepalived(host, confOf(group, host, options), options.priority);
}

const CONF_FILE = "/run/keepalived/keepalived.conf";
const PARENT_PID_FILE = "/run/keepalived.pid";
const VRRP_PID_FILE = "/run/vrrp.pid";

export class Keepalived implements Speaker {
  readonly kind = "keepalived";
  readonly virtualInterface = null;
  readonly losesFirstAdvert = false;
  private process: HostProcess | null = null;
  private vrrpPid = 0;

  constructor(
    readonly host: Host,
    private readonly conf: KeepalivedConf,
    readonly priority: number,
  ) {}

  async start(): Promise<number> {
    const { path, env } = findProgram("usr/sbin/keepalived");
    await this.host.writeFile(CONF_FILE, renderKeepalivedConf(this.conf));
    const files = ["-f", CONF_FILE, "-p", PARENT_PID_FILE, "-r", VRRP_PID_FILE];
    const command = [path, "--dont-fork", "--log-console", "--log-detail", "--vrrp", ...files];
    this.process = this.host.start(command, { env, name: `keepalived on ${this.host.name}` });
    const entered = await this.process.waitForLine(/Entering BACKUP STATE/, { timeoutMs: 30_000 });
    this.vrrpPid = Number(await this.host.ok(["cat", VRRP_PID_FILE]));
    return entered.atMicros;
  }

  /** The parent would start another child, and a child that loses its parent says goodbye: first it stands still. */
  async kill(): Promise<void> {
    this.process!.freeze();
    process.kill(this.vrrpPid, "SIGKILL");
    this.process!.kill("SIGKILL");
    await this.process!.exited;
    // What a crashed machine has not either, when it comes up again.
    await this.host.ok(["rm", "-f", PARENT_PID_FILE, VRRP_PID_FILE]);
  }

  async stop(): Promise<void> {
    await this.process!.stop();
  }

  get output(): string {
    return this.process?.output ?? "";
  }

  sent(frame: CapturedFrame): boolean {
    return frame.from === this.host.name;
  }
}

function confOf(group: Group, host: Host, options: KeepalivedOptions): KeepalivedConf {
  const { password = group.password, priority, preemption, unicastPeers } = options;
  return {
    version: group.version,
    instances: [
      {
        name: "peer",
        interface: host.interface,
        virtualRouterId: group.virtualRouterId,
        priority,
        intervalSeconds: group.intervalSeconds,
        password,
        virtualAddresses: [group.virtualAddress],
        ...(preemption ? { preemption } : {}),
        ...(unicastPeers ? { unicastPeers } : {}),
      },
    ],
  };
}
