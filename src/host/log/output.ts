/** The descriptor that log lines go to. */
import { constants, fstatSync, openSync } from "node:fs";

/**
 * A pipe or a terminal is opened once more, non-blocking, so that a reader who stops does not even hold a thread;
 * the description that others share (a shell, the program behind the pipe) keeps its own mode. Everything else (a
 * file, whose offset is shared with stderr; a socket, which cannot be opened again; a pipe of another user's) is
 * written to as it is: that may block a thread of libuv's pool, never the loop.
 */
export function openLogOutput(fd: number): number {
  try {
    const stat = fstatSync(fd);
    if (!stat.isFIFO() && !stat.isCharacterDevice()) return fd;
    const { O_WRONLY, O_NONBLOCK, O_APPEND, O_NOCTTY } = constants;
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_APPEND | O_NOCTTY);
  } catch {
    return fd;
  }
}
