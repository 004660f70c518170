/** Runs a program of the tests' from a temporary folder, into which it and what it imports are translated. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, transpile } from "./transpile.mjs";

/**
 * The program sees the project's root as its working folder, and this process's arguments.
 *
 * @param {string} program a file of TypeScript, relative to the root
 * @param {readonly string[]} folders that hold it and what it imports
 */
export function runTypeScript(program, folders) {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-"));
  try {
    transpile(folder, folders);
    const script = join(folder, program.replace(/\.ts$/, ".js"));
    const parameters = [script, ...process.argv.slice(2)];
    const { status } = spawnSync(process.execPath, parameters, { cwd: ROOT, stdio: "inherit" });
    process.exitCode = status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
