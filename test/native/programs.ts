/** Programs for the tests of spawn, and spawn as a promise. */
import { closeSync, mkdtempSync, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "tap";
import { spawn } from "../../src/host/native.js";

export interface Ended {
  pid: number;
  exitCode: number | null;
  signal: number | null;
  /** stdout and stderr together; null without `captureOutput`. */
  output: string | null;
}

export interface RunOptions {
  environment?: string[];
  captureOutput?: boolean;
  onStarted?: (pid: number) => void;
}

/** Runs a program to its end; rejects with the errno when it could not be started. */
export function run(file: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Ended> {
  const { environment = ["PATH=/usr/bin:/bin"], captureOutput = false } = options;
  return new Promise((resolve, reject) => {
    let pid = -1;
    let outputFd = -1;
    spawn(
      { file, args: [file, ...args], environment, captureOutput },
      (errno, process) => {
        if (process === null) return reject(errno);
        ({ pid, outputFd } = process);
        options.onStarted?.(pid);
      },
      (exitCode, signal) =>
        resolve({ pid, exitCode, signal, output: captureOutput ? readToEnd(outputFd) : null }),
    );
  });
}

/** A directory for executables, removed with the test; `add` returns the path of one. */
export function programDirectory(t: Test): { add: (name: string, text: string, mode: number) => string } {
  const directory = mkdtempSync(join(tmpdir(), "vrrpd-"));
  t.teardown(() => rmSync(directory, { recursive: true }));
  return {
    add: (name, text, mode) => {
      const path = join(directory, name);
      writeFileSync(path, text, { mode });
      return path;
    },
  };
}

/** One character of proc_pid_stat(5): R, S, Z … or null when there is no such process. */
export function processState(pid: number): string | null {
  try {
    return /\) (.)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] ?? null;
  } catch {
    return null;
  }
}

/**
 * Everything that the program has written before it ended. The end of the pipe need not follow at once: another child
 * that is being started holds a copy of it until its exec.
 */
function readToEnd(fd: number): string {
  const buffer = Buffer.alloc(65536);
  let text = "";
  for (let length = readSome(fd, buffer); length > 0; length = readSome(fd, buffer)) {
    text += buffer.toString("utf8", 0, length);
  }
  closeSync(fd);
  return text;
}

function readSome(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
    throw error;
  }
}
