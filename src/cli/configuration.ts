/** The environment as a request, or an error that names every problem at once. */
import { ExitCode, VrrpdError } from "../base/errors.js";
import { formatProblem, parseEnvironment, type Request } from "../config/index.js";

/** Throws VrrpdError `ECONFIG` (exit code 2), one line a problem. */
export function readConfiguration(env: NodeJS.ProcessEnv): Request {
  const { request, problems } = parseEnvironment(env);
  if (request !== null) return request;
  const lines = problems.map((problem) => `\n  ${formatProblem(problem)}`);
  throw new VrrpdError(
    "ECONFIG",
    `the configuration cannot be used:${lines.join("")}`,
    ExitCode.configuration,
  );
}
