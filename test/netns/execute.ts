/** Runs one short command to its end. */
import { spawn } from "node:child_process";
import { HarnessError } from "./errors.js";

export interface CommandResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecuteOptions {
  /** Given on stdin; without it stdin is empty. */
  readonly input?: string;
  /** Default 30,000; then the command is killed and `ETIMEOUT` thrown. */
  readonly timeoutMs?: number;
  /** Beside PATH, HOME and LANG; the caller's own environment is not handed on. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Throws `EMISSING` when there is no such program, `ETIMEOUT`; an exit code is the caller's to judge. */
export function execute(command: readonly string[], options: ExecuteOptions = {}): Promise<CommandResult> {
  const { input = "", timeoutMs = 30_000, env } = options;
  const [program, ...parameters] = command as [string, ...string[]];
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { env: baseEnvironment(env), stdio: "pipe" });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new HarnessError("ETIMEOUT", `"${command.join(" ")}" did not end within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    child.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(
        error.code === "ENOENT"
          ? new HarnessError("EMISSING", `the program ${program} is not installed`)
          : error,
      );
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout: text(stdout), stderr: text(stderr) });
    });
    child.stdin.on("error", () => {}); // A command that does not read its input may be gone before it is written.
    child.stdin.end(input);
  });
}

/** Like `execute`; throws `ECOMMAND` with what the command said unless it exits 0. Returns its stdout. */
export async function executeOk(
  command: readonly string[],
  options: ExecuteOptions & { shown?: string } = {},
) {
  const result = await execute(command, options);
  if (result.code !== 0) {
    const said = (result.stderr.trim() || result.stdout.trim() || "it said nothing").slice(-2000);
    const how = result.signal ?? `exit code ${result.code}`;
    throw new HarnessError(
      "ECOMMAND",
      `${options.shown ?? `"${command.join(" ")}"`} failed (${how}): ${said}`,
    );
  }
  return result.stdout;
}

/** What every process of the harness starts with: nothing of the caller's but the way to programs. */
export function baseEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: `${process.env.PATH ?? ""}:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: process.env.HOME ?? "/",
    LANG: "C.UTF-8",
    ...more,
  };
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString("utf8");
}
