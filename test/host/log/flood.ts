/** A process that floods its log, and the outputs that it is given. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Test } from "tap";

const FLOOD_CHILD = fileURLToPath(new URL("flood-child.ts", import.meta.url));

/** 50 MB. */
export const LONG_FLOOD_TURNS = 200;
export const SHORT_FLOOD_TURNS = 20;

export interface FloodReport {
  ticks: number;
  lostLines: number;
}

export function startFlood(t: Test, stdout: "pipe" | number, turns: number): ChildProcess {
  const child = spawn(process.execPath, [...process.execArgv, FLOOD_CHILD, String(turns)], {
    stdio: ["ignore", stdout, "inherit", "ipc"],
  });
  t.teardown(() => child.kill("SIGKILL"));
  return child;
}

export async function messageOf<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, "message");
  return message as T;
}

/** Each turn asks for a tick: a loop that is held up by its output has no more than a few. */
export function assertLoopRan(t: Test, report: FloodReport, turns: number): void {
  t.ok(report.ticks >= turns / 2, `${report.ticks} ticks of a 10 ms timer during ${turns} turns`);
}

export function openFifo(t: Test): { readFd: number; writeFd: number } {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-log-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "fifo");
  execFileSync("mkfifo", [path]);
  const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { readFd, writeFd: openSync(path, constants.O_WRONLY) };
}
