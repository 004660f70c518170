/** What the environment asks for: variables that agree with each other → an intent. */
import type { AddressWithPrefix, Family } from "../../base/address.js";
import { type Micros, secondsToMicros } from "../../base/time.js";
import type { AnnouncementRounds, AnnouncementSchedule, Track } from "../../core/config.js";
import { DOWN_TIMER_ADVERTS } from "../../core/election.js";
import type { NotifyCommand } from "../../core/notify.js";
import { nameOf } from "../../core/origin.js";
import { plainVirtualAddress } from "../../core/virtual-address.js";
import type { VrrpVersion } from "../../wire/advert.js";
import { VRRP_GROUPS, VRRP_TTL } from "../../wire/vrrp.js";
import { AUTHENTICATION_DATA_LENGTH } from "../../wire/vrrp2.js";
import type {
  Asked,
  FirewallPlan,
  GroupIntent,
  InstanceIntent,
  Intent,
  Note,
  PriorityIntent,
  RouterSettings,
  Settings,
  VmacIntent,
} from "../intent.js";
import type { StandingProblem, Warning } from "../problem.js";
import { NOTHING_SHOWN } from "../shown.js";
import { VmacNames, virtualMac } from "../vmac-names.js";
import { checksOf } from "./checks.js";
import { type Group, spreadOverGroups } from "./groups.js";
import type { RequestedLease } from "./readers.js";
import { ORIGINS, originOf, type Values, type VariableKey } from "./table.js";

/** Kernel lifetime of virtual addresses; `renewIntervalMicros` null: with the adverts, or no lease. */
export interface Lease {
  readonly seconds: number | null;
  readonly renewIntervalMicros: Micros | null;
}

/** As many as Keepalived sends, but apart: a thousand addresses five times back to back would trip storm control. */
const ROUNDS: AnnouncementRounds = {
  times: 5,
  spacingMicros: secondsToMicros(0.2),
  againAfterMicros: secondsToMicros(5),
};
/** A lease of 90 s is renewed every 40 s; others in the same proportion. */
const RENEWALS_PER_LEASE = 90 / 40;

export function buildIntent(
  values: Values,
  warnings: readonly Warning[],
  standingProblems: readonly StandingProblem[],
): Intent {
  const instances = instancesOf(values);
  return {
    source: "env",
    settings: settingsOf(values, values.configName.scrubbed),
    origins: ORIGINS,
    instances,
    groups: values.syncGroup ? allInOne(`${values.configName.scrubbed}_VIPS`, instances) : [],
    checks: checksOf(values),
    statics: [],
    firewall: firewallOf(values),
    startGraceMicros: secondsToMicros(values.startGrace),
    linkGraceMicros: secondsToMicros(values.linkGrace),
    renewIntervalMicros: leaseOf(values.vipLease, values.advertInterval).renewIntervalMicros,
    warnings,
    standingProblems,
    notes: notesOf(values),
    fifos: [],
    shown: { ...NOTHING_SHOWN, routerId: values.configName.scrubbed },
  };
}

/** Nothing for one alone. */
function allInOne(name: string, instances: readonly InstanceIntent[]): GroupIntent[] {
  if (instances.length < 2) return [];
  const members = instances.map(({ router }) => router.name);
  return [{ name, members, tracks: [], weighs: true, notify: [] }];
}

/** A group of both families becomes two virtual routers, IPv4 first. */
function instancesOf(values: Values): InstanceIntent[] {
  const settings = routerSettingsOf(values);
  const shared = {
    interface: {
      name: values.networkInterface,
      origin: originOf("networkInterface"),
      strict: asked(values, "interfaceStrict"),
    },
    unicastPeers: asked(values, "unicastPeers"),
    unicastMinTtl: asked(values, "unicastMinTtl"),
    sources: asked(values, values.unicastPeers.length > 0 ? "unicastSource" : "multicastSource"),
    sourceRule: "ranked" as const,
    sourcesOn: "interface" as const,
    contradiction: null,
    promotes: false,
    tracksOfGroup: 0,
    trackedByStatics: [],
    label: asked(values, "vipLabel"),
    overfullAdvice: `a larger ${nameOf(originOf("groups"))} spreads them over more virtual routers`,
  };
  const names = new VmacNames([]);
  return groupsOf(values).flatMap((group) => {
    const priority = priorityOf(values, group);
    return familiesOf(group).map(({ family, suffix, virtualAddresses }) => {
      const vmacs = values.vmac ? [vmacOf(values, family, group, names)] : [];
      const on = vmacs[0]?.name ?? null;
      return {
        ...shared,
        vmacs,
        priority,
        router: {
          ...settings(family),
          name: `${values.configName.scrubbed}_VIP_${group.number}${suffix}`,
          family,
          virtualRouterId: group.virtualRouterId,
          virtualAddresses: virtualAddresses.map((entry) => plainVirtualAddress(entry, on)),
        },
      };
    });
  });
}

/** Unicast adverts leave from the interface itself: their peers are reached from its MAC address. */
function vmacOf(
  { unicastPeers }: Values,
  family: Family,
  { virtualRouterId }: Group,
  names: VmacNames,
): VmacIntent {
  const isUnicast = unicastPeers.some((peer) => peer.family === family);
  return {
    name: names.next(family, virtualRouterId),
    on: null,
    mac: virtualMac(family, virtualRouterId),
    family,
    adverts: isUnicast ? "heard" : "sent",
  };
}

function asked<K extends VariableKey>(values: Values, key: K): Asked<Values[K]> {
  return { value: values[key], origin: originOf(key) };
}

interface FamilyOfGroup {
  readonly family: Family;
  /** What the name of its virtual router ends with. */
  readonly suffix: string;
  readonly virtualAddresses: readonly AddressWithPrefix[];
}

function familiesOf(group: Group): FamilyOfGroup[] {
  const of = (family: Family) => group.virtualAddresses.filter((entry) => entry.address.family === family);
  const [ipv4, ipv6] = [of("ipv4"), of("ipv6")];
  const suffix = ipv4.length > 0 ? "_v6" : "";
  const both: FamilyOfGroup[] = [
    { family: "ipv4", suffix: "", virtualAddresses: ipv4 },
    { family: "ipv6", suffix, virtualAddresses: ipv6 },
  ];
  return both.filter(({ virtualAddresses }) => virtualAddresses.length > 0);
}

/** Those that are master together have to win together: the same priority for all, that of the first. */
function priorityOf(values: Values, { number }: Group): PriorityIntent {
  if (values.priority !== null) return { fixed: values.priority };
  return { group: values.syncGroup ? 1 : number, replicaCount: Math.max(1, values.replicaCount) };
}

/** What all virtual routers of a family have in common. */
function routerSettingsOf(
  values: Values,
): (family: Family) => Omit<RouterSettings, "name" | "family" | "virtualRouterId" | "virtualAddresses"> {
  const password = values.v2Auth === "pass" ? passwordOf(values.configName.raw) : null;
  const common = {
    origins: ORIGINS,
    preempt: values.preemption,
    advertIntervalMicros: secondsToMicros(values.advertInterval),
    unicastTtl: VRRP_TTL,
    missingIsFault: false,
    tracksSource: false,
    unicastStrict: values.unicastStrict,
    leaseSeconds: leaseOf(values.vipLease, values.advertInterval).seconds,
    leftovers: "marked" as const,
    idConflict: values.idConflict,
    contestedPerMinute: values.announceLimit,
    announcements: announcementsOf(values),
    guardRemove: values.guardRemove,
    checksumPseudoHeader: values.ipv4Checksum === "pseudo-header",
    tracks: checksOf(values).map(
      ({ name }): Track => ({ on: { check: name }, effect: "fault", reversed: false }),
    ),
    tracksInterface: true,
    fixtures: [],
    ownerWaits: false,
    answersLower: true,
    announcesToLower: true,
    answersHigher: false,
    downTimerAdverts: DOWN_TIMER_ADVERTS,
    notify: notifyOf(values),
    fifo: "none" as const,
  };
  return (family) => {
    const version: VrrpVersion = values.version === 2 && family === "ipv4" ? 2 : 3;
    const yieldsToVersion2 = values.version === "auto" && family === "ipv4";
    return {
      ...common,
      version,
      yieldsToVersion2,
      password: version === 2 || yieldsToVersion2 ? password : null,
      multicastGroup: VRRP_GROUPS[family],
    };
  };
}

function announcementsOf({ announceRefresh: seconds }: Values): AnnouncementSchedule {
  return {
    claimed: ROUNDS,
    contested: ROUNDS,
    refresh: seconds === 0 ? null : { everyMicros: secondsToMicros(seconds), times: 1 },
    pauseMicros: { ipv4: 0, ipv6: 0 },
  };
}

/** The same object for all virtual routers: it is one setting. */
function notifyOf({ notifyScript: command }: Values): NotifyCommand[] {
  return command === null ? [] : [{ origin: originOf("notifyScript"), on: "any", command, user: null }];
}

export function groupsOf(values: Values): Group[] {
  return spreadOverGroups(values.virtualAddresses, values.groups, values.idOffset, values.excludedIds);
}

/** The first bytes of the name as given, padded with zeros, as Keepalived sends `auth_pass`. */
function passwordOf(name: string): Uint8Array {
  const password = new Uint8Array(AUTHENTICATION_DATA_LENGTH);
  password.set(Buffer.from(name).subarray(0, AUTHENTICATION_DATA_LENGTH));
  return password;
}

export function leaseOf(lease: RequestedLease, advertIntervalSeconds: number): Lease {
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

/** @param name of the configuration, which only the environment has in a variable */
export function settingsOf(values: Values, name: string): Settings {
  return {
    name,
    socketPath: values.socket ?? `/run/vrrpd/${name}.sock`,
    socketGroup: values.socketGroup,
    keepalivedConf: values.keepalivedConf,
    logLevel: values.logLevel,
    logFormat: values.logFormat,
    realtimePriority: values.realtime,
    metricsListen: values.metricsListen,
    httpHosts: values.httpHosts,
    lockUids: values.lockUids,
    acknowledged: values.acknowledge,
    scripts: {
      user: values.scriptUser,
      confined: true,
      security: values.scriptSecurity ? "all" : "none",
      environment: values.scriptEnvironment,
      notifyTimeoutMicros: secondsToMicros(values.notifyTimeout),
      stopTimeoutMicros: secondsToMicros(values.stopTimeout),
    },
  };
}

function notesOf(values: Values): Note[] {
  const ignored = (["selector", "smtpServer", "adminEmails"] as const).filter((key) => values[key] !== null);
  return ignored.map((key) => {
    const message = `${nameOf(originOf(key))} is ignored`;
    return key === "adminEmails"
      ? { level: "info", message: `${message}: no e-mail is sent` }
      : { level: "debug", message };
  });
}
