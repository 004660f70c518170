/** The variables of vrrpd's own: names, defaults, what is accepted. */

import { SOCKET_VARIABLE } from "../../base/socket-variable.js";
import type { UserName } from "../../core/notify.js";
import type { HttpTarget, StatusRange } from "../checks.js";
import type { LogFormat } from "../intent.js";
import { readHostHeader, readHttpUrl, readStatuses, USUAL_STATUSES } from "./http-check.js";
import {
  type Acknowledgement,
  choice,
  type ListenAddress,
  onOff,
  type RequestedLease,
  type RequestedVersion,
  readAcknowledgements,
  readAdvertInterval,
  readAnnounceRefresh,
  readGroupName,
  readHostNames,
  readLabel,
  readLease,
  readListenAddress,
  readPathOrOff,
  readSocketPath,
  readUserIds,
  readUserName,
  readVersion,
  seconds,
  wholeNumber,
  wholeNumberOrOff,
} from "./readers.js";
import { define, type Scope, type Variable } from "./variable.js";

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
const MAX_RESULTS_IN_A_ROW = 1_000_000;
const MAX_GRACE_SECONDS = 3_600;

function onOffVariable(name: string, scope: Scope): Variable<boolean> {
  return { name, scope, defaultText: "off", accepted: "on or off", whenUnset: false, read: onOff };
}

function resultsInARow(name: string): Variable<number> {
  return {
    name,
    scope: "environment",
    defaultText: "1",
    accepted: `a whole number from 1 to ${MAX_RESULTS_IN_A_ROW}`,
    whenUnset: 1,
    read: wholeNumber(1, MAX_RESULTS_IN_A_ROW),
  };
}

/** Seconds in which a node only listens. */
function grace(name: string): Variable<number> {
  return {
    name,
    scope: "daemon",
    defaultText: "0",
    accepted: `seconds from 0 to ${MAX_GRACE_SECONDS}`,
    whenUnset: 0,
    read: seconds(0, MAX_GRACE_SECONDS),
  };
}

export const OWN_VARIABLES = {
  version: define<RequestedVersion>({
    name: "VRRPD_VERSION",
    scope: "environment",
    defaultText: "auto",
    accepted: "auto, 2 or 3",
    whenUnset: "auto",
    read: readVersion,
  }),
  v2Auth: define<"pass" | "none">({
    name: "VRRPD_V2_AUTH",
    scope: "environment",
    defaultText: "pass",
    accepted: "pass or none",
    whenUnset: "pass",
    read: choice("pass", "none"),
  }),
  advertInterval: define<number>({
    name: "VRRPD_ADVERT_INTERVAL",
    scope: "environment",
    defaultText: "1",
    accepted:
      "seconds from 0.01 to 40.95 in steps of 0.01; whole seconds from 1 to 255 where VRRP version 2 is spoken " +
      "(VRRPD_VERSION=2, IPv4)",
    whenUnset: 1,
    read: readAdvertInterval,
  }),
  priority: define<number | null>({
    name: "VRRPD_PRIORITY",
    scope: "environment",
    defaultText: "made from the node address",
    accepted: "a whole number from 1 to 254",
    whenUnset: null,
    read: wholeNumber(1, 254),
  }),
  ipv4Checksum: define<"pseudo-header" | "message">({
    name: "VRRPD_IPV4_CHECKSUM",
    scope: "daemon",
    defaultText: "pseudo-header",
    accepted: "pseudo-header or message",
    whenUnset: "pseudo-header",
    read: choice("pseudo-header", "message"),
  }),
  checks: define<"auto" | "both" | "script">({
    name: "VRRPD_CHECKS",
    scope: "environment",
    defaultText: "auto",
    accepted: "auto, both or script",
    whenUnset: "auto",
    read: choice("auto", "both", "script"),
  }),
  httpCheck: define<HttpTarget | null>({
    name: "VRRPD_HTTP_CHECK",
    scope: "environment",
    defaultText: "none",
    accepted: "an http:// or https:// URL of an address or localhost, such as http://127.0.0.1:30061/healthz",
    whenUnset: null,
    read: readHttpUrl,
  }),
  httpCheckStatus: define<readonly StatusRange[]>({
    name: "VRRPD_HTTP_CHECK_STATUS",
    scope: "environment",
    defaultText: "200-399",
    accepted:
      "statuses from 200 to 599 and ranges of them, such as 200-299, 401, between commas or white space",
    whenUnset: USUAL_STATUSES,
    read: readStatuses,
  }),
  httpCheckHost: define<string | null>({
    name: "VRRPD_HTTP_CHECK_HOST",
    scope: "environment",
    defaultText: "the host of the URL",
    accepted: "a host name or an address, with or without a port",
    whenUnset: null,
    read: readHostHeader,
  }),
  checkRise: resultsInARow("VRRPD_CHECK_RISE"),
  checkFall: resultsInARow("VRRPD_CHECK_FALL"),
  checkStrict: onOffVariable("VRRPD_CHECK_STRICT", "daemon"),
  scriptUser: define<UserName | null>({
    name: "VRRPD_SCRIPT_USER",
    scope: "daemon",
    defaultText: "vrrpd's own user",
    accepted: "a user or user:group that this host knows, by name or number",
    whenUnset: null,
    read: readUserName,
  }),
  scriptSecurity: onOffVariable("VRRPD_SCRIPT_SECURITY", "daemon"),
  scriptEnvironment: define<"inherit" | "clean">({
    name: "VRRPD_SCRIPT_ENVIRONMENT",
    scope: "daemon",
    defaultText: "inherit",
    accepted: "inherit or clean",
    whenUnset: "inherit",
    read: choice("inherit", "clean"),
  }),
  notifyTimeout: define<number>({
    name: "VRRPD_NOTIFY_TIMEOUT",
    scope: "daemon",
    defaultText: "60",
    accepted: "seconds from 0.1 to 1000000",
    whenUnset: 60,
    read: seconds(0.1, 1_000_000),
  }),
  stopTimeout: define<number>({
    name: "VRRPD_STOP_TIMEOUT",
    scope: "daemon",
    defaultText: "1",
    accepted: "seconds from 0 to 3600",
    whenUnset: 1,
    read: seconds(0, 3_600),
  }),
  startGrace: grace("VRRPD_START_GRACE"),
  linkGrace: grace("VRRPD_LINK_GRACE"),
  interfaceStrict: onOffVariable("VRRPD_INTERFACE_STRICT", "environment"),
  unicastStrict: onOffVariable("VRRPD_UNICAST_STRICT", "environment"),
  unicastMinTtl: define<number | null>({
    name: "VRRPD_UNICAST_MIN_TTL",
    scope: "environment",
    defaultText: "1, with a warning",
    accepted: "a whole number from 1 to 255",
    whenUnset: null,
    read: wholeNumber(1, 255),
  }),
  vipLease: define<RequestedLease>({
    name: "VRRPD_VIP_LEASE",
    scope: "daemon",
    defaultText: "90",
    accepted: "whole seconds from 1 to 4294967294, fast or off",
    whenUnset: 90,
    read: readLease,
  }),
  idConflict: define<"hold" | "claim">({
    name: "VRRPD_ID_CONFLICT",
    scope: "daemon",
    defaultText: "hold",
    accepted: "hold or claim",
    whenUnset: "hold",
    read: choice("hold", "claim"),
  }),
  announceRefresh: define<number>({
    name: "VRRPD_ANNOUNCE_REFRESH",
    scope: "environment",
    defaultText: "0",
    accepted: "0 or seconds from 1 to 86400",
    whenUnset: 0,
    read: readAnnounceRefresh,
  }),
  announceLimit: define<number>({
    name: "VRRPD_ANNOUNCE_LIMIT",
    scope: "daemon",
    defaultText: "20",
    accepted: "a whole number from 2 to 600",
    whenUnset: 20,
    read: wholeNumber(2, 600),
  }),
  syncGroup: onOffVariable("VRRPD_SYNC_GROUP", "environment"),
  vmac: onOffVariable("VRRPD_VMAC", "environment"),
  guardRemove: onOffVariable("VRRPD_GUARD_REMOVE", "daemon"),
  vipLabel: define<string | null>({
    name: "VRRPD_VIP_LABEL",
    scope: "environment",
    defaultText: "none",
    accepted:
      "none, or a word of A-Z a-z 0-9 . _ - that fits into a label of 15 bytes behind the interface's name",
    whenUnset: null,
    read: readLabel,
  }),
  realtime: define<number | null>({
    name: "VRRPD_REALTIME",
    scope: "daemon",
    defaultText: "off",
    accepted: "off or a SCHED_RR priority from 1 to 99",
    whenUnset: null,
    read: wholeNumberOrOff(1, 99),
  }),
  logLevel: define<(typeof LOG_LEVELS)[number]>({
    name: "VRRPD_LOG_LEVEL",
    scope: "daemon",
    defaultText: "info",
    accepted: "trace, debug, info, warn, error, fatal or silent",
    whenUnset: "info",
    read: choice(...LOG_LEVELS),
  }),
  logFormat: define<LogFormat | null>({
    name: "VRRPD_LOG_FORMAT",
    scope: "daemon",
    defaultText: "text on a terminal, else json",
    accepted: "json or text",
    whenUnset: null,
    read: choice("json", "text"),
  }),
  socket: define<string | null>({
    name: SOCKET_VARIABLE,
    scope: "daemon",
    defaultText: "/run/vrrpd/NAME.sock",
    accepted: "an absolute path of at most 107 bytes",
    whenUnset: null,
    read: readSocketPath,
  }),
  socketGroup: define<string | null>({
    name: "VRRPD_SOCKET_GROUP",
    scope: "daemon",
    defaultText: "root and vrrpd's own user alone",
    accepted: "a group that this host knows, by name or number",
    whenUnset: null,
    read: readGroupName,
  }),
  keepalivedConf: define<string | null>({
    name: "VRRPD_KEEPALIVED_CONF",
    scope: "environment",
    defaultText: "off",
    accepted: "off or an absolute path",
    whenUnset: null,
    read: readPathOrOff,
  }),
  lockUids: define<readonly number[]>({
    name: "VRRPD_LOCK_UIDS",
    scope: "daemon",
    defaultText: "–",
    accepted: "numbers of users, separated by commas or spaces",
    whenUnset: [],
    read: readUserIds,
  }),
  acknowledge: define<readonly Acknowledgement[]>({
    name: "VRRPD_ACKNOWLEDGE",
    scope: "daemon",
    defaultText: "none",
    accepted: "codes of problems, or CODE@INSTANCE, separated by commas or spaces",
    whenUnset: [],
    read: readAcknowledgements,
  }),
  metricsListen: define<ListenAddress | null>({
    name: "VRRPD_METRICS_LISTEN",
    scope: "daemon",
    defaultText: "off",
    accepted: "off or host:port, an IPv6 host in brackets, the port from 1 to 65535",
    whenUnset: null,
    read: readListenAddress,
  }),
  httpHosts: define<readonly string[]>({
    name: "VRRPD_HTTP_HOSTS",
    scope: "daemon",
    defaultText: "none",
    accepted: "host names without port, separated by commas or spaces",
    whenUnset: [],
    read: readHostNames,
  }),
  lvs: define<"refuse" | "ignore">({
    name: "VRRPD_LVS",
    scope: "file",
    defaultText: "refuse",
    accepted: "refuse or ignore",
    whenUnset: "refuse",
    read: choice("refuse", "ignore"),
  }),
  partial: onOffVariable("VRRPD_PARTIAL", "file"),
};
