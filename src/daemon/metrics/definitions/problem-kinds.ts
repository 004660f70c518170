/** The problems whose series are there before they occur; others begin when they do. */
import { CAUSES } from "../../../core/router/cause.js";
import { DROP_REASONS } from "../../../wire/advert.js";
import type { ProblemKind } from "./definition.js";

const ERRORS = [
  "address-conflict",
  "address-missing",
  "address-own",
  "address-under-other-id",
  "address-uninvited",
  "addresses-unserved",
  "check-disabled",
  "check-failing",
  "lock-squatted",
  "script-refused",
  "stranger",
  "two-masters",
  "unheard",
  "yield-unserved",
];
const WARNINGS = [
  "address-list",
  "check-advisory",
  "check-failing",
  "equal-priority",
  "fifo-lines-lost",
  "interval",
  "lock-squatted",
  "log-lines-lost",
  "packets-lost",
  "partial",
  "refusals-sampled",
  "reload-failed",
  "reload-refused",
  "script-unusable",
  "script-writable",
  "stalled",
  "unicast-without-peers",
  "yield-alone",
];

/** Of an instance in FAULT or INIT. */
const CAUSES_OF_ERRORS = Object.entries(CAUSES).flatMap(([code, { action }]) =>
  action === null ? [] : [code],
);

export const PROBLEM_KINDS: readonly ProblemKind[] = [
  ...kinds("error", [...ERRORS, ...CAUSES_OF_ERRORS, ...DROP_REASONS.map((reason) => `attempt-${reason}`)]),
  ...kinds("warning", [...WARNINGS, ...DROP_REASONS.map((reason) => `refused-${reason}`)]),
];

function kinds(severity: ProblemKind["severity"], codes: readonly string[]): ProblemKind[] {
  return codes.map((code) => ({ code, severity }));
}
