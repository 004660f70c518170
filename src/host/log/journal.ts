/** Whether the journal of systemd collects an output of this process, and how it learns what a line weighs. */
import { fstatSync } from "node:fs";
import { severityOf } from "./syslog-record.js";

/** What systemd calls the stream that it has connected standard output, or standard error, to (systemd.exec(5)). */
const VARIABLE = "JOURNAL_STREAM";

/** Asks for the descriptor itself: whoever inherits the variable may write elsewhere. @param fd 1 for standard output */
export function isJournal(fd: number, env: NodeJS.ProcessEnv): boolean {
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return env[VARIABLE] === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/**
 * What stands before a line, so that the journal has it with its priority (sd-daemon(3)); it takes it away.
 * @param line of pino's
 */
export function journalMark(line: string): string {
  return `<${severityOf(/^\{"level":"(\w+)"/.exec(line)?.[1] ?? "info")}>`;
}
