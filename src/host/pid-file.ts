/** Files that say under which process id a daemon runs. */

import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;
/** For everybody to read, whatever the umask takes away. */
const MODE = 0o644;
/** States of a process that has ended, which nobody may ever have asked how: so it is in containers without an init. */
const ENDED = ["Z", "X", "x"];
/** More than any number is long. */
const MOST_BYTES = 32;

/**
 * Which process the file names, if that runs under this name; null: nobody does. A file that cannot be read, of a
 * dead process or of one with another name says nothing.
 */
export function runningProcess(path: string, name: string): number | null {
  const pid = pidIn(path);
  if (pid === null || pid === process.pid) return null;
  return nameOf(pid) === name ? pid : null;
}

/**
 * Makes the file anew: a link is replaced, and never followed. What is no file stays: the host would miss its /dev/null.
 * Throws an Error.
 */
export function writePidFile(path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile() && !there.isSymbolicLink())
    throw new Error("what is there is no file, and stays as it is");
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
  const text = beginningOf(path)?.trim() ?? "";
  return /^[1-9]\d*$/.test(text) ? Number(text) : null;
}

/** null: there is no such process, or it has ended. */
function nameOf(pid: number): string | null {
  try {
    const [, name, state] = /^\d+ \((.*)\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return name === undefined || ENDED.includes(state!) ? null : name;
  } catch {
    return null;
  }
}

/** Of a file alone, and no more than a number needs: a pipe would hold up the daemon, a device or a huge file fill its memory. */
function beginningOf(path: string): string | null {
  let fd: number | null = null;
  try {
    fd = openSync(path, O_RDONLY | O_NONBLOCK);
    if (!fstatSync(fd).isFile()) return null;
    const bytes = Buffer.alloc(MOST_BYTES);
    return bytes.toString("latin1", 0, readSync(fd, bytes, 0, MOST_BYTES, 0));
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
