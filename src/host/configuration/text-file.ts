/** Reads a file of text that somebody may have put there: never waits for it, never takes more than it should. */
import { Buffer, isUtf8 } from "node:buffer";
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";

/** `unusable`: too large, no UTF-8, or it changes all the time. `reason` ends the sentence "FILE …". */
export type TextFile =
  | { readonly text: string }
  | { readonly fault: "missing" | "unreadable" | "notAFile" | "unusable"; readonly reason: string };
type Refused = Extract<TextFile, { reason: string }>;

const EXECUTE_BITS = 0o111n;
/** A FIFO does not wait for a writer, a terminal does not become ours. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const LINE_FEED = 0x0a;
const ATTEMPTS = 10;
const PAUSE_MILLIS = 30;
/** The kernel's times of a file are no finer: what was written within one may have been followed by more. */
const TICK_MILLIS = 20;

/** @param maxBytes a larger file is refused unread. Waits 300 ms at most, for a file that is being written. */
export function readTextFile(path: string, maxBytes: number): TextFile {
  for (let attempt = 1; ; attempt++) {
    const found = attemptToRead(path, maxBytes);
    if (found === "changing" && attempt < ATTEMPTS) pause(PAUSE_MILLIS);
    else if (found === "changing") return unusable(`changed while it was read, ${ATTEMPTS} times in a row`);
    else return found;
  }
}

function attemptToRead(path: string, maxBytes: number): TextFile | "changing" {
  try {
    // Before it is opened: that alone does something to many a device.
    const refused = refusalOf(statSync(path, { bigint: true }), maxBytes);
    return refused ?? readOpened(openSync(path, OPEN_FLAGS), maxBytes);
  } catch (error) {
    return refusalBy(error as NodeJS.ErrnoException);
  }
}

/** Closes it. */
function readOpened(descriptor: number, maxBytes: number): TextFile | "changing" {
  try {
    const before = fstatSync(descriptor, { bigint: true });
    const refused = refusalOf(before, maxBytes);
    if (refused !== null) return refused;
    const bytes = readUpTo(descriptor, maxBytes + 1);
    if (!isSettled(before, fstatSync(descriptor, { bigint: true }))) return "changing";
    if (bytes.length > maxBytes) return tooLarge(maxBytes);
    if (!isUtf8(bytes)) return unusable(`is not UTF-8: ${placeOfWrongByte(bytes)}`);
    return { text: bytes.toString() };
  } finally {
    closeSync(descriptor);
  }
}

function refusalOf(stats: BigIntStats, maxBytes: number): Refused | null {
  if (!stats.isFile()) return { fault: "notAFile", reason: `is ${kindOf(stats)}, not a plain file` };
  if ((stats.mode & EXECUTE_BITS) !== 0n)
    return { fault: "notAFile", reason: "has an execute bit, which a configuration never has" };
  return stats.size > maxBytes ? tooLarge(maxBytes) : null;
}

function kindOf(stats: BigIntStats): string {
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a FIFO";
  return stats.isSocket() ? "a socket" : "a device";
}

function readUpTo(descriptor: number, count: number): Buffer {
  const pieces: Buffer[] = [];
  for (let total = 0; total < count; ) {
    const piece = Buffer.allocUnsafe(Math.min(count - total, 65_536));
    const read = readSync(descriptor, piece);
    if (read === 0) break;
    pieces.push(piece.subarray(0, read));
    total += read;
  }
  return Buffer.concat(pieces);
}

function isSettled(before: BigIntStats, after: BigIntStats): boolean {
  const age = BigInt(Date.now()) - after.mtimeMs;
  if (age >= 0 && age < TICK_MILLIS) return false;
  return (["size", "mtimeNs", "ctimeNs"] as const).every((key) => before[key] === after[key]);
}

/** Where the text begins to differ once what is no character has been replaced. */
function placeOfWrongByte(bytes: Buffer): string {
  const replaced = Buffer.from(bytes.toString());
  const at = bytes.findIndex((byte, index) => byte !== replaced[index]);
  const before = bytes.subarray(0, at);
  const line = before.reduce((count, byte) => count + (byte === LINE_FEED ? 1 : 0), 1);
  const hex = bytes[at]!.toString(16).padStart(2, "0");
  return `line ${line}, byte ${at - before.lastIndexOf(LINE_FEED)} is 0x${hex}`;
}

function refusalBy({ code }: NodeJS.ErrnoException): Refused {
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return { fault: "missing", reason: "does not exist" };
    case "EACCES":
    case "EPERM":
      return { fault: "unreadable", reason: "may not be read by this user" };
    default:
      return { fault: "unreadable", reason: `cannot be read (${code})` };
  }
}

function tooLarge(maxBytes: number): Refused {
  return unusable(`is larger than ${maxBytes} bytes`);
}

function unusable(reason: string): Refused {
  return { fault: "unusable", reason };
}

function pause(millis: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, millis);
}
