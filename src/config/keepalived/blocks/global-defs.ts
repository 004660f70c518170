/** `global_defs`: what holds for all instances, wherever it stands in the file. The last value counts. */

import type { Family, IpAddress } from "../../../base/address.js";
import type { UserName } from "../../../core/notify.js";
import { VRRP_GROUPS } from "../../../wire/vrrp.js";
import { VARIABLES } from "../../env/table.js";
import { flag, ignored, type Keywords, value } from "../keyword.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";
import { bare, firstWord, onOff, type Placed, placed, seconds, wholeNumber } from "../values.js";
import { ANNOUNCEMENT_KEYWORDS, type Announcing, newAnnouncing } from "./announcements.js";
import { userOf } from "./command.js";
import { FIFO_KEYWORDS, type FifoDraft, newFifo } from "./fifos.js";
import { isOfLink, readGroup } from "./multicast-group.js";
import { isInterfaceName } from "./use-vmac.js";

export interface GlobalDefs {
  /** null: the host's name. */
  routerId: string | null;
  version: 2 | 3 | null;
  strict: boolean;
  skipsAddressCheck: boolean;
  scriptSecurity: Placed<boolean> | null;
  scriptUser: Placed<UserName> | null;
  announcing: Announcing;
  /** Seconds between announcements of one burst; null: none. */
  arpInterval: number | null;
  neighborInterval: number | null;
  dynamicInterfaces: boolean;
  /** Where a static address goes that names no interface; null: eth0. */
  defaultInterface: string | null;
  startupDelay: Placed<number> | null;
  answersLower: boolean;
  answersHigher: boolean;
  downTimerAdverts: number;
  multicastGroups: Readonly<Record<Family, IpAddress>>;
  readonly fifo: FifoDraft;
  readonly vrrpFifo: FifoDraft;
  /** Priorities that change are told to readers of FIFOs. */
  tellsPriorities: boolean;
  /** What the names of interfaces with virtual MAC addresses begin with; null: as usual. */
  vmacPrefix: string | null;
  /** The same of those for single addresses; null: as the others. */
  vmacAddressPrefix: string | null;
}

export function newGlobalDefs(): GlobalDefs {
  return {
    routerId: null,
    version: null,
    strict: false,
    skipsAddressCheck: false,
    scriptSecurity: null,
    scriptUser: null,
    announcing: newAnnouncing(),
    arpInterval: null,
    neighborInterval: null,
    dynamicInterfaces: false,
    defaultInterface: null,
    startupDelay: null,
    answersLower: true,
    answersHigher: false,
    downTimerAdverts: 3,
    multicastGroups: VRRP_GROUPS,
    fifo: newFifo(),
    vrrpFifo: newFifo(),
    tellsPriorities: false,
    vmacPrefix: null,
    vmacAddressPrefix: null,
  };
}

const PAUSE = { min: 0.000001, max: 4294.967295, instead: "the default, no pause," };
export const DOWN_TIMER = { min: 1, max: 100, instead: "the default, 3," };
const NO_MAIL = "is ignored, and so is all else about mail: vrrpd sends none; use notify scripts";
const OTHER_PROCESSES = `is ignored, and so are other settings of processes: vrrpd is one process, see ${VARIABLES.realtime.name}`;
const NO_FILTER = "is ignored: vrrpd filters no packets";
const NO_IPVS = "is ignored, and so is all else about IPVS";
const NO_OTHER_DOORS = "is ignored: vrrpd has status --json, metrics and a page in place of SNMP and D-Bus";

/** Nothing that says something else is overwritten, as in Keepalived, where the usual number says nothing. */
function announceOnce(announcing: Announcing): void {
  const { masterRepeat, masterDelay } = announcing;
  if (masterRepeat === null || masterRepeat === 5) announcing.masterRepeat = 1;
  if (masterDelay === null || masterDelay === 5) announcing.masterDelay = 0;
}

export const GLOBAL_DEFS: Keywords<GlobalDefs> = {
  vrrp_version: value((globals, statement, report) => {
    const version = wholeNumber(statement, { min: 2, max: 3, instead: "2" }, report);
    globals.version = version === 3 ? 3 : 2;
  }),
  vrrp_strict: flag((globals, statement, report) => {
    globals.strict = onOff(statement, report) ?? globals.strict;
  }),
  enable_script_security: flag((globals, statement, report) => {
    const on = onOff(statement, report);
    if (on !== null) globals.scriptSecurity = placed(on, statement);
  }),
  script_user: value((globals, statement, report) => {
    globals.scriptUser = placed(userOf(statement, statement.words, report), statement);
  }),
  ...ANNOUNCEMENT_KEYWORDS<GlobalDefs>("vrrp_", (globals) => globals.announcing),
  vrrp_garp_interval: value((globals, statement, report) => {
    globals.arpInterval = seconds(statement, PAUSE, report) ?? globals.arpInterval;
  }),
  vrrp_gna_interval: value((globals, statement, report) => {
    globals.neighborInterval = seconds(statement, PAUSE, report) ?? globals.neighborInterval;
  }),
  dynamic_interfaces: flag((globals) => {
    globals.dynamicInterfaces = true;
  }),
  vrrp_startup_delay: value((globals, statement, report) => {
    const delay = seconds(statement, { min: 0, max: 3600, instead: "no delay" }, report);
    globals.startupDelay = delay === null ? null : placed(delay, statement);
  }),
  vrrp_lower_prio_no_advert: flag((globals, statement, report) => {
    globals.answersLower = !(onOff(statement, report) ?? !globals.answersLower);
  }),
  vrrp_higher_prio_send_advert: flag((globals, statement, report) => {
    globals.answersHigher = onOff(statement, report) ?? globals.answersHigher;
  }),
  vrrp_down_timer_adverts: value((globals, statement, report) => {
    globals.downTimerAdverts = wholeNumber(statement, DOWN_TIMER, report) ?? 3;
  }),
  vmac_prefix: value((globals, statement, report) => {
    globals.vmacPrefix = prefixOf(statement, report) ?? globals.vmacPrefix;
  }),
  vmac_addr_prefix: value((globals, statement, report) => {
    globals.vmacAddressPrefix = prefixOf(statement, report) ?? globals.vmacAddressPrefix;
  }),
  vrrp_mcast_group4: value((globals, statement, report) => {
    const ipv4 = readGroup(statement, "ipv4", report);
    if (ipv4 !== null) globals.multicastGroups = { ...globals.multicastGroups, ipv4 };
  }),
  vrrp_mcast_group6: value((globals, statement, report) => {
    const ipv6 = readGroup(statement, "ipv6", report);
    if (ipv6 === null) return;
    globals.multicastGroups = { ...globals.multicastGroups, ipv6 };
    if (!isOfLink(ipv6))
      report.warn(
        statement.origin,
        `vrrp_mcast_group6 ${ipv6.text} reaches beyond the link; one of ff02::/16 does not`,
      );
  }),
  ...FIFO_KEYWORDS<GlobalDefs>("", ({ fifo }) => fifo),
  ...FIFO_KEYWORDS<GlobalDefs>("vrrp_", ({ vrrpFifo }) => vrrpFifo),
  vrrp_notify_priority_changes: flag((globals, statement, report) => {
    globals.tellsPriorities = onOff(statement, report) ?? globals.tellsPriorities;
  }),
  vrrp_min_garp: flag((globals, statement, report) => {
    if (onOff(statement, report) === true) announceOnce(globals.announcing);
  }),
  vrrp_skip_check_adv_addr: flag((globals, statement, report) => {
    globals.skipsAddressCheck = onOff(statement, report) ?? globals.skipsAddressCheck;
  }),
  vrrp_check_unicast_src: flag((_, statement, report) => bare(statement, report)),
  router_id: {
    class: "works",
    form: "any",
    read: (globals, { words: [name] }) => {
      globals.routerId = name ?? globals.routerId;
    },
  },
  ...ignored("block", NO_MAIL, "notification_email"),
  ...ignored(
    "any",
    NO_MAIL,
    "notification_email_from",
    "smtp_server",
    "smtp_connect_timeout",
    "smtp_helo_name",
  ),
  ...ignored("any", NO_MAIL, "smtp_alert", "smtp_alert_checker", "smtp_alert_vrrp", "no_email_faults"),
  default_interface: value((globals, statement, report) => {
    globals.defaultInterface = firstWord(statement, report);
  }),
  ...ignored(
    "any",
    NO_FILTER,
    "vrrp_iptables",
    "vrrp_ipsets",
    "nftables",
    "nftables_priority",
    "nftables_ipvs",
    "nftables_ipvs_priority",
    "nftables_ipvs_start_fwmark",
  ),
  ...ignored("any", NO_FILTER, "nftables_counters", "nftables_ifindex"),
  ...ignored("value", NO_IPVS, "lvs_notify_fifo", "lvs_notify_fifo_script"),
  ...ignored("any", OTHER_PROCESSES, "process_names", "vrrp_process_name", "checker_process_name"),
  ...ignored("any", OTHER_PROCESSES, "bfd_process_name"),
  ...ignored(
    "any",
    OTHER_PROCESSES,
    "vrrp_priority",
    "checker_priority",
    "bfd_priority",
    "max_auto_priority",
  ),
  ...ignored("any", OTHER_PROCESSES, "min_auto_priority_delay", "vrrp_rt_priority", "checker_rt_priority"),
  ...ignored("any", OTHER_PROCESSES, "bfd_rt_priority", "vrrp_no_swap", "checker_no_swap", "bfd_no_swap"),
  ...ignored("any", OTHER_PROCESSES, "vrrp_cpu_affinity", "checker_cpu_affinity", "bfd_cpu_affinity"),
  ...ignored("any", OTHER_PROCESSES, "vrrp_rlimit_rttime", "checker_rlimit_rttime", "bfd_rlimit_rttime"),
  ...ignored("any", OTHER_PROCESSES, "vrrp_rlimit_rtime", "checker_rlimit_rtime", "bfd_rlimit_rtime"),
  ...ignored("any", OTHER_PROCESSES, "vrrp_netlink_cmd_rcv_bufs", "vrrp_netlink_cmd_rcv_bufs_force"),
  ...ignored("any", OTHER_PROCESSES, "vrrp_netlink_monitor_rcv_bufs", "vrrp_netlink_monitor_rcv_bufs_force"),
  ...ignored("any", OTHER_PROCESSES, "lvs_netlink_cmd_rcv_bufs", "lvs_netlink_cmd_rcv_bufs_force"),
  ...ignored("any", OTHER_PROCESSES, "lvs_netlink_monitor_rcv_bufs", "lvs_netlink_monitor_rcv_bufs_force"),
  ...ignored("any", OTHER_PROCESSES, "process_monitor_rcv_bufs", "process_monitor_rcv_bufs_force"),
  ...ignored("any", OTHER_PROCESSES, "vrrp_rx_bufs_policy", "vrrp_rx_bufs_multiplier", "umask"),
  ...ignored("any", OTHER_PROCESSES, "startup_script", "startup_script_timeout", "shutdown_script"),
  ...ignored("any", OTHER_PROCESSES, "shutdown_script_timeout", "reload_repeat", "reload_time_file"),
  ...ignored("any", OTHER_PROCESSES, "reload_check_config", "reload_file"),
  ...ignored(
    "any",
    OTHER_PROCESSES,
    "data_use_instance",
    "config_save_dir",
    "json_version",
    "iproute_usr_dir",
  ),
  ...ignored(
    "any",
    OTHER_PROCESSES,
    "iproute_etc_dir",
    "tmp_config_directory",
    "rs_init_notifies",
    "random_seed",
  ),
  ...ignored("any", NO_OTHER_DOORS, "enable_snmp_vrrp", "enable_snmp_keepalived", "enable_snmp_checker"),
  ...ignored(
    "any",
    NO_OTHER_DOORS,
    "enable_snmp_rfc",
    "enable_snmp_rfcv2",
    "enable_snmp_rfcv3",
    "snmp_socket",
  ),
  ...ignored("any", NO_OTHER_DOORS, "enable_traps", "enable_dbus", "dbus_service_name"),
  ...ignored(
    "any",
    NO_IPVS,
    "lvs_timeouts",
    "lvs_flush",
    "lvs_flush_on_stop",
    "lvs_flush_onstop",
    "lvs_sync_daemon",
  ),
  ...ignored("any", NO_IPVS, "checker_log_all_failures", "no_checker_emails"),
  ...ignored("any", "is ignored: a reload tells of what it changes", "fifo_write_vrrp_states_on_reload"),
  ...ignored("any", "is ignored: adverts of unknown routers are counted, see metrics", "log_unknown_vrids"),
  ...ignored(
    "any",
    "is ignored: see net.ipv4.conf.all.promote_secondaries",
    "vrrp_garp_extra_if",
    "vrrp_vmac_garp_intvl",
  ),
  ...ignored("any", "is ignored", "disable_local_igmp", "use_symlink_paths", "vrrp_owner_ignore_adverts"),
};

function prefixOf(statement: Statement, report: Report): string | null {
  const prefix = firstWord(statement, report);
  if (isInterfaceName(prefix)) return prefix;
  report.warn(
    statement.origin,
    `${statement.keyword} ${prefix} begins no name of an interface, and is ignored`,
  );
  return null;
}
