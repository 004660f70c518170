/** The environment as a request, or an error that names every problem at once. */
import { ExitCode, VrrpdError } from "../base/errors.js";
import {
  formatProblem,
  type Problem,
  parseEnvironment,
  type Request,
  type UserName,
  VARIABLES,
} from "../config/index.js";
import { findIdentity } from "../host/scripts/identity.js";

/** Throws VrrpdError `ECONFIG` (exit code 2), one line a problem. */
export function readConfiguration(env: NodeJS.ProcessEnv): Request {
  const { request, problems, scriptUser } = parseEnvironment(env);
  const all = [...problems, ...unknownUser(scriptUser)];
  if (request !== null && all.length === 0) return request;
  const lines = all.map((problem) => `\n  ${formatProblem(problem)}`);
  throw new VrrpdError(
    "ECONFIG",
    `the configuration cannot be used:${lines.join("")}`,
    ExitCode.configuration,
  );
}

function unknownUser(wanted: UserName | null): Problem[] {
  const reason = wanted === null ? null : findIdentity(wanted);
  if (wanted === null || typeof reason !== "string") return [];
  const { name, accepted } = VARIABLES.scriptUser;
  const value = wanted.group === null ? wanted.user : `${wanted.user}:${wanted.group}`;
  return [{ variable: name, value, reason, accepted }];
}
