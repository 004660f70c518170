/** Processes as /proc tells of them, read off the loop: a command line may hang with its process. */
import { readdir } from "node:fs/promises";
import { beginningsOf, type Content } from "../files/off-loop.js";
import { isShortage } from "../scripts/file.js";
import type { SeenProcess } from "./criteria.js";

export interface RunningProcess extends SeenProcess {
  readonly parent: number;
}

/** Up to the parent's number: a name has 15 bytes at most. */
const STAT_BYTES = 64;

/**
 * Each process of this pid namespace, or those that are named; without those that have ended. Rejects where this host is short of
 * something: what could not be read may run. @param commandBytes 0: no command lines
 */
export async function readProcesses(
  commandBytes: number,
  pids?: readonly number[],
): Promise<Map<number, RunningProcess>> {
  const all = pids ?? (await allPids());
  const paths = all.map((pid) => `/proc/${pid}/stat`);
  if (commandBytes > 0) paths.push(...all.map((pid) => `/proc/${pid}/cmdline`));
  const contents = await beginningsOf(paths, Math.max(STAT_BYTES, commandBytes));
  for (const content of contents) if (isShort(content)) throw content;
  const running = new Map<number, RunningProcess>();
  for (const [index, pid] of all.entries()) {
    const [stat, line] = [contents[index]!, contents[index + all.length]];
    const seen = "text" in stat ? statusOf(stat.text) : null;
    if (seen === null) continue;
    const commandLine = line !== undefined && "text" in line ? line.text.slice(0, commandBytes) : null;
    running.set(pid, { ...seen, commandLine });
  }
  return running;
}

function isShort(content: Content): boolean {
  return "code" in content && isShortage(content.code);
}

async function allPids(): Promise<number[]> {
  const names = await readdir("/proc");
  return names.filter((name) => /^[1-9]\d*$/.test(name)).map(Number);
}

/** `PID (NAME) STATE PARENT …`; the name may hold anything. null: it has ended, or is being ended. */
function statusOf(text: string): { name: string; parent: number } | null {
  const match = /^\d+ \((.*)\) (\S) (\d+)/s.exec(text);
  if (match === null || match[2] === "Z" || match[2] === "X") return null;
  return { name: match[1]!, parent: Number(match[3]) };
}
