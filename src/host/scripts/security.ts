/**
 * Keepalived's script security: who else than root, and than the user that runs it, can change what is run. Every folder
 * on the way to it counts, behind symbolic links too; so do the interpreter of its first line, and the script that a
 * shell is given to run.
 */
import type { Stats } from "node:fs";
import { lstat, readlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { findInPath } from "./file.js";
import { programOfEnv, readFirstLine } from "./interpreter.js";
import { isOnReadOnlyMount } from "./mounts.js";

const ROOT = 0;
const [STICKY, GROUP_WRITES, OTHERS_WRITE] = [0o1000, 0o020, 0o002];
/** So many symbolic links are followed, as by the kernel. */
const MAX_LINKS = 40;
const READS_SCRIPT = /^((ba|da|a|k|mk|z)?sh|python[\d.]*|perl|ruby|node)$/;

export interface SecurityOptions {
  /** uid of who runs it. */
  readonly runner: number;
  readonly searchPath: string;
}

/** The end of the sentence "SCRIPT …"; null: nobody else can change it. What is not there is nobody's. */
export async function whyUnsafe(
  command: readonly string[],
  { runner, searchPath }: SecurityOptions,
): Promise<string | null> {
  for (const path of await filesOf(command, searchPath)) {
    const why = await whyPathUnsafe(path, new Set([ROOT, runner]));
    if (why !== null) return why;
  }
  return null;
}

/** All that a run reads its orders from, as far as it can be told. */
async function filesOf([program, argument = ""]: readonly string[], searchPath: string): Promise<string[]> {
  const files = [program!];
  if (READS_SCRIPT.test(basename(program!)) && argument.startsWith("/")) files.push(argument);
  for (const file of [...files]) {
    const line = await readFirstLine(file);
    if (line === null) continue;
    files.push(resolve("/", line.interpreter));
    const asked = programOfEnv(line);
    const found = asked === null || asked.includes("/") ? asked : await findInPath(asked, searchPath);
    if (found !== null) files.push(resolve("/", found));
  }
  return files;
}

/** Looks at each entry on the way, from the root on. */
async function whyPathUnsafe(path: string, trusted: ReadonlySet<number>): Promise<string | null> {
  let folder = "/";
  let names = path.split("/");
  let links = 0;
  let why = await whyEntryUnsafe("/", await statusOf("/"), trusted);
  while (why === null && names.length > 0) {
    const name = names.shift()!;
    if (name === "" || name === ".") continue;
    const entry = name === ".." ? dirname(folder) : join(folder, name);
    const found = await statusOf(entry);
    if (found === null) return null;
    why = await whyEntryUnsafe(entry, found, trusted);
    if (!found.isSymbolicLink()) {
      folder = entry;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) return why;
    const target = await readlink(entry);
    if (target.startsWith("/")) folder = "/";
    names = [...target.split("/"), ...names];
  }
  return why;
}

async function whyEntryUnsafe(
  path: string,
  found: Stats | null,
  trusted: ReadonlySet<number>,
): Promise<string | null> {
  if (found === null) return null;
  const { uid, gid, mode } = found;
  // In a sticky folder everybody may make files, and nobody change or replace those of another. A link has no mode.
  const isShared = found.isSymbolicLink() || (found.isDirectory() && (mode & STICKY) !== 0);
  let why: string | null = null;
  if (!trusted.has(uid)) why = `belongs to user ${uid}`;
  else if (!isShared && (mode & OTHERS_WRITE) !== 0) why = "can be written by everybody";
  else if (!isShared && (mode & GROUP_WRITES) !== 0 && gid !== ROOT) why = `can be written by group ${gid}`;
  if (why === null || (await isOnReadOnlyMount(path))) return null;
  return `can be changed by others: ${path} ${why}`;
}

async function statusOf(path: string): Promise<Stats | null> {
  return lstat(path).catch(() => null);
}
