/** The names that dashboards know from the exporter beside Keepalived, with its labels (docs/metrics.md). */
import { isScriptsName } from "../../../config/index.js";
import {
  type KeepalivedCounters,
  keepalivedCounters,
  STATE_NUMBERS,
} from "../../status/keepalived-counters.js";
import type { InstanceDocument, VirtualAddressDocument } from "../../status/types.js";
import { checksOf, type Definition, ofInstances, type Sample } from "./definition.js";

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
    name: "keepalived_exporter_build_info",
    type: "gauge",
    help: "Who stands in for the exporter; always 1",
    labels: ["version"],
    samples: ({ version }) => [{ value: 1, labels: { version: `vrrpd ${version}` } }],
  },
  {
    name: "keepalived_vrrp_state",
    type: "gauge",
    help: "State of the instance: 0 INIT, 1 BACKUP, 2 MASTER, 3 FAULT",
    ...ofInstances(["ip_address"], (instance) => statesOf(instance, () => true)),
  },
  {
    name: "keepalived_vrrp_excluded_state",
    type: "gauge",
    help: "The same for the addresses alone that adverts do not list",
    ...ofInstances(["ip_address"], (instance) => statesOf(instance, ({ advertised }) => !advertised)),
  },
  counter("advertisements_received", "Adverts received", (of) => of.advertsReceived),
  counter("advertisements_sent", "Adverts sent", (of) => of.advertsSent),
  counter("become_master", "Times that the instance became master", (of) => of.becomeMaster),
  counter("release_master", "Times that it stopped being master", (of) => of.releaseMaster),
  counter("priority_zero_received", "Adverts with priority 0 received", (of) => of.priorityZeroReceived),
  counter("priority_zero_sent", "Adverts with priority 0 sent", (of) => of.priorityZeroSent),
  counter("packet_length_errors", "Adverts whose length is wrong", (of) => of.lengthErrors),
  counter("advertisements_interval_errors", "Adverts refused for their interval", (of) => of.intervalErrors),
  counter("ip_ttl_errors", "Adverts whose TTL or hop limit is too low", (of) => of.ttlErrors),
  counter("invalid_type_received", "VRRP packets of another type than advert", (of) => of.invalidType),
  counter("address_list_errors", "Adverts whose addresses differ from ours", (of) => of.addressListErrors),
  counter("authentication_invalid", KIND_UNKNOWN, (of) => of.authenticationTypeErrors),
  counter("authentication_mismatch", KIND_UNKNOWN, (of) => of.authenticationTypeErrors),
  counter("authentication_failure", "Adverts with another password", (of) => of.authenticationFailures),
  counter(
    "gratuitous_arp_delay",
    "Seconds from a takeover to its later announcements, as configured",
    (_, { announcesAgainAfterSeconds }) => announcesAgainAfterSeconds ?? 0,
  ),
  {
    name: "keepalived_script_status",
    type: "gauge",
    help: "Last verdict on the check: 1 good, 0 bad",
    labels: ["name"],
    samples: (status) =>
      checksOf(status)
        .filter(({ name, state }) => isScriptsName(name) && state !== "pending" && state !== "disabled")
        .map(({ name, state }) => ({ value: state === "passing" ? 1 : 0, labels: { name } })),
  },
  {
    name: "keepalived_script_state",
    type: "gauge",
    help: "Whether the check runs: 0 idle, 1 running",
    labels: ["name"],
    samples: (status, measured) =>
      checksOf(status)
        .filter(({ name }) => isScriptsName(name))
        .map(({ name }) => ({ value: measured.isRunning(name) ? 1 : 0, labels: { name } })),
  },
];

/** As Keepalived writes an address: with its prefix length, unless that is of one address. */
function statesOf(
  { state, virtualAddresses }: InstanceDocument,
  isMeant: (address: VirtualAddressDocument) => boolean,
): Sample[] {
  return virtualAddresses.filter(isMeant).map(({ address, interface: intf }) => {
    const ip_address = address.replace(address.includes(":") ? /\/128$/ : /\/32$/, "");
    return { value: STATE_NUMBERS[state], labels: { intf, ip_address } };
  });
}

function counter(
  name: string,
  help: string,
  value: (counters: KeepalivedCounters, instance: InstanceDocument) => number,
): Definition {
  return {
    name: `keepalived_${name}_total`,
    type: "counter",
    help,
    ...ofInstances([], (instance) => [{ value: value(keepalivedCounters(instance.counters), instance) }]),
  };
}
