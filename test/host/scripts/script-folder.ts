/** Real scripts in a folder of the test's own, and what one wants to know of the processes that they become. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "tap";

export class ScriptFolder {
  readonly path = mkdtempSync(join(tmpdir(), "vrrpd-scripts-"));

  constructor(t: Test) {
    t.teardown(() => rmSync(this.path, { recursive: true, force: true }));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Writes an executable file; a body without `#!` is one that only a shell can run. */
  write(name: string, body: string, mode = 0o755): string {
    writeFileSync(this.file(name), body);
    chmodSync(this.file(name), mode);
    return this.file(name);
  }

  shell(name: string, body: string): string {
    return this.write(name, `#!/bin/sh\ncd ${this.path}\n${body}\n`);
  }

  /** Lines of a file that a script writes; none while it is not there. */
  lines(name: string): string[] {
    try {
      return readFileSync(this.file(name), "utf8").split("\n").slice(0, -1);
    } catch {
      return [];
    }
  }

  /** The process id that a script has written into a file. */
  async pid(name: string): Promise<number> {
    await until(() => this.lines(name).length > 0);
    return Number(this.lines(name)[0]);
  }
}

/** Waits for a condition, for as long as the test may last. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Whether a process runs; one that has ended and was not reaped by its parent yet does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Children of this process that have ended and were not reaped. */
export function zombieCount(): number {
  const children = readFileSync(
    "/proc/self/task/self/children".replace("task/self", `task/${process.pid}`),
    "utf8",
  );
  return children
    .split(" ")
    .filter((pid) => pid !== "")
    .filter((pid) => !isRunning(Number(pid))).length;
}
