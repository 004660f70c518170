/** What an operator should look at, with what to do about it. Made from the status alone, so all that show it agree. */

import { shortList } from "../../../base/lists.js";
import { formatSeconds, secondsToMicros } from "../../../base/time.js";
import { type Plan, VARIABLES } from "../../../config/index.js";
import { bothOf, nameOf, type SettingOrigins, settingOf } from "../../../core/origin.js";
import { CAUSES, type CauseCode } from "../../../core/router/cause.js";
import { kindOf, type TroubledVerdict } from "../../../host/checks/index.js";
import { LOCK_NAMES } from "../../locks/locks.js";
import type { LockSquatterDocument } from "../lock-squatter-document.js";
import { spelt } from "../spelling.js";
import type {
  CheckDocument,
  ForeignSpeakerDocument,
  InstanceDocument,
  ProblemDocument,
  StatusDocument,
  TrackDocument,
  VirtualAddressDocument,
} from "../types.js";
import { RECENT_MILLIS, rivalProblems } from "./peers.js";
import { reloadProblems } from "./reloads.js";
import { routeProblems } from "./routes.js";
import { type ExaminedScript, scriptProblems } from "./scripts.js";
import { unheardProblems } from "./unheard.js";
import { yieldProblems } from "./yields.js";

const FIND_THE_FLOOD =
  "Look for a host that floods the LAN with VRRP packets; vrrpd peers names the sources of refused ones.";

/** What the daemon is meant to do. */
export interface Meant {
  readonly plan: Plan;
  readonly scripts: readonly ExaminedScript[];
}

/** Errors first. */
export function problemsOf(
  status: Omit<StatusDocument, "problems">,
  { plan, scripts }: Meant,
): ProblemDocument[] {
  const now = Date.parse(status.at);
  const origins = new Map(plan.core.routers.map((router) => [router.name, router.origins]));
  const found: ProblemDocument[] = [
    ...plan.standingProblems.map((problem) => ({ ...problem, instance: null })),
    ...status.instances.flatMap(unheardProblems),
    ...status.instances.flatMap((instance) => yieldProblems(instance, now)),
    ...checkProblems(status.instances, plan),
    ...status.instances.flatMap((instance) =>
      instanceProblems(instance, origins.get(instance.name) ?? plan.origins, now),
    ),
    ...status.foreignSpeakers.flatMap((speaker) => foreignProblems(speaker, plan.origins, now)),
    ...routeProblems(status),
    ...scriptProblems(scripts),
    ...reloadProblems(status),
    ...lockProblems(status.lockSquatters),
    ...daemonProblems(status),
  ];
  return [
    ...found.filter(({ severity }) => severity === "error"),
    ...found.filter(({ severity }) => severity === "warning"),
  ];
}

function instanceProblems(
  instance: InstanceDocument,
  origins: SettingOrigins,
  now: number,
): ProblemDocument[] {
  return [
    ...stateProblems(instance, origins),
    ...addressProblems(instance, origins),
    ...unservedProblems(instance, origins),
    ...rivalProblems(instance, origins, now),
  ];
}

/** A check belongs to all instances: it is spoken of once. */
function checkProblems(instances: readonly InstanceDocument[], { checks: planned }: Plan): ProblemDocument[] {
  const checks = new Map(instances.flatMap((one) => one.checks.map((check) => [check.name, check] as const)));
  return [...checks.values()].flatMap((check) => {
    const tracks = instances.flatMap((one) => one.tracks.filter((track) => track.check === check.name));
    return checkProblem(check, tracks, planned);
  });
}

/** What stands behind "check NAME". */
const CHECK_TROUBLES: Readonly<
  Record<TroubledVerdict, (check: CheckDocument) => Pick<ProblemDocument, "severity" | "text">>
> = {
  failing: ({ since, detail }) => ({ severity: "error", text: `has been failing since ${since}: ${detail}` }),
  advisory: ({ detail }) => ({
    severity: "warning",
    text: `has never passed, so its failure does not count yet: ${detail}`,
  }),
  disabled: ({ detail }) => ({ severity: "error", text: `is disabled: ${detail}` }),
};

function checkProblem(
  document: CheckDocument,
  tracks: readonly TrackDocument[],
  planned: Plan["checks"],
): ProblemDocument[] {
  const { name, state } = document;
  const check = planned.get(name);
  if (check === undefined || state === "pending" || state === "passing") return [];
  // Reversed, failing is as it should be; what only weighs takes no node out of service.
  if (state === "failing" && tracks.every(({ reversed }) => reversed)) return [];
  const weighs = state === "failing" && tracks.every(({ weight, reversed }) => weight !== null || reversed);
  const trouble = CHECK_TROUBLES[state](document);
  const { text } = trouble;
  const severity = weighs ? "warning" : trouble.severity;
  const action = kindOf(check).action(check, state);
  return [{ severity, code: `check-${state}`, instance: null, text: `check ${name} ${text}`, action }];
}

/** The check itself says it; waiting for a first result is over soon. */
const SAID_ELSEWHERE: ReadonlySet<CauseCode> = new Set([
  "check-failed",
  "check-pending",
  "start",
  "starting",
  "shutdown",
]);

function stateProblems(
  { name, state, reason, code, interface: on, checks }: InstanceDocument,
  origins: SettingOrigins,
): ProblemDocument[] {
  const advice = CAUSES[code].action ?? "Mend what the reason names";
  const action = `${spelt(advice, origins, { interface: on })}.`;
  if (state === "BACKUP" && code === "id-conflict") {
    return [{ severity: "error", code, instance: name, text: reason, action }];
  }
  // It is reversed, or tells a number.
  const isUnsaid = code === "check-failed" && checks.every((check) => check.state !== "failing");
  if ((state !== "FAULT" && state !== "INIT") || (SAID_ELSEWHERE.has(code) && !isUnsaid)) return [];
  return [{ severity: "error", code, instance: name, text: `it is in ${state}: ${reason}`, action }];
}

function addressProblems(instance: InstanceDocument, origins: SettingOrigins): ProblemDocument[] {
  const { virtualAddresses } = instance;
  const interfaces = [...new Set(virtualAddresses.map(({ interface: on }) => on))];
  return [
    ...interfaces.flatMap((on) => addressProblemsOn(on, instance, origins)),
    ...conflictProblems(instance.name, virtualAddresses),
  ];
}

function addressProblemsOn(
  on: string,
  { name, state, virtualAddresses: all }: InstanceDocument,
  origins: SettingOrigins,
): ProblemDocument[] {
  const virtualAddresses = all.filter((one) => one.interface === on);
  const missing = virtualAddresses.filter(({ expected, present }) => expected && !present);
  const uninvited = virtualAddresses.filter(({ expected, present, own }) => !expected && present && !own);
  const own = virtualAddresses.filter((one) => !one.expected && one.own);
  const problems: ProblemDocument[] = [];
  if (missing.length > 0) {
    const why = missing.find(({ problem }) => problem !== null)?.problem;
    const refused = why ? `; the kernel refused: ${why}` : "";
    problems.push({
      severity: "error",
      code: "address-missing",
      instance: name,
      text: `it is master, but ${shortList(missing.map(({ address }) => address))} is not on ${on}${refused}`,
      action: "vrrpd tries again by itself; look for a program that removes the address (NetworkManager).",
    });
  }
  if (uninvited.length > 0) {
    problems.push({
      severity: "error",
      code: "address-uninvited",
      instance: name,
      text: `${shortList(uninvited.map(({ address }) => address))} is on ${on}, though this node is ${state}: somebody else put it there`,
      action: `Remove it (ip address del … dev ${on}), or set ${settingOf(origins.guardRemove, "on")}.`,
    });
  }
  if (own.length > 0) {
    problems.push({
      severity: "error",
      code: "address-own",
      instance: name,
      text: `${shortList(own.map(({ address }) => address))} is this node's own address on ${on}, so it answers for it though it is ${state}: part of the clients reach it in place of the master`,
      action: `Give the node another address, or take this one off ${on}; vrrpd never removes what is the node's own.`,
    });
  }
  return problems;
}

function unservedProblems(
  { name, unserved, preemptDelayEndsAt }: InstanceDocument,
  origins: SettingOrigins,
): ProblemDocument[] {
  if (unserved === null) return [];
  const lists = bothOf(origins.virtualAddresses, origins.groups);
  const until = preemptDelayEndsAt === null ? "" : `, until ${preemptDelayEndsAt}`;
  return [
    {
      severity: "error",
      code: "addresses-unserved",
      instance: name,
      text: `nobody serves ${shortList(unserved.addresses)}: ${unserved.why}${until}`,
      action: `Give all nodes the same ${lists}; stop vrrpd on that master to have them served now.`,
    },
  ];
}

function conflictProblems(
  instance: string,
  virtualAddresses: readonly VirtualAddressDocument[],
): ProblemDocument[] {
  const macs = new Set(virtualAddresses.flatMap(({ alsoAnsweredBy: mac }) => (mac === null ? [] : [mac])));
  return [...macs].map((mac) => {
    const taken = virtualAddresses.filter(({ alsoAnsweredBy }) => alsoAnsweredBy === mac);
    return {
      severity: "error",
      code: "address-conflict",
      instance,
      text: `${shortList(taken.map(({ address }) => address))} is also answered by ${mac}: part of the clients reach that host`,
      action: "Find this MAC address on the switch, and take the address off that host.",
    };
  });
}

function foreignProblems(
  speaker: ForeignSpeakerDocument,
  origins: SettingOrigins,
  now: number,
): ProblemDocument[] {
  if (speaker.ours.length === 0 || now - Date.parse(speaker.lastHeardAt) > RECENT_MILLIS) return [];
  return [
    {
      severity: "error",
      code: "address-under-other-id",
      instance: null,
      text: `${speaker.address} advertises our ${shortList(speaker.ours)} under virtual router id ${speaker.virtualRouterId}: both may serve it`,
      action: `Give all nodes the same ${nameOf(origins.virtualRouterId)} and list of addresses.`,
    },
  ];
}

/** One for each lock, however many of its names are held. */
function lockProblems(squatters: readonly LockSquatterDocument[]): ProblemDocument[] {
  const instances = [...new Set(squatters.map(({ instance }) => instance))];
  return instances.map((instance) => {
    const here = squatters.filter((squatter) => squatter.instance === instance);
    const { name, holder } = here[0]!;
    const none = here.length >= LOCK_NAMES;
    const then = none ? "nothing keeps a second vrrpd of this host away" : "vrrpd uses another name";
    return {
      severity: none ? "error" : "warning",
      code: "lock-squatted",
      instance,
      text: `${holder} holds ${none ? "all names of the lock" : "the lock"} ${name} without a right to it: ${then}`,
      action: `Find out what that process does there; if it is a vrrpd that may run here, see ${VARIABLES.lockUids.name}.`,
    };
  });
}

function daemonProblems({
  lateness,
  lostLogLines,
  lostFifoLines,
  receiveDrops,
  sampledOut,
}: Pick<
  StatusDocument,
  "lateness" | "lostLogLines" | "lostFifoLines" | "receiveDrops" | "sampledOut"
>): ProblemDocument[] {
  const problems: ProblemDocument[] = [];
  const unread = receiveDrops.ipv4 + receiveDrops.ipv6;
  if (unread > 0) {
    problems.push({
      severity: "warning",
      code: "packets-lost",
      instance: null,
      text: `${unread} VRRP packets came faster than they could be read, and were lost`,
      action: FIND_THE_FLOOD,
    });
  }
  const unseen = sampledOut.ipv4 + sampledOut.ipv6;
  if (unseen > 0) {
    problems.push({
      severity: "warning",
      code: "refusals-sampled",
      instance: null,
      text: `up to ${unseen} VRRP packets that cannot matter were not looked at, as too many came: refused packets are counted by a sample`,
      action: FIND_THE_FLOOD,
    });
  }
  if (lateness.stalls > 0) {
    const worst = formatSeconds(secondsToMicros(lateness.maxSeconds));
    problems.push({
      severity: "warning",
      code: "stalled",
      instance: null,
      text: `the daemon has stalled ${lateness.stalls} times since its start, ${worst} at worst`,
      action: `Give the node or the container more CPU time; ${VARIABLES.realtime.name} helps on a busy node.`,
    });
  }
  if (lostLogLines > 0) {
    problems.push({
      severity: "warning",
      code: "log-lines-lost",
      instance: null,
      text: `${lostLogLines} log lines were lost, because whatever collects the log did not take them`,
      action: "Look at what collects this container's or unit's output, or at syslog.",
    });
  }
  if (lostFifoLines > 0) {
    problems.push({
      severity: "warning",
      code: "fifo-lines-lost",
      instance: null,
      text: `${lostFifoLines} lines for FIFOs were lost, because nobody reads them, or too slowly`,
      action: "Look at what should read them: the log names the FIFO.",
    });
  }
  return problems;
}
