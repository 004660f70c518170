/** What processes cost: processor time and memory, as the kernel counts them. */
import { readdirSync, readFileSync } from "node:fs";

/** Processor time of all threads so far, in nanoseconds, from the scheduler: finer than the ticks of /proc/PID/stat. */
export function processorNanos(pids: readonly number[]): number {
  let nanos = 0;
  for (const pid of pids) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      nanos += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]);
    }
  }
  return nanos;
}

/** In megabytes (10⁶ bytes), of all processes together. */
export interface Memory {
  readonly resident: number;
  readonly proportional: number;
  readonly anonymous: number;
}

export function memoryOf(pids: readonly number[]): Memory {
  const sum = (file: string, field: string) =>
    pids.reduce((total, pid) => total + kilobytes(`/proc/${pid}/${file}`, field), 0) * (1024 / 1e6);
  return {
    resident: sum("status", "VmRSS"),
    proportional: sum("smaps_rollup", "Pss"),
    anonymous: sum("status", "RssAnon"),
  };
}

function kilobytes(file: string, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(readFileSync(file, "latin1"));
  if (found === null) throw new Error(`${file} has no ${field}`);
  return Number(found[1]);
}
