/**
 * Runs one program: the only place of the daemon that starts any. No shell, started off the loop, in a process group
 * of its own, within a time limit.
 */
import { constants } from "node:os";
import { errnoName, type SpawnedProcess, spawn } from "../native.js";
import { endProcess } from "./end.js";
import { confinementOf, type Identity } from "./identity.js";
import { NO_OUTPUT, OutputReader, type ProgramOutput } from "./output.js";

const SHELL = "/bin/sh";
const { ECANCELED, ENOEXEC } = constants.errno;

/** Between SIGTERM and SIGKILL after a timeout, as in Keepalived. */
export const TERM_GRACE_MILLIS = 2_000;

export interface RunOptions {
  /** The absolute path of the program and its arguments. A file that is no program (ENOEXEC) runs under /bin/sh. */
  readonly command: readonly string[];
  /** What has to be known before, off the loop, within the time limit; null: nothing. */
  readonly prepare: (() => Promise<Preparation>) | null;
  /** "NAME=value" each. */
  readonly environment: readonly string[];
  /** Who runs it; null: who runs the daemon, with all that it has. */
  readonly identity: Identity | null;
  /** Whom `identity` names has no capability, and no way to gain one. */
  readonly confined?: boolean;
  /** null: as long as it takes, until `limit` is called. */
  readonly timeoutMillis: number | null;
  /** What a timeout ends: the whole process group, or the program alone. */
  readonly ends: "group" | "program";
  /** How much of the end of what it prints is kept; null: its output goes to /dev/null. */
  readonly tailBytes: number | null;
}

/** What is run in fact, or the sentence that says why it is not. */
export type Preparation = { readonly command: readonly string[] } | Refusal;

export interface Refusal {
  /** A sentence. */
  readonly refused: string;
  /** Others could have changed it. */
  readonly unsafe: boolean;
}

export type RunResult =
  | { readonly type: "exited"; readonly exitCode: number; readonly output: ProgramOutput }
  /** `signal`: "SIGSEGV" */
  | { readonly type: "signalled"; readonly signal: string; readonly output: ProgramOutput }
  | { readonly type: "timeout" }
  /** `why`: a sentence; `unsafe`: others could have changed it */
  | { readonly type: "refused"; readonly why: string; readonly unsafe: boolean }
  /** `code`: errno name, such as ENOENT */
  | { readonly type: "notStarted"; readonly code: string };

export interface Run {
  /** How it came out; of a timeout it tells at once, whether or not the program is gone. */
  readonly result: Promise<RunResult>;
  /** The program is gone (reaped), and after a timeout or `end` all that had to go with it. */
  readonly gone: Promise<void>;
  /** Nobody holds its output any more, not even what it has left in the background. */
  readonly outputClosed: Promise<void>;
  /** Gives it a time limit from now on; one that it has already stays. */
  limit(millis: number): void;
  /** Ends it: SIGTERM, then SIGKILL. */
  end(graceMillis: number): void;
}

const ENDED_BEFORE: Refusal = { refused: "it was to end before it began", unsafe: false };

export function run(options: RunOptions): Run {
  return new ProgramRun(options);
}

class ProgramRun implements Run {
  readonly result: Promise<RunResult>;
  readonly gone: Promise<void>;
  readonly outputClosed: Promise<void>;
  readonly #options: RunOptions;
  #timer: NodeJS.Timeout | null = null;
  #resolveResult!: (result: RunResult) => void;
  #resolveGone!: () => void;
  #resolveOutputClosed!: () => void;
  /** Ends an exec that hangs. */
  #cancelStart: (() => void) | null = null;
  #process: SpawnedProcess | null = null;
  #output: OutputReader | null = null;
  #hasExited = false;
  /** Set once it has to end, perhaps before it has begun. */
  #endGraceMillis: number | null = null;

  constructor(options: RunOptions) {
    this.#options = options;
    this.result = new Promise((resolve) => {
      this.#resolveResult = resolve;
    });
    this.gone = new Promise((resolve) => {
      this.#resolveGone = resolve;
    });
    this.outputClosed = new Promise((resolve) => {
      this.#resolveOutputClosed = resolve;
    });
    if (options.timeoutMillis !== null) this.limit(options.timeoutMillis);
    if (options.prepare === null) this.#start(options.command);
    else void options.prepare().then((preparation) => this.#prepared(preparation));
  }

  limit(millis: number): void {
    if (this.#endGraceMillis !== null || this.#hasExited) return;
    this.#timer ??= setTimeout(() => this.#timeLimitReached(), millis);
  }

  end(graceMillis: number): void {
    if (this.#endGraceMillis !== null || this.#hasExited) return;
    this.#endGraceMillis = graceMillis;
    clearTimeout(this.#timer ?? undefined);
    if (this.#process !== null) this.#endProcess(this.#process.pid, graceMillis);
    else this.#cancelStart?.();
  }

  #prepared(preparation: Preparation): void {
    if ("command" in preparation && this.#endGraceMillis === null) return this.#start(preparation.command);
    this.#refuse("refused" in preparation ? preparation : ENDED_BEFORE);
  }

  #refuse({ refused, unsafe }: Refusal): void {
    this.#hasExited = true;
    this.#finish({ type: "refused", why: refused, unsafe });
    this.#resolveGone();
  }

  #start(command: readonly string[]): void {
    this.#cancelStart = spawn(
      {
        file: command[0]!,
        args: command,
        environment: this.#options.environment,
        captureOutput: this.#options.tailBytes !== null,
        ...confinementOf(this.#options.identity, this.#options.confined ?? false),
      },
      (errno, process) => this.#started(command, errno, process),
      (exitCode, signal) => this.#exited(exitCode, signal),
    );
  }

  #started(command: readonly string[], errno: number, process: SpawnedProcess | null): void {
    if (errno === ENOEXEC && command[0] !== SHELL && this.#endGraceMillis === null) {
      return this.#start([SHELL, ...command]);
    }
    if (process === null) return this.#notStarted(errno);
    this.#process = process;
    if (process.outputFd >= 0) this.#output = new OutputReader(process.outputFd, this.#options.tailBytes!);
    if (this.#endGraceMillis !== null) this.#endProcess(process.pid, this.#endGraceMillis);
  }

  #notStarted(errno: number): void {
    if (errno === ECANCELED) return this.#refuse(ENDED_BEFORE);
    this.#hasExited = true;
    this.#finish({ type: "notStarted", code: errnoName(errno) });
    this.#resolveGone();
  }

  #exited(exitCode: number | null, signal: number | null): void {
    this.#hasExited = true;
    const output = this.#output?.finish() ?? NO_OUTPUT;
    if (exitCode !== null) this.#finish({ type: "exited", exitCode, output });
    else this.#finish({ type: "signalled", signal: signalName(signal!), output });
    if (this.#endGraceMillis === null) this.#resolveGone();
  }

  /** After a stall of the loop a timer fires before the exit that happened in time is read; so that one goes first. */
  #timeLimitReached(): void {
    setImmediate(() => {
      if (this.#hasExited || this.#endGraceMillis !== null) return;
      this.#finish({ type: "timeout" });
      this.end(TERM_GRACE_MILLIS);
    });
  }

  #endProcess(pid: number, graceMillis: number): void {
    const group = this.#options.ends === "group";
    endProcess({
      pid,
      group,
      graceMillis,
      hasExited: () => this.#hasExited,
      onGone: () => this.#resolveGone(),
    });
  }

  #finish(result: RunResult): void {
    clearTimeout(this.#timer ?? undefined);
    if (this.#hasExited) void (this.#output?.closed ?? Promise.resolve()).then(this.#resolveOutputClosed);
    this.#resolveResult(result);
  }
}

function signalName(number: number): string {
  const known = Object.entries(constants.signals).find(([, value]) => value === number);
  return known?.[0] ?? `signal ${number}`;
}
