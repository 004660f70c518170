/** What the harness needs of the machine: some programs, and the right to make namespaces. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { HarnessError } from "./errors.js";
import { baseEnvironment } from "./execute.js";
import { DIE_WITH_PARENT } from "./namespace.js";

/** Program and the Debian package that brings it. */
const PROGRAMS: readonly (readonly [program: string, debianPackage: string])[] = [
  ["ip", "iproute2"],
  ["nft", "nftables"],
  ["perl", "perl-base"],
  ["sysctl", "procps"],
  ["unshare", "util-linux"],
  ["nsenter", "util-linux"],
  ["setpriv", "util-linux"],
];

/**
 * Throws `EMISSING`, naming all that is missing and how Debian installs it.
 * @param path directories to look in, with colons between
 */
export function requirePrograms(path: string = baseEnvironment().PATH!): void {
  const directories = path.split(":");
  const missing = PROGRAMS.filter(([program]) => !isInstalled(program, directories));
  if (missing.length === 0) return;
  const programs = missing.map(([program]) => program).join(", ");
  const packages = [...new Set(missing.map(([, debianPackage]) => debianPackage))].join(" ");
  throw new HarnessError(
    "EMISSING",
    `programs are missing: ${programs}; on Debian: apt-get install ${packages}`,
  );
}

/**
 * The command to put before another so that it may make namespaces: nothing where this process may, a user namespace
 * where the machine permits one. Throws `EPERMISSION` where neither is possible, with the reason.
 */
export function privilegePrefix(): string[] {
  if (attempt(["unshare", "--net", "--mount", "true"]) === null) return [];
  const user = ["unshare", "--user", "--map-root-user", "--net", "--mount"];
  const refusal = attempt([...user, "true"]);
  if (refusal === null) return [...DIE_WITH_PARENT, ...user, ...DIE_WITH_PARENT];
  const needed = "network namespaces need root, or a machine that permits user namespaces";
  throw new HarnessError("EPERMISSION", `${needed} (kernel.unprivileged_userns_clone, apparmor): ${refusal}`);
}

/**
 * Call this first in a program that builds a LAN. Where this process may not, the program is run again from its
 * start inside a user namespace, and this process ends with its exit code; where the machine forbids that too, one
 * line on stderr says what is missing, and the process exits 1.
 */
export function ensurePrivileges(): void {
  try {
    requirePrograms();
    const prefix = privilegePrefix();
    if (prefix.length === 0) return;
    const [program, ...parameters] = [
      ...prefix,
      process.execPath,
      ...process.execArgv,
      ...process.argv.slice(1),
    ];
    const result = spawnSync(program!, parameters, { stdio: "inherit" });
    process.exit(result.status ?? 1);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
}

/** Null: it succeeded; else the last line of what it said. */
function attempt(command: readonly string[]): string | null {
  const [program, ...parameters] = command as [string, ...string[]];
  const result = spawnSync(program, parameters, { env: baseEnvironment(), encoding: "utf8" });
  if (result.status === 0) return null;
  return (result.error?.message ?? result.stderr).trim().split("\n").at(-1) ?? "";
}

function isInstalled(program: string, directories: readonly string[]): boolean {
  return directories.some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
