/** Ends a process, or the process group that it leads: SIGTERM, and SIGKILL to what is left after a grace. */
import { constants } from "node:os";
import { kill, reapOrphans } from "../native.js";

const { SIGTERM, SIGKILL } = constants.signals;
const { ESRCH } = constants.errno;

/** How long after SIGKILL a group is looked at: what the kernel itself holds up does not go at all. */
const AFTER_KILL_MILLIS = 1_000;
const POLL_MILLIS = 20;

export interface EndOptions {
  readonly pid: number;
  /** The whole group, or the process alone. */
  readonly group: boolean;
  readonly graceMillis: number;
  /** Whether the process itself has been reaped; from then on its number alone means nothing. */
  hasExited(): boolean;
  /** Called once: it is gone, and so is its group (or the kernel does not let go of it). */
  onGone(): void;
}

export function endProcess(options: EndOptions): void {
  const startedAt = performance.now();
  let killedAt: number | null = null;
  signal(options, SIGTERM);
  const poll = setInterval(() => {
    const now = performance.now();
    if (
      !isAlive(options) ||
      (killedAt !== null && now - killedAt > AFTER_KILL_MILLIS && options.hasExited())
    ) {
      clearInterval(poll);
      options.onGone();
    } else if (killedAt === null && now - startedAt >= options.graceMillis) {
      killedAt = now;
      signal(options, SIGKILL);
    }
  }, POLL_MILLIS);
}

function signal(options: EndOptions, number: number): void {
  if (options.group) kill(-options.pid, number);
  else if (!options.hasExited()) kill(options.pid, number);
}

/** A group's number is not given to another as long as one of its processes, the leader or not, is there. */
function isAlive(options: EndOptions): boolean {
  if (!options.hasExited()) return true;
  if (!options.group) return false;
  // Where vrrpd is process 1, its grandchildren become its children, and stay in the group until they are reaped.
  reapOrphans();
  return kill(-options.pid, 0) !== -ESRCH;
}
