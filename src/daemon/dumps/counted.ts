/** Files and processes in keepalived.data, with the virtual routers that track each. */
import { printable } from "../../base/text.js";
import { type Micros, microsToSeconds } from "../../base/time.js";
import {
  type CheckPlan,
  type FileCheck,
  ownNameOf,
  type ProcessCheck,
  USUAL_CHECK,
} from "../../config/index.js";
import type { CheckDocument } from "../status/types.js";
import type { DumpSource } from "./source.js";
import type { Trackers } from "./trackers.js";
import { list, text, weight } from "./words.js";

/** @param document null: it has no result yet */
export function fileText(
  check: CheckPlan<FileCheck>,
  document: CheckDocument | null,
  trackers: Trackers,
  source: DumpSource,
): string {
  return text([
    ` Track file = ${printable(ownNameOf(check))}`,
    `   File = ${printable(check.path)}`,
    `   Status = ${document?.value ?? 0}`,
    `   Weight = ${weightOf(check, source)}`,
    ...list("Tracking instances ", trackers.ofCheck(check.name)),
  ]);
}

export function processText(
  check: CheckPlan<ProcessCheck>,
  document: CheckDocument | null,
  trackers: Trackers,
  source: DumpSource,
): string {
  const { process, quorum } = check;
  const [program, ...words] = process.command.map(printable);
  const match = { any: null, exact: "", partial: " = partial", initial: " = initial" }[process.match];
  return text([
    ` VRRP Track process = ${printable(ownNameOf(check))}`,
    `   Process = ${program}`,
    words.length === 0 ? null : `   Parameters = ${words.join(" ")}`,
    match === null ? null : `   Param match${match}`,
    `   Min processes = ${quorum.least}`,
    quorum.most === null ? null : `   Max processes = ${quorum.most}`,
    `   Current processes = ${source.countOf(check.name) ?? 0}`,
    `   Have quorum = ${document?.state === "passing"}`,
    `   Weight = ${weightOf(check, source)}`,
    `   Terminate delay = ${seconds(quorum.terminateDelayMicros)}`,
    `   Fork delay = ${seconds(quorum.forkDelayMicros)}`,
    `   Full command = ${process.whole}`,
    ...list("Tracking instances ", trackers.ofCheck(check.name)),
  ]);
}

function weightOf({ name }: CheckPlan, { intent }: DumpSource): string {
  const shown = intent.shown.checks.get(name) ?? USUAL_CHECK;
  return weight(shown.weight, shown.reversed);
}

function seconds(micros: Micros): string {
  return `${microsToSeconds(micros).toFixed(6)}s`;
}
