/** Our daemon, built, with what the setup says and its defaults beside. */
import type { CapturedAdvert, Host, HostProcess } from "../../test/netns/index.js";
import { until } from "../../test/netns/index.js";
import { wallMicros } from "./clock.js";
import { type Daemon, type Setup, START_TIMEOUT_MS, type Started } from "./daemon.js";

export class Vrrpd implements Daemon {
  readonly kind = "vrrpd";
  private process: HostProcess | null = null;

  /** @param main path of the built program */
  constructor(
    readonly host: Host,
    private readonly setup: Setup,
    private readonly main: string,
  ) {}

  get pids(): readonly number[] {
    return [this.process!.pid];
  }

  async start(): Promise<Started> {
    const command = [this.main, "--config", "env"];
    const beganAtMicros = Date.now() * 1000;
    const started = this.host.start(command, { env: environmentOf(this.setup, this.host), name: "vrrpd" });
    this.process = started;
    return { beganAtMicros, backupAtMicros: await backupAt(started, this.setup.routers.length) };
  }

  kill(): void {
    this.process!.kill("SIGKILL");
  }

  terminate(): number {
    const at = wallMicros();
    this.process!.kill("SIGTERM");
    return at;
  }

  async ended(): Promise<void> {
    await this.process!.exited;
  }

  sent(advert: CapturedAdvert): boolean {
    return advert.from === this.host.name;
  }
}

/** When the last of so many lines about BACKUP was read. */
export async function backupAt(started: HostProcess, count: number): Promise<number> {
  const lines = () => started.lines.filter(({ text }) => text.includes("Entering BACKUP STATE"));
  const isIn = () => lines().length >= count || !started.running;
  await until(isIn, {
    what: `BACKUP of ${started.name}`,
    timeoutMs: START_TIMEOUT_MS,
    intervalMs: 5,
  });
  const last = lines()[count - 1];
  if (last === undefined) throw new Error(`${started.name} ended before it was BACKUP: ${started.output}`);
  return last.atMicros;
}

function environmentOf(setup: Setup, host: Host): Record<string, string> {
  const { routers, intervalSeconds, priority, check, realtimePriority } = setup;
  return {
    OPENSHIFT_HA_VIRTUAL_IPS: routers.flatMap((router) => router.addresses).join(","),
    OPENSHIFT_HA_VIP_GROUPS: String(routers.length),
    OPENSHIFT_HA_NETWORK_INTERFACE: host.interface,
    OPENSHIFT_HA_MONITOR_PORT: "0",
    OPENSHIFT_HA_PREEMPTION: "preempt",
    VRRPD_VERSION: "3",
    VRRPD_PRIORITY: String(priority),
    VRRPD_ADVERT_INTERVAL: String(intervalSeconds),
    ...(check === undefined ? {} : { OPENSHIFT_HA_CHECK_SCRIPT: check, OPENSHIFT_HA_CHECK_INTERVAL: "1" }),
    ...(realtimePriority === undefined ? {} : { VRRPD_REALTIME: String(realtimePriority) }),
  };
}
