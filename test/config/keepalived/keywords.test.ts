/** A keyword that is read and ignored would go unseen: each one that works makes something else of a file. */
import t from "tap";
import { KEYWORDS } from "../../../src/config/keepalived/table.js";
import { readText } from "./support.js";

/** By block, a line of each keyword; what it says is not what counts without it. */
const LINES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  global_defs: {
    router_id: "router_id other",
    vrrp_version: "vrrp_version 3",
    vrrp_strict: "vrrp_strict",
    enable_script_security: "enable_script_security",
    script_user: "script_user nobody",
    vrrp_garp_master_delay: "vrrp_garp_master_delay 7",
    vrrp_garp_master_repeat: "vrrp_garp_master_repeat 3",
    vrrp_garp_master_refresh: "vrrp_garp_master_refresh 60",
    vrrp_garp_master_refresh_repeat: "vrrp_garp_master_refresh 60\nvrrp_garp_master_refresh_repeat 4",
    vrrp_garp_lower_prio_delay: "vrrp_garp_lower_prio_delay 9",
    vrrp_garp_lower_prio_repeat: "vrrp_garp_lower_prio_repeat 2",
    vrrp_garp_interval: "vrrp_garp_interval 0.01",
    vrrp_gna_interval: "vrrp_gna_interval 0.02",
    vrrp_startup_delay: "vrrp_startup_delay 5",
    vrrp_lower_prio_no_advert: "vrrp_lower_prio_no_advert",
    vrrp_higher_prio_send_advert: "vrrp_higher_prio_send_advert",
    vrrp_down_timer_adverts: "vrrp_down_timer_adverts 5",
    vmac_prefix: "vmac_prefix vip",
    vmac_addr_prefix: "vmac_addr_prefix vip",
    vrrp_mcast_group4: "vrrp_mcast_group4 224.0.0.19",
    vrrp_mcast_group6: "vrrp_mcast_group6 ff02::13",
    vrrp_min_garp: "vrrp_min_garp",
    notify_fifo: "notify_fifo /f",
    notify_fifo_script: "notify_fifo /f\nnotify_fifo_script /n.sh",
    vrrp_notify_fifo: "vrrp_notify_fifo /f",
    vrrp_notify_fifo_script: "vrrp_notify_fifo /f\nvrrp_notify_fifo_script /n.sh",
    vrrp_notify_priority_changes: "vrrp_notify_fifo /f\nvrrp_notify_priority_changes",
  },
  vrrp_script: {
    script: 'script "/other.sh"',
    interval: "interval 7",
    timeout: "timeout 3",
    weight: "weight 9",
    rise: "rise 4",
    fall: "fall 5",
    user: "user nobody",
  },
  track_file: {
    file: "file /other",
    weight: "weight 9",
    init_file: "init_file 3 overwrite",
  },
  vrrp_track_process: {
    process: "process other",
    param_match: "param_match initial",
    full_command: "full_command",
    weight: "weight 9",
    quorum: "quorum 2",
    quorum_max: "quorum_max 3",
    delay: "delay 1.5",
    terminate_delay: "terminate_delay 0.2",
    fork_delay: "fork_delay 0.2",
  },
  vrrp_instance: {
    interface: "interface eth1",
    virtual_router_id: "virtual_router_id 99",
    state: "state MASTER",
    priority: "priority 120",
    advert_int: "advert_int 3",
    version: "version 3",
    virtual_ipaddress: "virtual_ipaddress { 192.0.2.8 }",
    virtual_ipaddress_excluded: "virtual_ipaddress_excluded { 192.0.2.8 }",
    nopreempt: "nopreempt",
    preempt: "nopreempt\npreempt",
    preempt_delay: "preempt_delay 9",
    authentication: "authentication {\nauth_type PASS\nauth_pass x\n}",
    unicast_src_ip: "unicast_src_ip 192.0.2.1",
    mcast_src_ip: "mcast_src_ip 192.0.2.1",
    unicast_peer: "unicast_peer { 192.0.2.2 }",
    unicast_ttl: "unicast_peer { 192.0.2.2 }\nunicast_ttl 64",
    unicast_fault_no_peer: "unicast_fault_no_peer",
    mcast_dst_ip: "mcast_dst_ip 224.0.0.19",
    promote_secondaries: "promote_secondaries",
    track_src_ip: "track_src_ip",
    notify_priority_changes: "notify_priority_changes",
    track_interface: "track_interface { eth7 }",
    track_script: "track_script { s weight 4 }",
    track_file: "track_file { f weight 3 }",
    track_process: "track_process { p weight 3 }",
    virtual_routes: "virtual_routes { 198.51.100.0/24 dev eth0 }",
    virtual_rules: "virtual_rules { from 192.0.2.9 table 5 priority 5 }",
    dont_track_primary: "dont_track_primary",
    notify: "notify /n.sh",
    notify_master: "notify_master /n.sh",
    notify_backup: "notify_backup /n.sh",
    notify_fault: "notify_fault /n.sh",
    notify_stop: "notify_stop /n.sh",
    notify_master_rx_lower_pri: "notify_master_rx_lower_pri /n.sh",
    garp_master_delay: "garp_master_delay 7",
    garp_master_repeat: "garp_master_repeat 3",
    garp_master_refresh: "garp_master_refresh 60",
    garp_master_refresh_repeat: "garp_master_refresh 60\ngarp_master_refresh_repeat 4",
    garp_lower_prio_delay: "garp_lower_prio_delay 9",
    garp_lower_prio_repeat: "garp_lower_prio_repeat 2",
    strict_mode: "strict_mode on",
    no_accept: "no_accept",
    lower_prio_no_advert: "lower_prio_no_advert",
    higher_prio_send_advert: "higher_prio_send_advert",
    down_timer_adverts: "down_timer_adverts 5",
    native_ipv6: "native_ipv6",
    use_vmac: "use_vmac other 02:00:00:00:00:01",
    use_vmac_addr: "virtual_ipaddress_excluded { 192.0.2.7 dev eth1 }\nuse_vmac_addr",
    vmac_xmit_base: "use_vmac\nvmac_xmit_base",
  },
};

/** Whatever they say, vrrpd does it. */
const ALWAYS_SO = [
  "accept",
  "skip_check_adv_addr",
  "check_unicast_src",
  "vrrp_skip_check_adv_addr",
  "vrrp_check_unicast_src",
];
/** As in Keepalived; a warning says so. */
const WITHOUT_EFFECT = ["init_fail"];
/** They are about hosts that lack an interface (source.test.ts), and about static addresses (routes.test.ts). */
const ELSEWHERE = ["dynamic_interfaces", "default_interface"];

/** @param lines of these blocks, beside those that a file needs */
function meaningOf(lines: Readonly<Record<string, string>>): string {
  const fifo = lines.vrrp_instance === undefined ? "" : "vrrp_notify_fifo /f";
  const text = `global_defs {\n${lines.global_defs ?? fifo}\n}
vrrp_script s {\nscript "/s.sh"\n${lines.vrrp_script ?? ""}\n}
track_file f {\n${lines.track_file ?? ""}\nfile /f\n}
vrrp_track_process p {\n${lines.vrrp_track_process ?? ""}\nprocess p\n}
vrrp_instance W {\ninterface eth1\nvirtual_router_id 8\nvirtual_ipaddress { 192.0.2.10 }
track_file { f }\ntrack_process { p }\n}
vrrp_instance V {\ninterface eth0\nvirtual_router_id 7\nvirtual_ipaddress { 192.0.2.9 use_vmac }\ntrack_script { s }
${lines.vrrp_instance ?? ""}\n}`;
  try {
    const { warnings, instances, checks, ...rest } = readText(text, { interfaces: ["eth0", "eth1", "eth7"] });
    // Where things stand moves with each line.
    const said = warnings.map((one) => one.text);
    return JSON.stringify({ ...rest, instances, checks, said }, (key, value) =>
      key.startsWith("origin") ? null : value,
    );
  } catch (error) {
    return String((error as Error).message);
  }
}

for (const [block, lines] of Object.entries(LINES)) {
  t.test(block, async (t) => {
    const working = Object.entries(KEYWORDS[block]!).flatMap(([name, kind]) =>
      kind === "works" ? [name] : [],
    );
    const exempt = [...ALWAYS_SO, ...WITHOUT_EFFECT, ...ELSEWHERE];
    t.strictSame(Object.keys(lines).sort(), working.filter((name) => !exempt.includes(name)).sort());
    for (const [name, line] of Object.entries(lines)) {
      const without = line
        .split("\n")
        .filter((part) => !part.startsWith(name))
        .join("\n");
      const isBlock = line.startsWith(`${name} {\n`);
      t.not(meaningOf({ [block]: line }), meaningOf({ [block]: isBlock ? "" : without }), name);
    }
  });
}
