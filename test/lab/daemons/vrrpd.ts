/** Our daemon, built. */
import type { Host, HostProcess } from "../../netns/index.js";
import type { Environment } from "../environment.js";
import { readAt, type Setup, SingleProcess, type Started } from "./daemon.js";

/** The clone, in which every test and bench is started, wherever it was translated to: `dist` lies there. */
export const ROOT = process.cwd();
/** Words that begin each command of the built program. */
export const VRRPD = [`${ROOT}/dist/bin/vrrpd.js`];

/**
 * @param command one that becomes vrrpd, such as a wrapper and `VRRPD`
 * @param config `env`, or the path of a file
 */
export function startVrrpd(
  host: Host,
  environment: Environment,
  command: readonly string[] = VRRPD,
  config = "env",
): HostProcess {
  return host.start([...command, "--config", config], { env: environment, name: `vrrpd on ${host.name}` });
}

export class Vrrpd extends SingleProcess {
  readonly kind = "vrrpd";

  /** @param routers how many there are */
  constructor(
    host: Host,
    private readonly environment: Environment,
    private readonly routers = 1,
  ) {
    super(host);
  }

  get pids(): readonly number[] {
    return [this.process!.pid];
  }

  async start(): Promise<Started> {
    const beganAtMicros = Date.now() * 1000;
    this.process = startVrrpd(this.host, this.environment);
    return {
      beganAtMicros,
      backupAtMicros: await readAt(this.process, /Entering BACKUP STATE/, this.routers),
    };
  }

  async kill(): Promise<void> {
    this.process!.kill("SIGKILL");
    await this.ended();
  }
}

/** Its default configuration, but for what the setup says. @param on the interface */
export function environmentOf(setup: Setup, on: string): Environment {
  const { routers, version, password = null, check, realtimePriority, unicastPeers } = setup;
  return {
    OPENSHIFT_HA_CONFIG_NAME: password ?? "ipfailover",
    OPENSHIFT_HA_VIRTUAL_IPS: routers.flatMap(({ addresses }) => addresses).join(","),
    OPENSHIFT_HA_VIP_GROUPS: String(routers.length),
    OPENSHIFT_HA_NETWORK_INTERFACE: on,
    OPENSHIFT_HA_MONITOR_PORT: "0",
    OPENSHIFT_HA_VRRP_ID_OFFSET: String(routers[0]!.id - 1),
    OPENSHIFT_HA_PREEMPTION: setup.preemption ?? "preempt",
    VRRPD_PRIORITY: String(setup.priority),
    VRRPD_ADVERT_INTERVAL: String(setup.intervalSeconds),
    ...(version === 2 ? { VRRPD_VERSION: "2", VRRPD_V2_AUTH: password === null ? "none" : "pass" } : {}),
    ...(unicastPeers ? { OPENSHIFT_HA_UNICAST_PEERS: unicastPeers.join(",") } : {}),
    ...(check ? { OPENSHIFT_HA_CHECK_SCRIPT: check, OPENSHIFT_HA_CHECK_INTERVAL: "1" } : {}),
    ...(realtimePriority ? { VRRPD_REALTIME: String(realtimePriority) } : {}),
    ...setup.environment,
  };
}
