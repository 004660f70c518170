/** Runs a program of the tests' from a temporary folder, into which it and what it imports are translated. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, transpile } from "./transpile.mjs";

const END_WITH_STARTER = new URL("end-with-starter.mjs", import.meta.url).href;
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * The program sees the project's root as its working folder, and this process's arguments. A signal that would end this
 * process is handed on to the program, which is waited for all the same; where this process is killed the program ends as
 * well. `exec` in package.json: npm sends a signal to its shell alone.
 *
 * @param {string} program a file of TypeScript, relative to the root
 * @param {readonly string[]} folders that hold it and what it imports
 */
export async function runTypeScript(program, folders) {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-"));
  try {
    transpile(folder, folders);
    const script = join(folder, program.replace(/\.ts$/, ".js"));
    const parameters = ["--import", END_WITH_STARTER, script, ...process.argv.slice(2)];
    const stdio = ["inherit", "inherit", "inherit", "ipc"];
    const child = spawn(process.execPath, parameters, { cwd: ROOT, stdio });
    for (const signal of ENDING) process.on(signal, () => child.kill(signal));
    process.exitCode = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
