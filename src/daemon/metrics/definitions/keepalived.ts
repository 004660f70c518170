/** The names that dashboards know from the exporter beside Keepalived, with its labels (docs/metrics.md). */
import type { InstanceDocument } from "../../status/types.js";
import { bareAddress, checksOf, type Definition, firstOfEach, ofInstances } from "./definition.js";

/** As numbers, in the exporter's order. */
const STATE_NUMBERS = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3 } as const;
const KIND_UNKNOWN = "Adverts whose kind of authentication is unknown or not ours";

export const KEEPALIVED_METRICS: readonly Definition[] = [
  {
    name: "keepalived_up",
    type: "gauge",
    help: "The daemon runs",
    labels: [],
    samples: () => [{ value: 1 }],
  },
  {
    name: "keepalived_vrrp_state",
    type: "gauge",
    help: "State of the instance: 0 INIT, 1 BACKUP, 2 MASTER, 3 FAULT",
    ...ofInstances(["ip_address"], ({ state, virtualAddresses }) =>
      firstOfEach(virtualAddresses).map(({ address }) => {
        return { value: STATE_NUMBERS[state], labels: { ip_address: bareAddress(address) } };
      }),
    ),
  },
  counter("advertisements_received", "Adverts received", ({ counters }) => counters.advertsReceived),
  counter("advertisements_sent", "Adverts sent", ({ counters }) => counters.advertsSent),
  counter("become_master", "Times that the instance became master", ({ counters }) => counters.becomeMaster),
  counter("release_master", "Times that it stopped being master", ({ counters }) => counters.releaseMaster),
  counter(
    "priority_zero_received",
    "Adverts with priority 0 received",
    ({ counters }) => counters.priorityZeroReceived,
  ),
  counter("priority_zero_sent", "Adverts with priority 0 sent", ({ counters }) => counters.priorityZeroSent),
  refused("packet_length_errors", "Adverts whose length is wrong", "length", "truncated"),
  refused(
    "advertisements_interval_errors",
    "Adverts refused for their interval",
    "interval-mismatch",
    "zero-interval",
  ),
  refused(
    "ip_ttl_errors",
    "Adverts whose TTL or hop limit is too low",
    "ttl",
    "peer-ttl",
    "min-ttl",
    "foreign-peer-ttl",
  ),
  refused("invalid_type_received", "VRRP packets of another type than advert", "type"),
  counter(
    "address_list_errors",
    "Adverts whose addresses differ from ours",
    (instance) => instance.counters.addressListMismatches + drops(instance, "no-addresses"),
  ),
  refused("authentication_invalid", KIND_UNKNOWN, "authentication-type"),
  refused("authentication_mismatch", KIND_UNKNOWN, "authentication-type"),
  refused("authentication_failure", "Adverts with another password", "authentication-mismatch"),
  counter(
    "gratuitous_arp_delay",
    "Seconds from a takeover to its later announcements, as configured",
    ({ announcesAgainAfterSeconds }) => announcesAgainAfterSeconds ?? 0,
  ),
  {
    name: "keepalived_script_status",
    type: "gauge",
    help: "Last verdict on the check: 1 good, 0 bad",
    labels: ["name"],
    samples: (status) =>
      checksOf(status)
        .filter(({ state }) => state !== "pending" && state !== "disabled")
        .map(({ name, state }) => ({ value: state === "passing" ? 1 : 0, labels: { name } })),
  },
  {
    name: "keepalived_script_state",
    type: "gauge",
    help: "Whether the check runs: 0 idle, 1 running",
    labels: ["name"],
    samples: (status, isRunning) =>
      checksOf(status).map(({ name }) => ({ value: isRunning(name) ? 1 : 0, labels: { name } })),
  },
];

/** Its state at the moment stands beside each counter of an instance. */
function counter(name: string, help: string, value: (instance: InstanceDocument) => number): Definition {
  return {
    name: `keepalived_${name}_total`,
    type: "counter",
    help,
    ...ofInstances(["state"], (instance) => [{ value: value(instance), labels: { state: instance.state } }]),
  };
}

type Reason = keyof InstanceDocument["counters"]["drops"];

function refused(name: string, help: string, ...reasons: readonly Reason[]): Definition {
  return counter(name, help, (instance) => drops(instance, ...reasons));
}

function drops({ counters }: InstanceDocument, ...reasons: readonly Reason[]): number {
  return reasons.reduce((sum, reason) => sum + (counters.drops[reason] ?? 0), 0);
}
