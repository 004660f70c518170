/** Files that say under which process id a daemon runs. */

import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
/** For everybody to read, whatever the umask takes away. */
const MODE = 0o644;
/** More than any number is long. */
const MOST_CHARACTERS = 32;

/**
 * Which process the file names, if that runs under this name; null: nobody does. A file that cannot be read, of a
 * dead process or of one with another name says nothing.
 */
export function runningProcess(path: string, name: string): number | null {
  const pid = pidIn(path);
  if (pid === null || pid === process.pid) return null;
  const its = read(`/proc/${pid}/comm`);
  return its?.trimEnd() === name ? pid : null;
}

/** Makes the file anew: a link is replaced, and never followed. Throws an Error with `code`. */
export function writePidFile(path: string): void {
  const beside = `${path}.${randomBytes(6).toString("hex")}`;
  const fd = openSync(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, MODE);
  try {
    fchmodSync(fd, MODE);
    writeSync(fd, `${process.pid}\n`);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Removes the file if it is still ours. Never throws: nobody could do anything about it. */
export function removePidFile(path: string): void {
  if (pidIn(path) !== process.pid) return;
  try {
    rmSync(path);
  } catch {
    // It is out of date now, and `runningProcess` sees that.
  }
}

function pidIn(path: string): number | null {
  const text = read(path)?.slice(0, MOST_CHARACTERS).trim() ?? "";
  return /^[1-9]\d*$/.test(text) ? Number(text) : null;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
