/** Why a process does not answer, as far as /proc tells: it may be stopped, or its container paused. */
import { readFileSync } from "node:fs";

const CGROUPS = "/sys/fs/cgroup";

/** A clause with what to do; null: it is not known to stand still, or there is none. */
export function stillnessOf(pid: number): string | null {
  const state = stateOf(pid);
  if (state === "T") return `which is stopped: kill -CONT ${pid} has it go on`;
  if (state === "t") return "which a debugger has stopped: detach that";
  if (state !== null && isFrozen(pid)) return "whose cgroup is frozen: thaw it, or unpause its container";
  return null;
}

/** The letter of proc(5); null: no such process is seen. */
function stateOf(pid: number): string | null {
  // Its name, in parentheses, may have any characters.
  return /\) (\w) [^)]*$/.exec(read(`/proc/${pid}/stat`))?.[1] ?? null;
}

function isFrozen(pid: number): boolean {
  const cgroup = /^0::(.*)$/m.exec(read(`/proc/${pid}/cgroup`))?.[1];
  return cgroup !== undefined && /^frozen 1$/m.test(read(`${CGROUPS}${cgroup}/cgroup.events`));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
