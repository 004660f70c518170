/** What another configuration changes, in the words of an operator. Pure. */
import { isEmpty, type NamedChange, type PlanChange } from "../config/index.js";
import type { VirtualRouterConfig } from "../core/config.js";

/** null: it follows from another setting, which names it. */
const WORDS: Readonly<Record<keyof VirtualRouterConfig, string | null>> = {
  id: "id",
  name: "name",
  interface: "interface",
  family: "address family",
  virtualRouterId: "virtual router id",
  version: "version",
  yieldsToVersion2: "whether it yields to version 2",
  password: "password",
  priority: "priority",
  preempt: "preemption",
  advertIntervalMicros: "advert interval",
  virtualAddresses: "virtual addresses",
  vmacs: "virtual MAC addresses",
  advertisedCount: null,
  unicastPeers: "unicast peers",
  multicastGroup: "multicast group",
  unicastTtl: "TTL of unicast adverts",
  unicastStrict: "strictness about unicast peers",
  leaseSeconds: "lease of the addresses",
  leftovers: "which addresses it removes at its start",
  idConflict: "what it does about a conflict of ids",
  contestedPerMinute: "limit of announcements",
  announcements: "announcements",
  guardRemove: "whether it guards against removed addresses",
  checksumPseudoHeader: "checksum",
  tracks: "what it tracks",
  tracksInterface: "whether it tracks its interface",
  missingIsFault: "whether a missing interface is a fault",
  tracksSource: "whether it tracks its source",
  fixtures: "routes and rules",
  ownerWaits: "whether the owner waits",
  answersLower: "answer to adverts of lower priority",
  announcesToLower: "announcements at adverts of lower priority",
  answersHigher: "answer to adverts of higher priority",
  downTimerAdverts: "down timer",
  origins: null,
  notify: "notify scripts",
  fifo: "what it writes into FIFOs",
  contradiction: "whether it can be meant on this host",
};

const NODE_WORDS: Readonly<Record<PlanChange["node"][number], string>> = {
  firewall: "the firewall rule",
  fifos: "the FIFOs",
  promotes: "where secondary addresses are promoted",
  statics: "what is static (addresses, routes, rules)",
  startGraceMicros: "the grace after the start",
  linkGraceMicros: "the grace after a link comes up",
  renewIntervalMicros: "how often leases are renewed",
  acknowledged: "what is acknowledged",
};

const SETTING_WORDS: Readonly<Record<PlanChange["restart"][number], string>> = {
  name: "the configuration's name",
  socketPath: "the path of the control socket",
  socketGroup: "the group of the control socket",
  keepalivedConf: "where the keepalived.conf is written",
  logLevel: "the log level",
  logFormat: "the log format",
  realtimePriority: "the real-time priority",
  metricsListen: "where the metrics listen",
  httpHosts: "the names of HTTP requests",
  lockUids: "who may hold locks",
  scripts: "how scripts run",
  acknowledged: "what is acknowledged",
};

/** "VI_2 is new; VI_1 has other settings: priority" */
export function describeChange(change: PlanChange): string {
  if (isEmpty(change)) return "nothing has changed";
  const { added, removed, updated, checks, groups, scripts, node, restart } = change;
  const clauses = [
    ...added.map(({ name }) => `${name} is new`),
    ...removed.map(({ name }) => `${name} is gone`),
    ...updated.map(({ name, how, what }) =>
      how === "live"
        ? `${name} has other settings: ${listOf(what)}`
        : `${name} begins anew, with other settings: ${listOf(what)}`,
    ),
    ...namedClauses("check", checks),
    ...namedClauses("sync group", groups),
    ...(scripts ? ["scripts run otherwise"] : []),
    ...node.map((key) => `${NODE_WORDS[key]} has changed`),
    ...(restart.length === 0
      ? []
      : [`only a restart changes ${restart.map((key) => SETTING_WORDS[key]).join(", ")}`]),
  ];
  return clauses.join("; ");
}

function namedClauses(what: string, { added, removed, changed }: NamedChange): string[] {
  return [
    ...added.map((name) => `${what} ${name} is new`),
    ...removed.map((name) => `${what} ${name} is gone`),
    ...changed.map((name) => `${what} ${name} has changed`),
  ];
}

function listOf(what: readonly (keyof VirtualRouterConfig)[]): string {
  const named = what.flatMap((key) => WORDS[key] ?? []);
  return named.length > 0 ? named.join(", ") : "which addresses adverts carry";
}
