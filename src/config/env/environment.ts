/** The first of two pure steps: the environment → a request, or every problem at once. */

import type { Problem, UserName } from "../plan/types.js";
import { findContradictions, findOverrides, findUnserved } from "./agreement.js";
import { buildRequest, type Request } from "./request.js";
import { type Environment, readVariables } from "./table.js";

export interface ParsedEnvironment {
  /** null if and only if there are problems. */
  readonly request: Request | null;
  readonly problems: readonly Problem[];
  /** Whether this host knows it is left to others, so that it can be said beside the problems. */
  readonly scriptUser: UserName | null;
  /** Sentences; the request carries them too, and so does every plan made from it. */
  readonly warnings: readonly string[];
}

/** Never throws; looks at nothing but `env`. */
export function parseEnvironment(env: Environment): ParsedEnvironment {
  const read = readVariables(env);
  const problems = [...read.problems, ...findContradictions(read)];
  const warnings = [...read.warnings, ...findOverrides(read)];
  const { scriptUser } = read.values;
  if (problems.length > 0) return { request: null, problems, scriptUser, warnings };
  const request = buildRequest(read.values, warnings, findUnserved(read));
  return { request, problems, scriptUser, warnings };
}
