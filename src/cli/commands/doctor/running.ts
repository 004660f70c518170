/** What the daemon of this very configuration says of itself, where it runs: it hears more than a doctor can in a moment. */
import { problemSentence } from "../../../daemon/status/phrases.js";
import type { StatusDocument } from "../../../daemon/status/types.js";
import { error, type Finding, ok, warning } from "../../../host/finding.js";
import { askStatus } from "../../daemon-status.js";

/** null: none answers there. */
export async function runningDaemon(socketPath: string): Promise<StatusDocument | null> {
  try {
    return await askStatus(socketPath);
  } catch {
    return null;
  }
}

export function runningFindings(status: StatusDocument | null): Finding[] {
  if (status === null) return [];
  const { pid, problems, instances } = status;
  const found = problems.map((problem) => {
    const { severity, acknowledged, action } = problem;
    const text = problemSentence(problem);
    if (acknowledged) return ok("daemon", `known: ${text}`);
    return severity === "error" ? error("daemon", text, action) : warning("daemon", text, action);
  });
  if (found.length > 0) return found;
  const states = [...new Set(instances.map(({ state }) => state))].join(", ");
  return [ok("daemon", `process ${pid} runs this configuration (${states}), and nothing is wrong`)];
}

/** Whether this node is master of the virtual router of that name now. */
export function isMasterOf(status: StatusDocument | null, name: string): boolean {
  return status?.instances.some((one) => one.name === name && one.state === "MASTER") ?? false;
}
