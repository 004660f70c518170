/** The names that dashboards know from the exporter beside Keepalived, with its labels (docs/metrics.md). */
import { Counter, Gauge, type Registry } from "prom-client";
import { microsToSeconds } from "../../base/time.js";
import { LATER_ROUNDS_AFTER_MICROS } from "../../core/addresses/announcements.js";
import type { CheckDocument, InstanceDocument, StatusDocument } from "../status/types.js";
import { INSTANCE_LABELS, instanceLabels } from "./labels.js";

/** As numbers, in the exporter's order. */
const STATE_NUMBERS = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3 } as const;

type CounterRow = readonly [name: string, help: string, value: (instance: InstanceDocument) => number];

const COUNTERS: readonly CounterRow[] = [
  ["advertisements_received", "Adverts received", ({ counters }) => counters.advertsReceived],
  ["advertisements_sent", "Adverts sent", ({ counters }) => counters.advertsSent],
  ["become_master", "Times that the instance became master", ({ counters }) => counters.becomeMaster],
  ["release_master", "Times that it stopped being master", ({ counters }) => counters.releaseMaster],
  [
    "priority_zero_received",
    "Adverts with priority 0 received",
    ({ counters }) => counters.priorityZeroReceived,
  ],
  ["priority_zero_sent", "Adverts with priority 0 sent", ({ counters }) => counters.priorityZeroSent],
  [
    "packet_length_errors",
    "Adverts whose length is wrong",
    (instance) => drops(instance, "length", "truncated"),
  ],
  [
    "advertisements_interval_errors",
    "Adverts refused for their interval",
    (instance) => drops(instance, "interval-mismatch", "zero-interval"),
  ],
  [
    "ip_ttl_errors",
    "Adverts whose TTL or hop limit is too low",
    (instance) => drops(instance, "ttl", "peer-ttl", "min-ttl", "foreign-peer-ttl"),
  ],
  [
    "invalid_type_received",
    "VRRP packets of another type than advert",
    (instance) => drops(instance, "type"),
  ],
  [
    "address_list_errors",
    "Adverts whose addresses differ from ours",
    (instance) => instance.counters.addressListMismatches + drops(instance, "no-addresses"),
  ],
  [
    "authentication_invalid",
    "Adverts whose kind of authentication is unknown or not ours",
    (instance) => drops(instance, "authentication-type"),
  ],
  [
    "authentication_mismatch",
    "Adverts whose kind of authentication is unknown or not ours",
    (instance) => drops(instance, "authentication-type"),
  ],
  [
    "authentication_failure",
    "Adverts with another password",
    (instance) => drops(instance, "authentication-mismatch"),
  ],
  [
    "gratuitous_arp_delay",
    "Seconds from a takeover to its later announcements, as configured",
    () => microsToSeconds(LATER_ROUNDS_AFTER_MICROS),
  ],
];

function drops(
  { counters }: InstanceDocument,
  ...reasons: readonly (keyof InstanceDocument["counters"]["drops"])[]
): number {
  return reasons.reduce((sum, reason) => sum + (counters.drops[reason] ?? 0), 0);
}

/** @param isRunning whether a run of this check is under way. */
export function addKeepalivedMetrics(
  registry: Registry,
  status: () => StatusDocument,
  isRunning: (check: string) => boolean,
): void {
  const registers = [registry];
  new Gauge({ name: "keepalived_up", help: "The daemon runs", registers }).set(1);
  new Gauge({
    name: "keepalived_vrrp_state",
    help: "State of the instance: 0 INIT, 1 BACKUP, 2 MASTER, 3 FAULT",
    labelNames: [...INSTANCE_LABELS, "ip_address"],
    registers,
    collect() {
      this.reset();
      for (const instance of status().instances) {
        for (const { address } of instance.virtualAddresses) {
          const ip_address = address.replace(/\/.*/, "");
          this.set({ ...instanceLabels(instance), ip_address }, STATE_NUMBERS[instance.state]);
        }
      }
    },
  });
  for (const [name, help, value] of COUNTERS) {
    new Counter({
      name: `keepalived_${name}_total`,
      help,
      labelNames: [...INSTANCE_LABELS, "state"],
      registers,
      collect() {
        this.reset();
        for (const instance of status().instances) {
          this.inc({ ...instanceLabels(instance), state: instance.state }, value(instance));
        }
      },
    });
  }
  addScriptMetrics(registry, status, isRunning);
}

function addScriptMetrics(
  registry: Registry,
  status: () => StatusDocument,
  isRunning: (check: string) => boolean,
): void {
  const registers = [registry];
  new Gauge({
    name: "keepalived_script_status",
    help: "Last verdict on the check: 1 good, 0 bad",
    labelNames: ["name"],
    registers,
    collect() {
      this.reset();
      for (const { name, state } of checksOf(status())) {
        if (state !== "pending" && state !== "disabled") this.set({ name }, state === "passing" ? 1 : 0);
      }
    },
  });
  new Gauge({
    name: "keepalived_script_state",
    help: "Whether the check runs: 0 idle, 1 running",
    labelNames: ["name"],
    registers,
    collect() {
      this.reset();
      for (const { name } of checksOf(status())) this.set({ name }, isRunning(name) ? 1 : 0);
    },
  });
}

/** All instances depend on all checks: each once. */
export function checksOf({ instances }: StatusDocument): readonly CheckDocument[] {
  return instances[0]?.checks ?? [];
}
