/** Metrics of vrrpd's own, read from the status (docs/metrics.md). What is measured while it works: ../measured.ts. */
import { CAUSES, type CauseCode } from "../../../core/router/cause.js";
import { LEGAL_TRANSITIONS, type State } from "../../../core/router/state.js";
import { DROP_REASONS } from "../../../wire/advert.js";
import type { InstanceDocument, ProblemDocument } from "../../status/types.js";
import {
  bareAddress,
  checksOf,
  countsBy,
  type Definition,
  firstOfEach,
  instanceLabels,
  ofInstances,
  type Sample,
} from "./definition.js";

const GROUP_STATES = ["INIT", "BACKUP", "MASTER", "FAULT"] as const;
const CHECK_STATES = ["pending", "passing", "failing", "advisory", "disabled"] as const;
/** Of what the kernel refuses; others are listed once they have occurred. */
const USUAL_ERRNOS = {
  send: ["EPERM", "ENOBUFS", "ENETDOWN", "ENETUNREACH"],
  address: ["EPERM", "EINVAL", "ENOBUFS", "ENODEV"],
  route: ["EPERM", "EINVAL", "ENETUNREACH", "ENODEV"],
} as const;

const OF_INSTANCES: readonly Definition[] = [
  counter(
    "lease_renewals",
    "Renewals of the kernel lifetimes of the addresses",
    ({ counters }) => counters.leaseRenewals,
  ),
  counter(
    "stranger_adverts",
    "Adverts with our id and none of our addresses",
    ({ counters }) => counters.strangers,
  ),
  counter(
    "interval_mismatches",
    "Adverts whose interval differs from ours",
    ({ counters }) => counters.intervalMismatches,
  ),
  counter(
    "addresses_meddled",
    "Virtual addresses that somebody else removed",
    ({ counters }) => counters.addressesMeddled,
  ),
  counter(
    "addresses_expired",
    "Virtual addresses that the kernel removed, renewed too late",
    ({ counters }) => counters.addressesExpired,
  ),
  counter(
    "addresses_refused",
    "Changes of addresses that the kernel refused",
    ({ counters }) => counters.addressesRefused,
  ),
  counter(
    "routes_put_back",
    "Routes and rules that had gone, and were put back",
    ({ counters }) => counters.routesPutBack,
  ),
  counter(
    "routes_refused",
    "Changes of routes and rules that the kernel refused",
    ({ counters }) => counters.routesRefused,
  ),
  counter(
    "address_conflicts",
    "Times that another host answered for one of our addresses",
    ({ counters }) => counters.addressConflicts,
  ),
  counter("send_errors", "Packets that the kernel refused to send", ({ counters }) => counters.sendErrors),
  {
    name: "vrrpd_adverts_dropped_total",
    type: "counter",
    help: "Received adverts that were refused, by reason",
    ...ofInstances(["reason"], ({ counters }) => countsBy("reason", counters.drops, DROP_REASONS)),
  },
  {
    name: "vrrpd_transitions_total",
    type: "counter",
    help: "Changes of state",
    ...ofInstances(["from", "to"], (instance, measured) =>
      Object.entries(LEGAL_TRANSITIONS).flatMap(([from, targets]) =>
        targets.map((to) => ({
          value: measured.transitions(instanceLabels(instance), from as State, to),
          labels: { from, to },
        })),
      ),
    ),
  },
  {
    name: "vrrpd_refused_by_kernel_total",
    type: "counter",
    help: "What the kernel refused to send or to change, by errno",
    ...ofInstances(["what", "errno"], ({ counters }) => [
      ...countsBy("errno", counters.sendErrorsByErrno, USUAL_ERRNOS.send).map(withLabel("what", "send")),
      ...countsBy("errno", counters.routesRefusedByErrno, USUAL_ERRNOS.route).map(withLabel("what", "route")),
      ...countsBy("errno", counters.addressesRefusedByErrno, USUAL_ERRNOS.address).map(
        withLabel("what", "address"),
      ),
    ]),
  },
  {
    name: "vrrpd_priority",
    type: "gauge",
    help: "Priority of the instance on this node",
    ...ofInstances([], ({ priority }) => (priority === null ? [] : [{ value: priority }])),
  },
  {
    name: "vrrpd_base_priority",
    type: "gauge",
    help: "Configured priority of the instance, without what is tracked",
    ...ofInstances([], ({ basePriority }) => (basePriority === null ? [] : [{ value: basePriority }])),
  },
  {
    name: "vrrpd_yielded",
    type: "gauge",
    help: "Whether the instance has yielded (vrrpd yield), and gives way to every other master",
    ...ofInstances([], ({ yielded }) => [{ value: yielded === null ? 0 : 1 }]),
  },
  {
    name: "vrrpd_virtual_address_present",
    type: "gauge",
    help: "Whether the kernel has the virtual address on the interface",
    ...ofInstances(["ip_address"], ({ virtualAddresses }) =>
      firstOfEach(virtualAddresses).map(({ address, present }) => {
        return { value: present ? 1 : 0, labels: { ip_address: bareAddress(address) } };
      }),
    ),
  },
  {
    name: "vrrpd_routes_missing",
    type: "gauge",
    help: "Routes and rules that should be there, as this node is master, and are not",
    ...ofInstances([], ({ routes }) => [
      { value: routes.filter(({ expected, present }) => expected && !present).length },
    ]),
  },
  {
    name: "vrrpd_peer_last_advert_timestamp_seconds",
    type: "gauge",
    help: "When the last advert of the peer was received, in Unix time",
    ...ofInstances(["peer"], ({ speakers }) =>
      speakers.map(({ address, lastHeardAt }) => {
        return { value: secondsOf(lastHeardAt), labels: { peer: address } };
      }),
    ),
  },
  {
    name: "vrrpd_peer_advert_loss_ratio",
    type: "gauge",
    help: "Estimated share of the peer's adverts that do not arrive",
    ...ofInstances(["peer"], ({ speakers }) =>
      speakers.flatMap(({ address, loss }) =>
        loss === null ? [] : [{ value: loss, labels: { peer: address } }],
      ),
    ),
  },
];

const OF_THE_DAEMON: readonly Definition[] = [
  {
    name: "vrrpd_build_info",
    type: "gauge",
    help: "Version of the daemon; always 1",
    labels: ["version"],
    samples: ({ version }) => [{ value: 1, labels: { version } }],
  },
  {
    name: "vrrpd_start_time_seconds",
    type: "gauge",
    help: "When the daemon was started, in Unix time",
    labels: [],
    samples: ({ startedAt }) => [{ value: secondsOf(startedAt) }],
  },
  {
    name: "vrrpd_config_last_reload_successful",
    type: "gauge",
    help: "Whether the last reload was taken over; 1 as long as there was none",
    labels: [],
    samples: ({ configuration }) => [{ value: configuration.refused === null ? 1 : 0 }],
  },
  {
    name: "vrrpd_config_last_reload_success_timestamp_seconds",
    type: "gauge",
    help: "When what runs was read, at the start or by a reload, in Unix time",
    labels: [],
    samples: ({ configuration }) => [{ value: secondsOf(configuration.loadedAt) }],
  },
  {
    name: "vrrpd_transition_causes_total",
    type: "counter",
    help: "Changes of state of any instance, by cause",
    labels: ["cause"],
    samples: (_, measured) =>
      Object.keys(CAUSES).map((cause) => ({ value: measured.caused(cause as CauseCode), labels: { cause } })),
  },
  {
    name: "vrrpd_unclaimed_packets_dropped_total",
    type: "counter",
    help: "Refused packets that belong to no instance, by interface and reason",
    labels: ["intf", "reason"],
    samples: ({ unclaimedDrops, instances }) => {
      const interfaces = new Set(instances.map((instance) => instance.interface));
      for (const intf of Object.keys(unclaimedDrops)) interfaces.add(intf);
      return [...interfaces].flatMap((intf) =>
        countsBy("reason", unclaimedDrops[intf] ?? {}, DROP_REASONS).map(withLabel("intf", intf)),
      );
    },
  },
  {
    name: "vrrpd_sync_group_state",
    type: "gauge",
    help: "State of the sync group: 1 for the one that it is in",
    labels: ["group", "state"],
    samples: ({ syncGroups }) =>
      syncGroups.flatMap(({ name, state }) =>
        GROUP_STATES.map((one) => ({ value: state === one ? 1 : 0, labels: { group: name, state: one } })),
      ),
  },
  {
    name: "vrrpd_check_value",
    type: "gauge",
    help: "Number that a tracked file holds",
    labels: ["check"],
    samples: (status) =>
      checksOf(status).flatMap(({ name, value }) =>
        value === null ? [] : [{ value, labels: { check: name } }],
      ),
  },
  {
    name: "vrrpd_check_state",
    type: "gauge",
    help: "State of the check: 1 for the one that it is in",
    labels: ["check", "state"],
    samples: (status) =>
      checksOf(status).flatMap(({ name, state }) =>
        CHECK_STATES.map((one) => ({ value: state === one ? 1 : 0, labels: { check: name, state: one } })),
      ),
  },
  {
    name: "vrrpd_stalls_total",
    type: "counter",
    help: "Deadlines that were missed by more than a second",
    labels: [],
    samples: ({ lateness }) => [{ value: lateness.stalls }],
  },
  {
    name: "vrrpd_receive_drops_total",
    type: "counter",
    help: "Packets that found no room in the sockets that adverts are read from",
    labels: ["family"],
    samples: ({ receiveDrops }) => countsBy("family", receiveDrops),
  },
  {
    name: "vrrpd_sampled_out_total",
    type: "counter",
    help: "At most so many packets that cannot matter were not looked at; above 0, the counters of refused packets are those of a sample",
    labels: ["family"],
    samples: ({ sampledOut }) => countsBy("family", sampledOut),
  },
  {
    name: "vrrpd_log_lines_lost_total",
    type: "counter",
    help: "Log lines that whatever collects the log did not take",
    labels: [],
    samples: ({ lostLogLines }) => [{ value: lostLogLines }],
  },
  {
    name: "vrrpd_fifo_lines_lost_total",
    type: "counter",
    help: "Lines for FIFOs that their readers did not take in time",
    labels: [],
    samples: ({ lostFifoLines }) => [{ value: lostFifoLines }],
  },
  {
    name: "vrrpd_problems",
    type: "gauge",
    help: "What vrrpd status lists as wrong and nobody has acknowledged, by code and severity",
    labels: ["code", "severity"],
    samples: ({ problems }, measured) =>
      [...measured.problems.values()].map(({ code, severity }) => ({
        value: problems.filter((one) => isCounted(one, code, severity)).length,
        labels: { code, severity },
      })),
  },
];

export const OWN_METRICS: readonly Definition[] = [...OF_INSTANCES, ...OF_THE_DAEMON];

function counter(name: string, help: string, value: (instance: InstanceDocument) => number): Definition {
  return {
    name: `vrrpd_${name}_total`,
    type: "counter",
    help,
    ...ofInstances([], (instance) => [{ value: value(instance) }]),
  };
}

function withLabel(name: string, value: string) {
  return (sample: Sample): Sample => ({ value: sample.value, labels: { [name]: value, ...sample.labels } });
}

function isCounted(one: ProblemDocument, code: string, severity: string): boolean {
  return one.code === code && one.severity === severity && !one.acknowledged;
}

/** Unix time. */
function secondsOf(time: string): number {
  return Date.parse(time) / 1000;
}
