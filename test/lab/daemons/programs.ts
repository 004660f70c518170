/** Where the peers' programs lie: unpacked by the set-up (scripts/setup.mjs), or installed on the machine. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What the set-up makes; nothing of it is installed. */
export const PEERS_FOLDER = fileURLToPath(new URL("../../../node_modules/.cache/peers", import.meta.url));

/** Beside them, with programs that need no library of the folder. */
const PROMETHEUS_FOLDER = fileURLToPath(new URL("../../../node_modules/.cache/prometheus", import.meta.url));

export interface Program {
  readonly path: string;
  /** Leads an unpacked program to those of its libraries that the machine does not have. */
  readonly env: Readonly<Record<string, string>>;
}

/** @param path below "/", as the package has it: `usr/sbin/keepalived` */
export function findProgram(path: string): Program {
  const unpacked = join(PEERS_FOLDER, path);
  if (existsSync(unpacked)) return { path: unpacked, env: { LD_LIBRARY_PATH: libraryFolders().join(":") } };
  const alone = join(PROMETHEUS_FOLDER, path);
  if (existsSync(alone)) return { path: alone, env: {} };
  const installed = join("/", path);
  if (existsSync(installed)) return { path: installed, env: {} };
  throw new Error(`${path} is neither installed nor unpacked: npm run setup unpacks it`);
}

/** `usr/lib/x86_64-linux-gnu` and `lib/x86_64-linux-gnu`, by whatever name this architecture has, and what FRR and systemd have of their own below. */
function libraryFolders(): string[] {
  return ["usr/lib", "lib"]
    .map((name) => join(PEERS_FOLDER, name))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((folder) => /-linux-gnu[^/]*$/.test(folder))
    .flatMap((folder) => [folder, ...["frr", "systemd"].map((name) => join(folder, name))]);
}
