/** What Nagios, Icinga and their kin read: one line, with figures behind a bar, and an exit code (monitoring-plugins.org). */
import { visible } from "../../base/visible.js";
import type { HealthDocument } from "../../daemon/status/health.js";
import { problemSentence } from "../../daemon/status/phrases.js";
import type { InstanceDocument, ProblemDocument, StatusDocument } from "../../daemon/status/types.js";
import { secondsBetween } from "./time.js";

export const Service = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;
export type Service = (typeof Service)[keyof typeof Service];

export interface Verdict {
  readonly line: string;
  readonly exitCode: Service;
}

const WORDS = { 0: "OK", 1: "WARNING", 2: "CRITICAL", 3: "UNKNOWN" } as const;
/** For a pager; `vrrpd status` says all. */
const LONGEST_TEXT = 160;

/** The verdict where there is a daemon. */
export function verdictOn(status: StatusDocument, health: HealthDocument): Verdict {
  const { instances } = status;
  const { grave: told, mild } = complaintsOf(status);
  // Of a healthy one they are among the others.
  const grave = [...(health.healthy ? [] : health.problems), ...told];
  const exitCode = grave.length > 0 ? Service.critical : mild.length > 0 ? Service.warning : Service.ok;
  const reasons = [...grave, ...mild];
  const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : "";
  const text = reasons.length === 0 ? countsOf(instances) : `${countsOf(instances)}; ${reasons[0]}`;
  return verdict(exitCode, text, more, figuresOf(status, reasons.length));
}

/** Sentences: what is wrong. Problems that are acknowledged are not told, and neither are warnings about the configuration. */
export function complaintsOf({ instances, problems }: StatusDocument): {
  readonly grave: readonly string[];
  readonly mild: readonly string[];
} {
  return {
    grave: [...textsOf(problems, "error"), ...standing(instances, "FAULT", problems, "error")],
    mild: [...textsOf(problems, "warning"), ...standing(instances, "INIT", problems)],
  };
}

/** One that no daemon has a part in. */
export function verdict(exitCode: Service, text: string, more = "", figures = ""): Verdict {
  const said = visible(text).replaceAll("|", "/");
  const cut = said.length > LONGEST_TEXT ? `${said.slice(0, LONGEST_TEXT)}...` : said;
  const behind = figures === "" ? "" : ` | ${figures}`;
  return { line: `VRRP ${WORDS[exitCode]}: ${cut}${more}${behind}`, exitCode };
}

function textsOf(problems: readonly ProblemDocument[], severity: ProblemDocument["severity"]): string[] {
  return problems
    .filter((problem) => problem.severity === severity && !problem.acknowledged)
    .map(problemSentence);
}

/** Instances in a state of which no problem speaks yet. @param severity of the problems that count; left out: any */
function standing(
  instances: readonly InstanceDocument[],
  wanted: InstanceDocument["state"],
  problems: readonly ProblemDocument[],
  severity?: ProblemDocument["severity"],
): string[] {
  const spokenOf = problems.filter((one) => {
    return severity === undefined || one.severity === severity || one.acknowledged;
  });
  return instances
    .filter(
      ({ name, state }) => state === wanted && !spokenOf.some(({ instances: whose }) => whose.includes(name)),
    )
    .map(({ name, state, reason }) => `${name} is in ${state}: ${reason}`);
}

const inState = (instances: readonly InstanceDocument[], wanted: InstanceDocument["state"]) =>
  instances.filter(({ state }) => state === wanted).length;

/** "2 master, 1 backup" */
function countsOf(instances: readonly InstanceDocument[]): string {
  const states = { MASTER: "master", BACKUP: "backup", FAULT: "fault", INIT: "waiting" } as const;
  const counts = Object.entries(states).map(([state, word]) => {
    const count = inState(instances, state as keyof typeof states);
    return count === 0 ? "" : `${count} ${word}`;
  });
  return counts.filter((text) => text !== "").join(", ");
}

/** `name=value[unit];warn;crit;min`; `c` is a counter that grows. */
function figuresOf({ instances, at, startedAt, lostLogLines }: StatusDocument, problems: number): string {
  const changes = instances.reduce(
    (sum, { counters }) => sum + counters.becomeMaster + counters.releaseMaster,
    0,
  );
  return [
    `masters=${inState(instances, "MASTER")};;;0`,
    `backups=${inState(instances, "BACKUP")};;;0`,
    `faults=${inState(instances, "FAULT")};;0;0`,
    `waiting=${inState(instances, "INIT")};0;;0`,
    `problems=${problems};0;;0`,
    `transitions=${changes}c`,
    `lost_log_lines=${lostLogLines}c`,
    `uptime=${Math.floor(secondsBetween(startedAt, at))}s`,
  ].join(" ");
}
