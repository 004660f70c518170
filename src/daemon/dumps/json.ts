/** keepalived.json: a list with an object of data and counters for each virtual router. */
import { microsToSeconds } from "../../base/time.js";
import { keepalivedCounters, STATE_NUMBERS } from "../status/keepalived-counters.js";
import { fixtureLines } from "./fixtures.js";
import {
  type AddressLines,
  addressLines,
  announcing,
  type Dumped,
  dumped,
  mainVmac,
  notified,
  passwordOf,
  trackedInterfaces,
  trackedScripts,
  wantedState,
} from "./instance.js";
import type { DumpSource, Parts } from "./source.js";
import { command, password } from "./words.js";

const SCRIPTS = {
  script_backup: "BACKUP",
  script_master: "MASTER",
  script_fault: "FAULT",
  script_stop: "STOP",
  script: "any",
  script_master_rx_lower_pri: "LOWER_PRIORITY",
} as const;

export function* json(source: DumpSource): Parts {
  let before = "[";
  for (const one of dumped(source)) {
    yield `${before}${JSON.stringify({ data: dataOf(one, source), stats: statsOf(one) })}`;
    before = ",";
  }
  yield before === "[" ? "[]\n" : "]\n";
}

function dataOf(one: Dumped, source: DumpSource) {
  const { document, config, shown } = one;
  const { state, master } = document;
  const addresses = addressLines(one);
  return {
    iname: document.name,
    dont_track_primary: Number(!config.tracksInterface),
    skip_check_adv_addr: Number(shown.skipsAddressCheck),
    strict_mode: Number(shown.strict),
    vmac_ifname: mainVmac(one)?.name ?? "",
    ifp_ifname: mainVmac(one)?.name ?? document.interface,
    master_priority: state === "BACKUP" ? (master?.priority ?? 0) : 0,
    last_transition: Date.parse(document.since) / 1000,
    ...announcedOf(one),
    ...electionOf(one, addresses.set),
    version: document.version,
    smtp_alert: false,
    notify_deleted: false,
    ...scriptsOf(one, source),
    ...listsOf(one, addresses, source),
    ...authOf(one),
  };
}

function announcedOf(one: Dumped) {
  const { delay, repeat, refresh, refreshRepeat, lowerDelay, lowerRepeat } = announcing(one);
  return {
    garp_delay: delay,
    garp_refresh: refresh,
    garp_rep: repeat,
    garp_refresh_rep: refreshRepeat,
    garp_lower_prio_delay: lowerDelay,
    garp_lower_prio_rep: lowerRepeat,
    lower_prio_no_advert: Number(!one.config.answersLower),
    higher_prio_send_advert: Number(one.config.answersHigher),
  };
}

function electionOf(one: Dumped, vipset: boolean) {
  const { document, config } = one;
  const { basePriority, priority, master, speakers, preempt } = document;
  const heard = speakers.find(({ address }) => address === master?.address);
  const ours = microsToSeconds(config.advertIntervalMicros);
  return {
    vrid: document.virtualRouterId,
    ...(basePriority === null ? {} : { base_priority: basePriority, effective_priority: priority }),
    vipset,
    promote_secondaries: one.asked.promotes,
    adver_int: ours,
    master_adver_int: heard?.advertIntervalSeconds ?? ours,
    // Nothing is filtered.
    accept: 1,
    nopreempt: preempt.mode === "never",
    preempt_delay: Math.floor(preempt.delaySeconds),
    state: STATE_NUMBERS[document.state],
    wantstate: STATE_NUMBERS[wantedState(one)],
  };
}

function scriptsOf(one: Dumped, source: DumpSource): Record<string, string> {
  const scripts = notified(one, source);
  const found = Object.entries(SCRIPTS).flatMap(([key, on]) => {
    const words = scripts.find((script) => script.on === on)?.command;
    return words === undefined ? [] : [[key, command(words)] as const];
  });
  return Object.fromEntries(found);
}

/** Those that are not empty. */
function listsOf(one: Dumped, { advertised, excluded }: AddressLines, { plan }: DumpSource) {
  const lists = {
    vips: advertised,
    evips: excluded,
    vroutes: fixtureLines(one.config.fixtures, "route"),
    vrules: fixtureLines(one.config.fixtures, "rule"),
    track_ifp: trackedInterfaces(one).map((track) => track.interface),
    track_script: trackedScripts(one).map(({ check }) => {
      const words = plan.checks.get(check!)?.command ?? null;
      return words === null ? check : command(words);
    }),
  };
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}

function authOf({ config }: Dumped) {
  const bytes = passwordOf(config);
  return bytes === null ? { auth_type: 0 } : { auth_type: 1, auth_data: password(bytes) };
}

function statsOf({ document }: Dumped) {
  const count = keepalivedCounters(document.counters);
  return {
    advert_rcvd: count.advertsReceived,
    advert_sent: count.advertsSent,
    become_master: count.becomeMaster,
    release_master: count.releaseMaster,
    packet_len_err: count.lengthErrors,
    advert_interval_err: count.intervalErrors,
    ip_ttl_err: count.ttlErrors,
    invalid_type_rcvd: count.invalidType,
    addr_list_err: count.addressListErrors,
    invalid_authtype: count.authenticationTypeErrors,
    authtype_mismatch: count.authenticationTypeErrors,
    auth_failure: count.authenticationFailures,
    pri_zero_rcvd: count.priorityZeroReceived,
    pri_zero_sent: count.priorityZeroSent,
  };
}
