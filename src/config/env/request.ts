/** What the environment asks for: every variable read, nothing of this host looked at. */
import type { AddressWithPrefix, IpAddress } from "../../base/address.js";
import { type Micros, secondsToMicros } from "../../base/time.js";
import type { CheckConfig, Preempt } from "../../core/config.js";
import type { FirewallPlan, ScriptPlan, Settings, StandingProblem } from "../plan/types.js";
import { type Group, spreadOverGroups } from "./groups.js";
import type { RequestedLease, RequestedVersion } from "./readers.js";
import type { Values } from "./table.js";

export interface Request {
  readonly settings: Settings;
  readonly version: RequestedVersion;
  /** 8 bytes of simple password for version 2; null: none is wanted. */
  readonly password: Uint8Array | null;
  /** null: the first of the usual ones. */
  readonly interfaceName: string | null;
  readonly groups: readonly Group[];
  /** At least 1. */
  readonly replicaCount: number;
  /** 1..254; null: made from the node address. */
  readonly fixedPriority: number | null;
  readonly preempt: Preempt;
  readonly advertIntervalMicros: Micros;
  readonly checksumPseudoHeader: boolean;
  /** As listed, this node's own included. Empty: multicast. */
  readonly unicastPeers: readonly IpAddress[];
  readonly unicastStrict: boolean;
  /** Least TTL of adverts from peers behind a router, 1..255; null: any, with a warning. */
  readonly unicastMinTtl: number | null;
  /** What adverts are sent from, at most one address a family; empty: as the node's addresses say. */
  readonly asked: { readonly variable: string; readonly addresses: readonly IpAddress[] };
  readonly lease: Lease;
  readonly idConflict: "hold" | "claim";
  readonly contestedPerMinute: number;
  readonly announceRefreshMicros: Micros | null;
  readonly startGraceMicros: Micros;
  readonly linkGraceMicros: Micros;
  readonly guardRemove: boolean;
  /** Suffix of the IPv4 virtual addresses' labels; null: they have none. */
  readonly vipLabel: string | null;
  readonly probe: { readonly port: number; readonly intervalMicros: Micros } | null;
  readonly script: ScriptPlan | null;
  readonly checks: readonly CheckConfig[];
  readonly notifyCommand: readonly string[] | null;
  readonly firewall: FirewallPlan | null;
  readonly warnings: readonly string[];
  readonly standingProblems: readonly StandingProblem[];
  /** To be logged once at their level: what is accepted and does nothing. */
  readonly notes: readonly Note[];
}

/** Kernel lifetime of virtual addresses; `renewIntervalMicros` null: with the adverts, or no lease. */
export interface Lease {
  readonly seconds: number | null;
  readonly renewIntervalMicros: Micros | null;
}

export interface Note {
  readonly level: "debug" | "info";
  readonly message: string;
}

const DEFAULT_PORT = 80;
const PASSWORD_BYTES = 8;
/** A lease of 90 s is renewed every 40 s; others in the same proportion. */
const RENEWALS_PER_LEASE = 90 / 40;

/** The request of values that agree with each other. */
export function buildRequest(
  values: Values,
  warnings: readonly string[],
  standingProblems: readonly StandingProblem[],
): Request {
  const intervalMicros = secondsToMicros(values.checkInterval);
  const port = probedPort(values);
  const command = values.checkScript;
  return {
    settings: settingsOf(values),
    version: values.version,
    password: values.v2Auth === "pass" ? passwordOf(values.configName.raw) : null,
    interfaceName: values.networkInterface,
    groups: groupsOf(values),
    replicaCount: Math.max(1, values.replicaCount),
    fixedPriority: values.priority,
    preempt: values.preemption,
    advertIntervalMicros: secondsToMicros(values.advertInterval),
    checksumPseudoHeader: values.ipv4Checksum === "pseudo-header",
    unicastPeers: values.unicastPeers,
    unicastStrict: values.unicastStrict,
    unicastMinTtl: values.unicastMinTtl,
    asked: askedSources(values),
    lease: leaseOf(values.vipLease, values.advertInterval),
    idConflict: values.idConflict,
    contestedPerMinute: values.announceLimit,
    announceRefreshMicros: values.announceRefresh === 0 ? null : secondsToMicros(values.announceRefresh),
    startGraceMicros: secondsToMicros(values.startGrace),
    linkGraceMicros: secondsToMicros(values.linkGrace),
    guardRemove: values.guardRemove,
    vipLabel: values.vipLabel,
    probe: port === null ? null : { port, intervalMicros },
    script: command === null ? null : { command, intervalMicros, strict: values.checkStrict },
    checks: checksOf(values),
    notifyCommand: values.notifyScript,
    firewall: firewallOf(values),
    warnings,
    standingProblems,
    notes: notesOf(values),
  };
}

export function groupsOf(values: Values): Group[] {
  return spreadOverGroups(values.virtualAddresses, values.groups, values.idOffset, values.excludedIds);
}

export function allAddresses(groups: readonly Group[]): readonly AddressWithPrefix[] {
  return groups.flatMap((group) => group.virtualAddresses);
}

/** The source variable that counts. */
function askedSources({ unicastPeers, unicastSource, multicastSource }: Values): Request["asked"] {
  return unicastPeers.length > 0
    ? { variable: "UNICAST_SOURCE_IPADDRESS", addresses: unicastSource }
    : { variable: "MULTICAST_SOURCE_IPADDRESS", addresses: multicastSource };
}

/** The port to probe, or null: asked for, or the default where no script is there instead. */
function probedPort(values: Values): number | null {
  if (values.checkScript === null)
    return values.monitorPort === 0 ? null : (values.monitorPort ?? DEFAULT_PORT);
  return values.monitorPort === 0 || values.checks === "script" ? null : values.monitorPort;
}

/** Beside a script, a port that has never answered is only a warning, unless VRRPD_CHECKS=both. */
function checksOf(values: Values): CheckConfig[] {
  const { checkRise: rise, checkFall: fall } = values;
  const beside = values.checkScript !== null;
  const checks: CheckConfig[] = [];
  if (probedPort(values) !== null) {
    checks.push({ name: "probe", advisoryUntilFirstPass: beside && values.checks === "auto", rise, fall });
  }
  if (beside) checks.push({ name: "script", advisoryUntilFirstPass: false, rise, fall });
  return checks;
}

/** The first bytes of the name as given, padded with zeros, as Keepalived sends `auth_pass`. */
function passwordOf(name: string): Uint8Array {
  const password = new Uint8Array(PASSWORD_BYTES);
  password.set(Buffer.from(name).subarray(0, PASSWORD_BYTES));
  return password;
}

function leaseOf(lease: RequestedLease, advertIntervalSeconds: number): Lease {
  if (lease === null) return { seconds: null, renewIntervalMicros: null };
  if (lease === "fast") {
    return { seconds: Math.max(1, Math.floor(3 * advertIntervalSeconds) - 1), renewIntervalMicros: null };
  }
  return { seconds: lease, renewIntervalMicros: secondsToMicros(lease / RENEWALS_PER_LEASE) };
}

function firewallOf(values: Values): FirewallPlan | null {
  if (values.nftablesRule !== null) return { backend: "nftables" };
  return values.iptablesChain === null ? null : { backend: "iptables", chain: values.iptablesChain };
}

function settingsOf(values: Values): Settings {
  return {
    name: values.configName.scrubbed,
    socketPath: values.socket ?? `/run/vrrpd/${values.configName.scrubbed}.sock`,
    logLevel: values.logLevel,
    logFormat: values.logFormat,
    realtimePriority: values.realtime,
    metricsListen: values.metricsListen,
    httpHosts: values.httpHosts,
    lockUids: values.lockUids,
    interfaceStrict: values.interfaceStrict,
    scripts: {
      user: values.scriptUser,
      security: values.scriptSecurity,
      environment: values.scriptEnvironment,
      notifyTimeoutMicros: secondsToMicros(values.notifyTimeout),
      stopTimeoutMicros: secondsToMicros(values.stopTimeout),
    },
  };
}

function notesOf(values: Values): Note[] {
  const notes: Note[] = [];
  if (values.selector !== null) notes.push({ level: "debug", message: "OPENSHIFT_HA_SELECTOR is ignored" });
  if (values.smtpServer !== null)
    notes.push({ level: "debug", message: "OPENSHIFT_HA_SMTP_SERVER is ignored" });
  if (values.adminEmails !== null) {
    notes.push({ level: "info", message: "OPENSHIFT_HA_ADMIN_EMAILS is ignored: no e-mail is sent" });
  }
  return notes;
}
