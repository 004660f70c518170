/** Runs JavaScript in a Node process of its own, for what would end or disturb the test's process. */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";

/** The file that loads the addon. */
export const addon = createRequire(import.meta.url).resolve("#native");

export interface ScriptResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

/** Starts `source` with the addon as `native`; `prefix` is a command that runs Node (`["chrt", "-r", "10"]`). */
export function startScript(
  source: string,
  prefix: readonly string[] = [],
  flags: readonly string[] = [],
): ChildProcess {
  const command = [...prefix, process.execPath, ...flags, "-e"];
  // The test's own loaders are not wanted there, and standard input ends with the test.
  const environment = { PATH: process.env.PATH };
  const end = 'process.stdin.on("end", () => process.exit(99)).resume().unref();';
  const text = `const native = require(${JSON.stringify(addon)}); ${end}\n${source}`;
  return spawn(command[0]!, [...command.slice(1), text], {
    env: environment,
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** Runs it to its end. */
export async function runScript(
  source: string,
  prefix?: readonly string[],
  flags?: readonly string[],
): Promise<ScriptResult> {
  const child = startScript(source, prefix, flags);
  let output = "";
  child.stdout!.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr!.on("data", (chunk) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, output }));
  });
}
