/** What the kernel tells about this process (proc(5)). */
import { readdirSync, readFileSync } from "node:fs";

/** null: the kernel does not say, as without /proc. */
export interface ProcessFigures {
  readonly virtualBytes: number | null;
  readonly dataBytes: number | null;
  readonly threads: number | null;
  readonly openDescriptors: number | null;
  readonly mostDescriptors: number | null;
}

export function processFigures(): ProcessFigures {
  const status = readOr("/proc/self/status");
  return {
    virtualBytes: kilobytes(status, "VmSize"),
    dataBytes: kilobytes(status, "VmData"),
    threads: first(status, /^Threads:\s+(\d+)$/m),
    openDescriptors: openDescriptors(),
    mostDescriptors: first(readOr("/proc/self/limits"), /^Max open files\s+(\d+)/m),
  };
}

function kilobytes(status: string, name: string): number | null {
  const found = first(status, new RegExp(`^${name}:\\s+(\\d+) kB$`, "m"));
  return found === null ? null : found * 1024;
}

/** Without the one that the folder is read by. */
function openDescriptors(): number | null {
  try {
    return readdirSync("/proc/self/fd").length - 1;
  } catch {
    return null;
  }
}

function first(text: string, pattern: RegExp): number | null {
  const found = pattern.exec(text);
  return found === null ? null : Number(found[1]);
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
