/** Our daemon, built, in its default configuration but for what the group says. */
import { fileURLToPath } from "node:url";
import type { StatusDocument } from "../../../src/daemon/status/types.js";
import { statusOf } from "../../lab/status.js";
import type { CapturedFrame, Host, HostProcess } from "../../netns/index.js";
import type { Group, Speaker } from "./speaker.js";

const MAIN = fileURLToPath(new URL("../../../dist/bin/vrrpd.js", import.meta.url));
export const VRRPD = [MAIN];

export interface VrrpdOptions {
  readonly priority: number;
  /** Default `preempt`, as Keepalived and FRR are without further words. */
  readonly preemption?: string;
  readonly unicastPeers?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export function vrrpd(options: VrrpdOptions): (host: Host, group: Group) => Vrrpd {
  return (host, group) => new Vrrpd(host, environmentOf(group, host, options), options.priority);
}

export class Vrrpd implements Speaker {
  readonly kind = "vrrpd";
  readonly virtualInterface = null;
  readonly losesFirstAdvert = false;
  private process: HostProcess | null = null;

  constructor(
    readonly host: Host,
    private readonly env: Readonly<Record<string, string>>,
    readonly priority: number,
  ) {}

  async start(): Promise<number> {
    const command = [...VRRPD, "--config", "env"];
    this.process = this.host.start(command, { env: this.env, name: `vrrpd on ${this.host.name}` });
    return (await this.process.waitForLine(/Entering BACKUP STATE/, { timeoutMs: 30_000 })).atMicros;
  }

  async kill(): Promise<void> {
    this.process!.kill("SIGKILL");
    await this.process!.exited;
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

  status(): Promise<StatusDocument> {
    return statusOf(this.host);
  }
}

function environmentOf(group: Group, host: Host, options: VrrpdOptions): Record<string, string> {
  const { version, password } = group;
  return {
    OPENSHIFT_HA_CONFIG_NAME: password ?? "ipfailover",
    OPENSHIFT_HA_VIRTUAL_IPS: group.virtualAddress,
    OPENSHIFT_HA_NETWORK_INTERFACE: host.interface,
    OPENSHIFT_HA_MONITOR_PORT: "0",
    OPENSHIFT_HA_VRRP_ID_OFFSET: String(group.virtualRouterId - 1),
    OPENSHIFT_HA_PREEMPTION: options.preemption ?? "preempt",
    VRRPD_PRIORITY: String(options.priority),
    VRRPD_ADVERT_INTERVAL: String(group.intervalSeconds),
    ...(version === 2 ? { VRRPD_VERSION: "2", VRRPD_V2_AUTH: password === null ? "none" : "pass" } : {}),
    ...(options.unicastPeers ? { OPENSHIFT_HA_UNICAST_PEERS: options.unicastPeers.join(",") } : {}),
    ...options.env,
  };
}
