/**
 * Who has started this process and waits: a person or a program that reads standard error, or, of a daemon in the
 * background, the process that was called and ends once the daemon takes part.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, writeSync } from "node:fs";
import type { Duplex } from "node:stream";
import { ExitCode } from "../../base/errors.js";
import { complain } from "../output.js";
import { whenStopped } from "../signals.js";
import { NAME } from "./version.js";

/** Where the daemon in the background finds its starter. */
const DESCRIPTOR = 3;
/** Tells it that it is in the background; no script gets it. */
const MARK = "STARTED_IN_BACKGROUND";
const READY = "\0";

export interface Starter {
  readonly inBackground: boolean;
  /** What keeps the daemon from running: a sentence. */
  fail(text: string): void;
  /** It takes part. */
  ready(): void;
}

export function findStarter(): Starter {
  if (process.env[MARK] === undefined) return { inBackground: false, fail: complain, ready: () => {} };
  delete process.env[MARK];
  return {
    inBackground: true,
    fail: (text) => tell(`${text}\n`),
    ready: () => {
      tell(READY);
      closeSync(DESCRIPTOR);
    },
  };
}

/** A starter that was ended meanwhile is no matter to the daemon. */
function tell(text: string): void {
  try {
    writeSync(DESCRIPTOR, text);
  } catch {
    // Nobody is there to be told.
  }
}

/**
 * Starts this program again, in a session of its own and without input or output, and waits for its word.
 * @param onReady with its process id
 * @returns its exit code, or 0 once it is ready. What it has to say is written to standard error.
 */
export async function startInBackground(
  words: readonly string[],
  onReady: (pid: number) => void,
): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...words], {
    argv0: process.argv0,
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "pipe"],
    env: { ...process.env, [MARK]: "1" },
  });
  whenStopped((signal) => child.kill(signal));
  const [isReady, code] = await Promise.race([untilReady(child), untilEnded(child)]);
  if (!isReady) return code;
  onReady(child.pid!);
  return ExitCode.ok;
}

type Outcome = readonly [isReady: boolean, exitCode: number];

function untilReady(child: ChildProcess): Promise<Outcome> {
  const words = child.stdio[DESCRIPTOR] as Duplex;
  return new Promise((resolve) => {
    words.on("error", () => {});
    words.on("data", (bytes: Buffer) => {
      if (bytes.includes(READY)) resolve([true, ExitCode.ok]);
      else process.stderr.write(bytes);
    });
  });
}

/** Once all that it has said is read. */
function untilEnded(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      process.stderr.write(`${NAME}: it cannot be started in the background: ${error.message}\n`);
      resolve([false, ExitCode.fatal]);
    });
    child.once("close", (code) => resolve([false, code ?? ExitCode.fatal]));
  });
}
