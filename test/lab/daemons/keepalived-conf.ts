/** keepalived.conf, as far as tests and bench need it. */

export interface KeepalivedInstance {
  readonly name: string;
  readonly state?: "MASTER" | "BACKUP";
  readonly interface: string;
  readonly virtualRouterId: number;
  readonly priority: number;
  /** Default: Keepalived's own, 1 s. */
  readonly intervalSeconds?: number;
  /** Words of the configuration: `preempt_delay 300`, `nopreempt`. */
  readonly preemption?: string;
  /** Version 2, simple password. */
  readonly password?: string | null;
  readonly unicastPeers?: readonly string[];
  readonly virtualAddresses: readonly string[];
  /** Names of `checks`. */
  readonly trackedChecks?: readonly string[];
}

export interface KeepalivedConf {
  /** Default: Keepalived's own, 2. */
  readonly version?: 2 | 3;
  readonly routerId?: string;
  /** SCHED_RR, with a limit as vrrpd has it: by its default of 10 ms the kernel kills one that sets up 255 routers. */
  readonly realtimePriority?: number;
  readonly checks?: readonly { name: string; command: string; intervalSeconds: number }[];
  readonly instances: readonly KeepalivedInstance[];
}

const REALTIME_LIMIT_MICROS = 2_000_000;

export function renderKeepalivedConf(conf: KeepalivedConf): string {
  const { version, routerId, realtimePriority, checks = [], instances } = conf;
  const globals = [
    ...(version ? [`vrrp_version ${version}`] : []),
    ...(routerId ? [`router_id ${routerId}`] : []),
    ...(realtimePriority
      ? [`vrrp_rt_priority ${realtimePriority}`, `vrrp_rlimit_rttime ${REALTIME_LIMIT_MICROS}`]
      : []),
    "script_user root",
  ];
  return [
    block("global_defs", globals),
    ...checks.map(({ name, command, intervalSeconds }) =>
      block(`vrrp_script ${name}`, [`script "${command}"`, `interval ${intervalSeconds}`]),
    ),
    ...instances.map(renderInstance),
  ].join("\n");
}

function renderInstance(instance: KeepalivedInstance): string {
  const { intervalSeconds, preemption, password, unicastPeers, trackedChecks } = instance;
  return block(`vrrp_instance ${instance.name}`, [
    `state ${instance.state ?? "BACKUP"}`,
    `interface ${instance.interface}`,
    `virtual_router_id ${instance.virtualRouterId}`,
    `priority ${instance.priority}`,
    ...(intervalSeconds ? [`advert_int ${intervalSeconds}`] : []),
    ...(preemption ? [preemption] : []),
    ...(password ? [block("authentication", ["auth_type PASS", `auth_pass ${password}`])] : []),
    ...(trackedChecks ? [block("track_script", trackedChecks)] : []),
    ...(unicastPeers ? [block("unicast_peer", unicastPeers)] : []),
    block("virtual_ipaddress", instance.virtualAddresses),
  ]);
}

function block(head: string, lines: readonly string[]): string {
  return `${head} {\n${lines.join("\n")}\n}\n`;
}
