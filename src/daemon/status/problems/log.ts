/** Log lines that do not reach whoever collects them. */
import type { StatusDocument } from "../types.js";
import { type Found, plain } from "./found.js";

/** A pipe that is full for a moment is none. */
const PATIENCE_MILLIS = 2_000;

const COLLECTOR = "Look at what collects this container's or unit's output, or at syslog.";
const ACTIONS: Readonly<Record<string, string>> = {
  ENOSPC: "Make room on the disk that the log is written to (df -h).",
  EDQUOT: "Make room within the quota of the user that vrrpd runs as.",
  EIO: "Look at the disk that the log is written to (dmesg).",
};

export function logProblems(
  { waitingLogLines: waiting, lostLogLines: lost }: Pick<StatusDocument, "waitingLogLines" | "lostLogLines">,
  now: number,
): Found[] {
  if (waiting !== null && now - Date.parse(waiting.since) >= PATIENCE_MILLIS) {
    const { lines, since, errno } = waiting;
    const why =
      errno === null || errno === "EAGAIN" ? "nothing reads the output" : `to write fails with ${errno}`;
    const gone = lost === 0 ? "" : `, and ${lost} are lost`;
    const text = `${lines} log ${lines === 1 ? "line waits" : "lines wait"} since ${since}${gone}: ${why}`;
    const action = ACTIONS[errno ?? ""] ?? COLLECTOR;
    return [{ ...plain("warning", "log-lines-waiting", null, text, action), since: Date.parse(since) }];
  }
  if (lost === 0) return [];
  const text = `${lost} log lines were lost, because whatever collects the log did not take them`;
  return [plain("warning", "log-lines-lost", null, text, COLLECTOR)];
}
