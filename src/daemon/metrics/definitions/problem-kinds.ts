/** The problems whose series are there before they occur. */
import { PROBLEM_CODES } from "../../../config/problem-codes.js";
import { CAUSES } from "../../../core/router/cause.js";
import type { ProblemKind } from "./definition.js";

/** Causes of changes that are as they should be. */
const HARMLESS = new Set(
  Object.entries(CAUSES).flatMap(([code, { action }]) => (action === null ? [code] : [])),
);

export const PROBLEM_KINDS: readonly ProblemKind[] = PROBLEM_CODES.filter(
  (code) => !HARMLESS.has(code),
).flatMap((code) => [
  { code, severity: "error" },
  { code, severity: "warning" },
]);
