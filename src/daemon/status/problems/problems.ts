/** What an operator should look at, with what to do about it. Made from the status alone, so all that show it agree. */

import { formatSeconds, secondsToMicros } from "../../../base/time.js";
import { type Plan, VARIABLES } from "../../../config/index.js";
import type { ProblemCode } from "../../../config/problem-codes.js";
import type { SettingOrigins } from "../../../core/origin.js";
import { CAUSES, type CauseCode } from "../../../core/router/cause.js";
import { spelt } from "../spelling.js";
import type { ForeignSpeakerDocument, InstanceDocument, ProblemDocument, StatusDocument } from "../types.js";
import { addressProblems, foreignProblems } from "./addresses.js";
import { checkProblems } from "./checks.js";
import { firewallProblems } from "./firewall.js";
import { type Found, plain, problemsFrom } from "./found.js";
import { lockProblems } from "./locks.js";
import { logProblems } from "./log.js";
import { peerProblems } from "./peers.js";
import { reloadProblems } from "./reloads.js";
import { restlessProblems } from "./restless.js";
import { rivalProblems } from "./rivals.js";
import { routeProblems } from "./routes.js";
import { type ExaminedScript, scriptProblems } from "./scripts.js";
import { surmise } from "./surmise.js";
import { groupProblems } from "./sync-groups.js";
import { unheardProblems } from "./unheard.js";
import { yieldProblems } from "./yields.js";

const FIND_THE_FLOOD =
  "Look for a host that floods the LAN with VRRP packets; vrrpd peers names the sources of refused ones.";

/** What the daemon is meant to do. */
export interface Meant {
  readonly plan: Plan;
  readonly scripts: readonly ExaminedScript[];
}

/** One a cause, those to be looked at first at the head. */
export function problemsOf(
  status: Omit<StatusDocument, "problems">,
  { plan, scripts }: Meant,
): ProblemDocument[] {
  const now = Date.parse(status.at);
  const origins = new Map(plan.core.routers.map((router) => [router.name, router.origins]));
  const found: Found[] = [
    ...plan.standingProblems.map(({ severity, code, text, action }) =>
      plain(severity, code as ProblemCode, null, text, action),
    ),
    ...checkProblems(status.instances, plan, now),
    ...status.instances.flatMap((instance) =>
      instanceProblems(instance, origins.get(instance.name) ?? plan.origins, status.foreignSpeakers, now),
    ),
    ...groupProblems(status, now),
    ...peerProblems(status),
    ...status.foreignSpeakers.flatMap((speaker) => foreignProblems(speaker, plan.origins, now)),
    ...routeProblems(status),
    ...scriptProblems(scripts),
    ...reloadProblems(status),
    ...lockProblems(status.lockSquatters),
    ...firewallProblems(status, now),
    ...logProblems(status, now),
    ...daemonProblems(status),
  ];
  return problemsFrom(found, plan.settings.acknowledged);
}

function instanceProblems(
  instance: InstanceDocument,
  origins: SettingOrigins,
  foreign: readonly ForeignSpeakerDocument[],
  now: number,
): Found[] {
  const found = surmise(instance, now, foreign);
  return [
    ...unheardProblems(instance),
    ...yieldProblems(instance, now),
    ...stateProblems(instance, origins),
    ...addressProblems(instance, origins, now),
    ...rivalProblems(found, origins),
    ...restlessProblems(found, origins),
  ];
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
  { name, state, since, reason, code, interface: on, checks }: InstanceDocument,
  origins: SettingOrigins,
): Found[] {
  const advice = CAUSES[code].action ?? "Mend what the reason names";
  const action = `${spelt(advice, origins, { interface: on })}.`;
  const told = (text: string): Found => ({
    ...plain("error", code, name, text, action),
    since: Date.parse(since),
  });
  if (state === "BACKUP" && code === "id-conflict") return [told(reason)];
  // It is reversed, or tells a number.
  const isUnsaid = code === "check-failed" && checks.every((check) => check.state !== "failing");
  if ((state !== "FAULT" && state !== "INIT") || (SAID_ELSEWHERE.has(code) && !isUnsaid)) return [];
  return [told(`it is in ${state}: ${reason}`)];
}

function daemonProblems({
  lateness,
  lostFifoLines,
  receiveDrops,
  sampledOut,
}: Pick<StatusDocument, "lateness" | "lostFifoLines" | "receiveDrops" | "sampledOut">): Found[] {
  const problems: Found[] = [];
  const warn = (code: ProblemCode, text: string, action: string) =>
    problems.push(plain("warning", code, null, text, action));
  const unread = receiveDrops.ipv4 + receiveDrops.ipv6;
  if (unread > 0) {
    warn(
      "packets-lost",
      `${unread} VRRP packets came faster than they could be read, and were lost`,
      FIND_THE_FLOOD,
    );
  }
  const unseen = sampledOut.ipv4 + sampledOut.ipv6;
  if (unseen > 0) {
    warn(
      "refusals-sampled",
      `up to ${unseen} VRRP packets that cannot matter were not looked at, as too many came: refused packets are counted by a sample`,
      FIND_THE_FLOOD,
    );
  }
  if (lateness.stalls > 0) {
    const worst = formatSeconds(secondsToMicros(lateness.maxSeconds));
    warn(
      "stalled",
      `the daemon has stalled ${lateness.stalls} times since its start, ${worst} at worst`,
      `Give the node or the container more CPU time; ${VARIABLES.realtime.name} helps on a busy node.`,
    );
  }
  if (lostFifoLines > 0) {
    warn(
      "fifo-lines-lost",
      `${lostFifoLines} lines for FIFOs were lost, because nobody reads them, or too slowly`,
      "Look at what should read them: the log names the FIFO.",
    );
  }
  return problems;
}
