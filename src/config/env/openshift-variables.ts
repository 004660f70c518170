/** The variables of the original image: names, defaults, what is accepted. */
import type { AddressWithPrefix, IpAddress } from "../../base/address.js";
import type { Preempt } from "../../core/config.js";
import { readPeers, readSources, readVirtualAddresses } from "./address-lists.js";
import {
  type ConfigName,
  command,
  readConfigName,
  readExcludedIds,
  readInterfaceName,
  readMonitorPort,
  readPreemption,
  readUseUnicast,
  seconds,
  text,
  wholeNumber,
} from "./readers.js";
import { define, type Variable } from "./variable.js";

const DEFAULT_NAME = "OpenShift-IPFailover";
/** Below a millisecond checks would do nothing but run; above, timers lose their meaning. */
const CHECK_INTERVAL_SECONDS = { min: 0.001, max: 1_000_000 };

/** All of them say what is served here. */
const SCOPE = { scope: "environment" } as const;

/** A variable that is known and does nothing. */
function ignored(name: string): Variable<string | null> {
  return {
    name,
    ...SCOPE,
    defaultText: "–",
    accepted: "anything; it is ignored",
    whenUnset: null,
    read: text,
  };
}

/** One address; a node of both families may give one of each. */
function source(name: string): Variable<readonly IpAddress[]> {
  const accepted = "an address, or one of each family between commas or white space; no virtual one";
  return { name, ...SCOPE, defaultText: "the node address", accepted, whenUnset: [], read: readSources };
}

function script(name: string): Variable<readonly string[] | null> {
  const accepted =
    "a command that begins with an absolute path or the name of a program in PATH, its quotes closed";
  return { name, ...SCOPE, defaultText: "none", accepted, whenUnset: null, keepsQuotes: true, read: command };
}

export const OPENSHIFT_VARIABLES = {
  configName: define<ConfigName>({
    name: "OPENSHIFT_HA_CONFIG_NAME",
    ...SCOPE,
    defaultText: DEFAULT_NAME,
    accepted: "a name with at least one character of A-Z a-z 0-9 _ -",
    whenUnset: { raw: DEFAULT_NAME, scrubbed: DEFAULT_NAME.replaceAll("-", "_") },
    read: readConfigName,
  }),
  virtualAddresses: define<readonly AddressWithPrefix[]>({
    name: "OPENSHIFT_HA_VIRTUAL_IPS",
    ...SCOPE,
    defaultText: "required",
    accepted:
      "addresses and ranges between commas or white space, such as 192.0.2.4, 192.0.2.4-6, 2001:db8::1f39-1f3b, " +
      "each with or without /prefix; 65536 addresses at most",
    whenUnset: [],
    read: readVirtualAddresses,
  }),
  groups: define<number>({
    name: "OPENSHIFT_HA_VIP_GROUPS",
    ...SCOPE,
    defaultText: "0",
    accepted: "a whole number from 0",
    whenUnset: 0,
    read: wholeNumber(0),
  }),
  networkInterface: define<string | null>({
    name: "OPENSHIFT_HA_NETWORK_INTERFACE",
    ...SCOPE,
    defaultText: "eth0, or the next of the list",
    accepted: 'an interface name of at most 15 bytes without "/" and white space',
    whenUnset: null,
    read: readInterfaceName,
  }),
  monitorPort: define<number | null>({
    name: "OPENSHIFT_HA_MONITOR_PORT",
    ...SCOPE,
    defaultText: "80; no probe beside a check script or an HTTP check",
    accepted: "a TCP port from 1 to 65535, or 0 for no probe",
    whenUnset: null,
    read: readMonitorPort,
  }),
  checkScript: script("OPENSHIFT_HA_CHECK_SCRIPT"),
  checkInterval: define<number>({
    name: "OPENSHIFT_HA_CHECK_INTERVAL",
    ...SCOPE,
    defaultText: "2",
    accepted: "seconds above 0, from 0.001 to 1000000",
    whenUnset: 2,
    read: seconds(CHECK_INTERVAL_SECONDS.min, CHECK_INTERVAL_SECONDS.max),
  }),
  notifyScript: script("OPENSHIFT_HA_NOTIFY_SCRIPT"),
  preemption: define<Preempt>({
    name: "OPENSHIFT_HA_PREEMPTION",
    ...SCOPE,
    defaultText: "preempt_delay 300",
    accepted: "nopreempt, preempt, or preempt_delay N with N seconds from 0 to 1000",
    whenUnset: { mode: "delay", delaySeconds: 300 },
    read: readPreemption,
  }),
  idOffset: define<number>({
    name: "OPENSHIFT_HA_VRRP_ID_OFFSET",
    ...SCOPE,
    defaultText: "0",
    accepted: "a whole number from 0 to 254 with which every virtual router id stays within 255",
    whenUnset: 0,
    read: wholeNumber(0, 254),
  }),
  excludedIds: define<ReadonlySet<number>>({
    name: "HA_EXCLUDED_VRRP_IDS",
    ...SCOPE,
    defaultText: "none",
    accepted: "virtual router ids from 1 to 255 between commas or white space",
    whenUnset: new Set(),
    read: readExcludedIds,
  }),
  replicaCount: define<number>({
    name: "OPENSHIFT_HA_REPLICA_COUNT",
    ...SCOPE,
    defaultText: "2",
    accepted: "a whole number from 0 (0 counts as 1)",
    whenUnset: 2,
    read: wholeNumber(0),
  }),
  useUnicast: define<boolean | null>({
    name: "OPENSHIFT_HA_USE_UNICAST",
    ...SCOPE,
    defaultText: "false",
    accepted: "true or false",
    whenUnset: null,
    read: readUseUnicast,
  }),
  unicastPeers: define<readonly IpAddress[]>({
    name: "OPENSHIFT_HA_UNICAST_PEERS",
    ...SCOPE,
    defaultText: "none",
    accepted:
      "addresses between commas or white space, at least one of each family that has virtual addresses; no prefix, no zone",
    whenUnset: [],
    read: readPeers,
  }),
  multicastSource: source("MULTICAST_SOURCE_IPADDRESS"),
  unicastSource: source("UNICAST_SOURCE_IPADDRESS"),
  iptablesChain: define<string | null>({
    name: "OPENSHIFT_HA_IPTABLES_CHAIN",
    ...SCOPE,
    defaultText: "none",
    accepted: "the name of a chain of the filter table",
    whenUnset: null,
    read: text,
  }),
  nftablesRule: define<string | null>({
    name: "OPENSHIFT_HA_NFTABLES_RULE",
    ...SCOPE,
    defaultText: "none",
    accepted: "any value; the rule is made whenever it is set",
    whenUnset: null,
    read: text,
  }),
  selector: ignored("OPENSHIFT_HA_SELECTOR"),
  adminEmails: ignored("OPENSHIFT_HA_ADMIN_EMAILS"),
  smtpServer: ignored("OPENSHIFT_HA_SMTP_SERVER"),
};
