/** Metrics of vrrpd's own, read from the status (docs/metrics.md). */
import { Counter, Gauge, type Registry } from "prom-client";
import type { InstanceDocument, StatusDocument } from "../status/types.js";
import { checksOf } from "./keepalived.js";
import { INSTANCE_LABELS, instanceLabels } from "./labels.js";

type CounterRow = readonly [name: string, help: string, value: (instance: InstanceDocument) => number];

const COUNTERS: readonly CounterRow[] = [
  [
    "lease_renewals",
    "Renewals of the kernel lifetimes of the addresses",
    ({ counters }) => counters.leaseRenewals,
  ],
  ["stranger_adverts", "Adverts with our id and none of our addresses", ({ counters }) => counters.strangers],
  [
    "interval_mismatches",
    "Adverts whose interval differs from ours",
    ({ counters }) => counters.intervalMismatches,
  ],
  [
    "addresses_meddled",
    "Virtual addresses that somebody else removed",
    ({ counters }) => counters.addressesMeddled,
  ],
  [
    "addresses_expired",
    "Virtual addresses that the kernel removed, renewed too late",
    ({ counters }) => counters.addressesExpired,
  ],
  [
    "addresses_refused",
    "Changes of addresses that the kernel refused",
    ({ counters }) => counters.addressesRefused,
  ],
  [
    "address_conflicts",
    "Times that another host answered for one of our addresses",
    ({ counters }) => counters.addressConflicts,
  ],
  ["send_errors", "Packets that the kernel refused to send", ({ counters }) => counters.sendErrors],
];
const CHECK_STATES = ["pending", "passing", "failing", "advisory", "disabled"] as const;

export function addOwnMetrics(registry: Registry, status: () => StatusDocument): void {
  for (const [name, help, value] of COUNTERS) {
    new Counter({
      name: `vrrpd_${name}_total`,
      help,
      labelNames: [...INSTANCE_LABELS],
      registers: [registry],
      collect() {
        this.reset();
        for (const instance of status().instances) this.inc(instanceLabels(instance), value(instance));
      },
    });
  }
  addInstanceMetrics(registry, status);
  addPeerMetrics(registry, status);
  addDaemonMetrics(registry, status);
}

function addInstanceMetrics(registry: Registry, status: () => StatusDocument): void {
  const registers = [registry];
  new Counter({
    name: "vrrpd_adverts_dropped_total",
    help: "Received adverts that were refused, by reason",
    labelNames: [...INSTANCE_LABELS, "reason"],
    registers,
    collect() {
      this.reset();
      for (const instance of status().instances) {
        for (const [reason, count] of Object.entries(instance.counters.drops)) {
          this.inc({ ...instanceLabels(instance), reason }, count);
        }
      }
    },
  });
  new Counter({
    name: "vrrpd_refused_by_kernel_total",
    help: "What the kernel refused to send or to change, by errno",
    labelNames: [...INSTANCE_LABELS, "what", "errno"],
    registers,
    collect() {
      this.reset();
      for (const instance of status().instances) {
        const { sendErrorsByErrno: send, addressesRefusedByErrno: address } = instance.counters;
        for (const [what, counts] of Object.entries({ send, address })) {
          for (const [errno, count] of Object.entries(counts)) {
            this.inc({ ...instanceLabels(instance), what, errno }, count);
          }
        }
      }
    },
  });
  new Gauge({
    name: "vrrpd_priority",
    help: "Priority of the instance on this node",
    labelNames: [...INSTANCE_LABELS],
    registers,
    collect() {
      this.reset();
      for (const instance of status().instances) {
        if (instance.priority !== null) this.set(instanceLabels(instance), instance.priority);
      }
    },
  });
  new Gauge({
    name: "vrrpd_virtual_address_present",
    help: "Whether the kernel has the virtual address on the interface",
    labelNames: [...INSTANCE_LABELS, "ip_address"],
    registers,
    collect() {
      this.reset();
      for (const instance of status().instances) {
        for (const { address, present } of instance.virtualAddresses) {
          const ip_address = address.replace(/\/.*/, "");
          this.set({ ...instanceLabels(instance), ip_address }, present ? 1 : 0);
        }
      }
    },
  });
}

function addPeerMetrics(registry: Registry, status: () => StatusDocument): void {
  const labelNames = [...INSTANCE_LABELS, "peer"];
  const registers = [registry];
  new Gauge({
    name: "vrrpd_peer_last_advert_timestamp_seconds",
    help: "When the last advert of the peer was received, in Unix time",
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const instance of status().instances) {
        for (const { address, lastHeardAt } of instance.speakers) {
          this.set({ ...instanceLabels(instance), peer: address }, Date.parse(lastHeardAt) / 1000);
        }
      }
    },
  });
  new Gauge({
    name: "vrrpd_peer_advert_loss_ratio",
    help: "Estimated share of the peer's adverts that do not arrive",
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const instance of status().instances) {
        for (const { address, loss } of instance.speakers) {
          if (loss !== null) this.set({ ...instanceLabels(instance), peer: address }, loss);
        }
      }
    },
  });
}

function addDaemonMetrics(registry: Registry, status: () => StatusDocument): void {
  const registers = [registry];
  new Gauge({
    name: "vrrpd_build_info",
    help: "Version of the daemon; always 1",
    labelNames: ["version"],
    registers,
    collect() {
      this.set({ version: status().version }, 1);
    },
  });
  new Gauge({
    name: "vrrpd_start_time_seconds",
    help: "When the daemon was started, in Unix time",
    registers,
    collect() {
      this.set(Date.parse(status().startedAt) / 1000);
    },
  });
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Resident memory of the daemon",
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Counter({
    name: "vrrpd_unclaimed_packets_dropped_total",
    help: "Refused packets that belong to no instance, by interface and reason",
    labelNames: ["intf", "reason"],
    registers,
    collect() {
      this.reset();
      for (const [intf, drops] of Object.entries(status().unclaimedDrops)) {
        for (const [reason, count] of Object.entries(drops)) this.inc({ intf, reason }, count);
      }
    },
  });
  new Gauge({
    name: "vrrpd_check_state",
    help: "State of the check: 1 for the one that it is in",
    labelNames: ["check", "state"],
    registers,
    collect() {
      for (const { name, state } of checksOf(status())) {
        for (const one of CHECK_STATES) this.set({ check: name, state: one }, state === one ? 1 : 0);
      }
    },
  });
  addTroubleMetrics(registry, status);
}

function addTroubleMetrics(registry: Registry, status: () => StatusDocument): void {
  const registers = [registry];
  new Counter({
    name: "vrrpd_stalls_total",
    help: "Deadlines that were missed by more than a second",
    registers,
    collect() {
      this.reset();
      this.inc(status().lateness.stalls);
    },
  });
  new Counter({
    name: "vrrpd_receive_drops_total",
    help: "Packets that found no room in the sockets that adverts are read from",
    labelNames: ["family"],
    registers,
    collect() {
      this.reset();
      for (const [family, count] of Object.entries(status().receiveDrops)) this.inc({ family }, count);
    },
  });
  new Counter({
    name: "vrrpd_sampled_out_total",
    help: "At most so many packets that cannot matter were not looked at; above 0, the counters of refused packets are those of a sample",
    labelNames: ["family"],
    registers,
    collect() {
      this.reset();
      for (const [family, count] of Object.entries(status().sampledOut)) this.inc({ family }, count);
    },
  });
  new Counter({
    name: "vrrpd_log_lines_lost_total",
    help: "Log lines that nobody took from the standard output",
    registers,
    collect() {
      this.reset();
      this.inc(status().lostLogLines);
    },
  });
  new Gauge({
    name: "vrrpd_problems",
    help: "What vrrpd status lists as wrong, by severity",
    labelNames: ["severity"],
    registers,
    collect() {
      const { problems } = status();
      for (const severity of ["error", "warning"] as const) {
        this.set({ severity }, problems.filter((problem) => problem.severity === severity).length);
      }
    },
  });
}
