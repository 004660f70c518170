/** Short values below /proc/sys, of things that may go while they are read. */
import { closeSync, openSync, readSync } from "node:fs";

const LONGEST_BYTES = 256;

/**
 * Null where there is none. Not `readFileSync`: that leaves its descriptor open when the interface that the value is
 * about goes between opening and reading (Node 20).
 */
export function readKernelValue(path: string): string | null {
  let fd: number | null = null;
  try {
    fd = openSync(path, "r");
    const bytes = Buffer.alloc(LONGEST_BYTES);
    return bytes.toString("latin1", 0, readSync(fd, bytes, 0, LONGEST_BYTES, 0)).trim();
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
