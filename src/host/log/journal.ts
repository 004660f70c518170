/** Whether the journal of systemd collects an output of this process. */
import { fstatSync } from "node:fs";

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
