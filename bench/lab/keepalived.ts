/** Keepalived, its VRRP part alone, with what the setup says and its defaults beside. */
import { readFileSync } from "node:fs";
import { renderKeepalivedConf } from "../../test/interop/speakers/keepalived-conf.js";
import { findProgram } from "../../test/interop/speakers/programs.js";
import type { CapturedAdvert, Host, HostProcess } from "../../test/netns/index.js";
import { wallMicros } from "./clock.js";
import type { Daemon, Setup, Started } from "./daemon.js";
import { backupAt } from "./vrrpd.js";

const CONF_FILE = "/run/keepalived/keepalived.conf";
const PARENT_PID_FILE = "/run/keepalived.pid";
const VRRP_PID_FILE = "/run/vrrp.pid";
/** As ours. By its default of 10 ms the kernel kills a Keepalived that sets up 255 virtual routers. */
const REALTIME_LIMIT_MICROS = 2_000_000;

export class Keepalived implements Daemon {
  readonly kind = "keepalived";
  private process: HostProcess | null = null;

  constructor(
    readonly host: Host,
    private readonly setup: Setup,
  ) {}

  /** The parent, which waits, and the child, which does the work. */
  get pids(): readonly number[] {
    const { pid } = this.process!;
    return [pid, ...childrenOf(pid)];
  }

  async start(): Promise<Started> {
    const { path, env } = findProgram("usr/sbin/keepalived");
    await this.host.ok(["rm", "-f", PARENT_PID_FILE, VRRP_PID_FILE]);
    await this.host.writeFile(CONF_FILE, confOf(this.setup, this.host));
    const files = ["-f", CONF_FILE, "-p", PARENT_PID_FILE, "-r", VRRP_PID_FILE];
    const command = [path, "--dont-fork", "--log-console", "--vrrp", ...files];
    const beganAtMicros = Date.now() * 1000;
    this.process = this.host.start(command, { env, name: "keepalived" });
    return { beganAtMicros, backupAtMicros: await backupAt(this.process, this.setup.routers.length) };
  }

  /** The parent would start another child, and a child that loses its parent says goodbye: first it stands still. */
  kill(): void {
    const pids = this.pids;
    this.process!.freeze();
    for (const pid of pids.slice(1)) process.kill(pid, "SIGKILL");
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

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map(Number);
}

function confOf(setup: Setup, host: Host): string {
  const { routers, intervalSeconds, priority, check, realtimePriority } = setup;
  const conf = renderKeepalivedConf({
    version: 3,
    checks: check === undefined ? [] : [{ name: "service", command: check, intervalSeconds: 1 }],
    instances: routers.map(({ id, addresses }) => ({
      name: `router_${id}`,
      interface: host.interface,
      virtualRouterId: id,
      priority,
      intervalSeconds,
      virtualAddresses: addresses,
      ...(check === undefined ? {} : { trackedChecks: ["service"] }),
    })),
  });
  if (realtimePriority === undefined) return conf;
  const realtime = `vrrp_rt_priority ${realtimePriority}\nvrrp_rlimit_rttime ${REALTIME_LIMIT_MICROS}`;
  return `global_defs {\n${realtime}\n}\n${conf}`;
}
