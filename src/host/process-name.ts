/**
 * The name of this process in the process table: what `ps`, `pgrep` and `killall` go by. The kernel keeps 15 bytes. Not
 * `process.title`: that writes over the command line as well, and `ps -f` would no longer say how vrrpd was started.
 */
import { writeFileSync } from "node:fs";
import { basename } from "node:path";

/**
 * vrrpd, or the name of the link under which it was called: the image calls it as `keepalived`, which the probe of the
 * Deployment looks for. @param script argv[1]
 */
export function processName(script: string): string {
  const name = basename(script);
  return name === "" || name.endsWith(".js") ? "vrrpd" : name;
}

/** @throws {Error} where /proc cannot be written */
export function nameProcess(name: string): void {
  writeFileSync("/proc/self/comm", name);
}
