/** A busy machine. */
import type { HostProcess } from "../../test/netns/index.js";
import type { Lab } from "./lab.js";

export const BUSY_LOOPS = 16;

/** Programs that do nothing but compute, until they are ended. */
export function busyLoops(lab: Lab): HostProcess[] {
  return Array.from({ length: BUSY_LOOPS }, () => lab.host("c").start(["perl", "-e", "1 while 1"]));
}

export async function endAll(processes: readonly HostProcess[]): Promise<void> {
  for (const one of processes) one.kill("SIGKILL");
  await Promise.all(processes.map((one) => one.exited));
}
