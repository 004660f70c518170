/** A long-running process inside a host: its lines, its signals, its end. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { HarnessError } from "./errors.js";
import { baseEnvironment } from "./execute.js";
import { DEFAULT_TIMEOUT_MS } from "./until.js";

export interface StartOptions {
  /** For messages. Default: the last part of the program's path. */
  readonly name?: string;
  /** The whole environment, but for PATH, HOME and LANG; the caller's own is not handed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: that of this process. */
  readonly cwd?: string;
}

export interface OutputLine {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
  /** When it was read here: wall clock, in microseconds (of millisecond resolution). */
  readonly atMicros: number;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How long output may follow the end of a process while a grandchild still holds its pipe. */
const OUTPUT_GRACE_MS = 300;

export class HostProcess {
  readonly name: string;
  /** Of the program itself: the wrappers that lead into the host become it by exec. */
  readonly pid: number;
  readonly lines: OutputLine[] = [];
  /** Settled when the process has ended and its output was read. Never rejects. */
  readonly exited: Promise<ProcessEnd>;
  private end: ProcessEnd | null = null;
  private readonly watchers = new Set<() => void>();

  /** @param command with the way into the host, @param shown as the caller wrote it. Used by `host.start`. */
  constructor(command: readonly string[], shown: readonly string[], { name, env }: StartOptions) {
    this.name = name ?? shown[0]!.split("/").at(-1)!;
    const [program, ...parameters] = command as [string, ...string[]];
    const child = spawn(program, parameters, {
      env: baseEnvironment(env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.pid = child.pid ?? -1;
    this.collect("stdout", child.stdout);
    this.collect("stderr", child.stderr);
    this.exited = this.watchEnd(child);
  }

  get running(): boolean {
    return this.end === null;
  }

  /** What was printed so far, both streams, as text. */
  get output(): string {
    return this.lines.map((line) => `${line.text}\n`).join("");
  }

  /**
   * The first line that matches, printed already or to come. `after`: only lines from this index on (`lines.length`
   * at the time of an action gives the lines that follow it). Throws `EEXITED` when the process ends without it,
   * `ETIMEOUT`, both with the last lines that it printed.
   */
  waitForLine(pattern: RegExp, options: { timeoutMs?: number; after?: number } = {}): Promise<OutputLine> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, after = 0 } = options;
    return new Promise((resolve, reject) => {
      let next = after;
      const look = () => {
        for (; next < this.lines.length; next++) {
          if (pattern.test(this.lines[next]!.text)) return settle(() => resolve(this.lines[next]!));
        }
        if (this.end)
          settle(() =>
            reject(this.failure("EEXITED", `ended (${describeEnd(this.end!)}) before ${pattern}`)),
          );
      };
      const late = () =>
        reject(this.failure("ETIMEOUT", `printed no ${pattern} within ${timeoutMs / 1000} s`));
      const timer = setTimeout(() => settle(late), timeoutMs);
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        this.watchers.delete(look);
        finish();
      };
      this.watchers.add(look);
      look();
    });
  }

  /** Returns when the signal was sent: wall clock, in microseconds. Nothing happens to a process that has ended. */
  kill(signal: NodeJS.Signals = "SIGTERM"): number {
    const atMicros = Date.now() * 1000;
    if (this.running && this.pid > 0) {
      try {
        process.kill(this.pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
    return atMicros;
  }

  /** SIGSTOP: it stands still, as on a machine that hangs. */
  freeze(): number {
    return this.kill("SIGSTOP");
  }

  /** SIGCONT */
  thaw(): number {
    return this.kill("SIGCONT");
  }

  /** SIGTERM, and SIGKILL if it has not ended by then. */
  async stop(graceMs = 5_000): Promise<ProcessEnd> {
    this.kill("SIGTERM");
    this.thaw();
    const timer = setTimeout(() => this.kill("SIGKILL"), graceMs);
    const end = await this.exited;
    clearTimeout(timer);
    return end;
  }

  private collect(stream: OutputLine["stream"], readable: Readable): void {
    createInterface({ input: readable, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (text) => {
      this.lines.push({ stream, text, atMicros: Date.now() * 1000 });
      this.wake();
    });
  }

  private watchEnd(child: ChildProcess): Promise<ProcessEnd> {
    return new Promise((resolve) => {
      const finish = (end: ProcessEnd) => {
        if (this.end) return;
        this.end = end;
        resolve(end);
        this.wake();
      };
      child.on("error", (error) => {
        this.lines.push({ stream: "stderr", text: error.message, atMicros: Date.now() * 1000 });
        finish({ code: null, signal: null });
      });
      child.on("exit", (code, signal) => setTimeout(() => finish({ code, signal }), OUTPUT_GRACE_MS));
      child.on("close", (code, signal) => finish({ code, signal }));
    });
  }

  private wake(): void {
    for (const watcher of [...this.watchers]) watcher();
  }

  private failure(code: "EEXITED" | "ETIMEOUT", what: string): HarnessError {
    const tail = this.lines.slice(-15).map((line) => `\n  ${line.text}`);
    return new HarnessError(
      code,
      `${this.name} (pid ${this.pid}) ${what}; its last lines:${tail.join("") || " none"}`,
    );
  }
}

export function describeEnd(end: ProcessEnd): string {
  return end.signal ?? `exit code ${end.code}`;
}
