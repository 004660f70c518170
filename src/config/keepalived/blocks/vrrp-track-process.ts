/** `vrrp_track_process NAME`: how many processes of a command run. */
import { type Micros, secondsToMicros } from "../../../base/time.js";
import type { ProcessCriteria } from "../../checks.js";
import { flag, type Keywords, value } from "../keyword.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";
import { bare, type Placed, placed, seconds, wholeNumber } from "../values.js";
import { readWeight } from "./track-file.js";

export interface TrackedProcessDraft {
  readonly name: string;
  readonly statement: Statement;
  /** With the words behind it. */
  command: Placed<readonly string[]> | null;
  /** null: what follows from the words. */
  match: ProcessCriteria["match"] | null;
  whole: boolean;
  weight: number | null;
  reversed: boolean;
  least: number;
  most: number | null;
  forkDelayMicros: Micros;
  terminateDelayMicros: Micros;
}

export function newTrackedProcess(name: string, statement: Statement): TrackedProcessDraft {
  return {
    name,
    statement,
    command: null,
    match: null,
    whole: false,
    weight: null,
    reversed: false,
    least: 1,
    most: null,
    forkDelayMicros: 0,
    terminateDelayMicros: 0,
  };
}

/** TASK_COMM_LEN of the kernel, without the closing zero. */
const NAME_BYTES = 15;
const COUNTS = { min: 0, max: 65535 };
const DELAY = { min: 0.000001, max: 3600, instead: "none" };

export const VRRP_TRACK_PROCESS: Keywords<TrackedProcessDraft> = {
  process: value((process, statement, report) => {
    if (process.command !== null) {
      const text = `process stands twice: ${process.command.value[0]} counts, as in Keepalived`;
      return report.warn(statement.origin, text);
    }
    process.command = placed(statement.words, statement);
    if (statement.words.length > 1) process.whole = true;
  }),
  param_match: flag((process, statement, report) => {
    const [word] = statement.words;
    if (word === undefined || word === "initial" || word === "partial") {
      process.match = word ?? "exact";
      process.whole = true;
    } else
      report.warn(
        statement.origin,
        `param_match ${word} is ignored, as in Keepalived: initial and partial are known; alone it means exact, and so do words without it`,
      );
  }),
  weight: value((process, statement, report) => readWeight(process, 0, statement, report)),
  quorum: value((process, statement, report) => {
    const least = wholeNumber(statement, { ...COUNTS, min: 1, instead: `${process.least}` }, report);
    if (least === null) return;
    if (least <= (process.most ?? least)) process.least = least;
    else report.warn(statement.origin, `quorum ${least} is ignored, as in Keepalived: quorum_max is less`);
  }),
  quorum_max: value((process, statement, report) => {
    const most = wholeNumber(statement, { ...COUNTS, instead: `${process.most ?? "none"}` }, report);
    if (most === null) return;
    if ((most > 0 || process.least > 1) && most < process.least)
      return report.warn(statement.origin, `quorum_max ${most} is ignored, as in Keepalived: quorum is more`);
    process.most = most;
    process.least = most === 0 ? 0 : Math.max(1, process.least);
  }),
  delay: value((process, statement, report) => {
    const micros = delayOf(statement, report);
    process.forkDelayMicros = micros ?? process.forkDelayMicros;
    process.terminateDelayMicros = micros ?? process.terminateDelayMicros;
  }),
  terminate_delay: value((process, statement, report) => {
    process.terminateDelayMicros = delayOf(statement, report) ?? process.terminateDelayMicros;
  }),
  fork_delay: value((process, statement, report) => {
    process.forkDelayMicros = delayOf(statement, report) ?? process.forkDelayMicros;
  }),
  full_command: flag((process, statement, report) => {
    bare(statement, report);
    process.whole = true;
  }),
};

function delayOf(statement: Statement, report: Report): Micros | null {
  const found = seconds(statement, DELAY, report);
  return found === null ? null : secondsToMicros(found);
}

/** Without words there is none to match. */
export function criteriaOf({ command, match, whole }: TrackedProcessDraft): ProcessCriteria {
  const words = command!.value;
  return { command: words, whole, match: match ?? (words.length > 1 ? "exact" : "any") };
}

/** What is longer than the kernel's name of a process never matches; null: nothing. */
export function sayLongName({ command, whole, name }: TrackedProcessDraft, report: Report): void {
  const text = command!.value[0]!;
  if (whole || Buffer.byteLength(text) <= NAME_BYTES) return;
  report.warn(
    command!.origin,
    `process ${text} never matches, as in Keepalived: without full_command the kernel's name of a process counts, of at most ${NAME_BYTES} bytes (vrrp_track_process ${name})`,
  );
}
