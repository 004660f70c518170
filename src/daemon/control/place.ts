/** The place of the control socket in the file system: made free, and shared with a group where that is asked for. */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  type Stats,
  unlinkSync,
} from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import { SOCKET_VARIABLE } from "../../base/socket-variable.js";

/** Linux's own: the file itself, whatever it is, to look at. */
const O_PATH = 0o10000000;

/** @param shared others than its owner are to reach what is in it */
export function makeFolder(path: string, shared: boolean): void {
  const umask = process.umask();
  try {
    if (shared) process.umask(0o022);
    mkdirSync(dirname(path), { recursive: true });
  } finally {
    process.umask(umask);
  }
}

/**
 * Gives the socket at `path` to its owner alone, or to the members of a group as well. It never follows a link, and is
 * open to nobody else at any moment. Throws the system's Error: EPERM where this process may not give it away.
 * @param group its number; null: none
 */
export function shareSocket(path: string, group: number | null): void {
  const fd = openSync(path, O_PATH | constants.O_NOFOLLOW);
  try {
    const own = fstatSync(fd);
    if (!own.isSocket() || own.uid !== process.geteuid!())
      throw new Error("something else has taken its place");
    // Of the file that was looked at, whatever the path leads to by now.
    const socket = `/proc/self/fd/${fd}`;
    chmodSync(socket, 0o600);
    if (group === null) return;
    chownSync(socket, own.uid, group);
    chmodSync(socket, 0o660);
  } finally {
    closeSync(fd);
  }
}

/** Throws an Error unless `path` is free now. */
export async function makeWay(path: string): Promise<void> {
  const found = look(path);
  if (found === null) return;
  if (!found.isSocket()) {
    throw new Error(
      `there is ${kindOf(found)}, which vrrpd does not remove; name another path in ${SOCKET_VARIABLE}, or take it away`,
    );
  }
  const refusal = await knock(path);
  if (refusal === null) throw new Error("another daemon listens there");
  // Anything else, such as a full queue, comes from somebody who is there.
  if (refusal !== "ECONNREFUSED") throw new Error(`another program has a socket there (${refusal})`);
  if (isSame(found, look(path))) unlinkSync(path);
}

/** null: nothing is there. */
export function look(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

export function isSame(one: Stats, other: Stats | null): boolean {
  return other !== null && other.ino === one.ino && other.dev === one.dev && other.isSocket();
}

function kindOf(found: Stats): string {
  if (found.isFile()) return "a regular file";
  if (found.isDirectory()) return "a folder";
  if (found.isSymbolicLink()) return "a symbolic link";
  if (found.isFIFO()) return "a named pipe";
  return "a device";
}

/** Why nobody answers, as a code; null: somebody does. */
export function knock(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(null);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
