/** `npm run sim`: translates the core and the simulator into a temporary folder and runs test/sim/main.ts there. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transpile } from "./transpile.mjs";

const folder = mkdtempSync(join(tmpdir(), "vrrpd-sim-"));
try {
  transpile(folder, ["src/base", "src/core", "src/daemon", "test/sim"]);
  const program = join(folder, "test/sim/main.js");
  const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
