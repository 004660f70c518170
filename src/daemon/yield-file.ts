/**
 * The file of yields that outlive the daemon (`vrrpd yield --persist`): one JSON document. Times are those of the wall
 * clock, since a restart may be one of the machine.
 */
import { lstatSync } from "node:fs";
import { mkdir, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { readTextFile } from "../host/configuration/text-file.js";
import { writeWholeFile } from "../host/whole-file.js";

const FOLDER = "/var/lib/vrrpd";
const MOST_BYTES = 256 * 1024;
const MOST_YIELDS = 2048;
/** How long a yield may be made for: a year. */
export const MOST_YIELD_SECONDS = 366 * 86_400;
/** Its two ends are rounded to milliseconds, each by itself, once a restart. */
const ROUNDING_SECONDS = 60;
const OTHERS_WRITE = 0o022;
const ROOT = 0;
const MILLIS_PER_SECOND = 1000;

export interface PersistentYield {
  /** null: the whole node. */
  readonly instance: string | null;
  /** Of the whole node: instances that take part. */
  readonly except: readonly string[];
  readonly force: boolean;
  /** Milliseconds of Unix time. */
  readonly since: number;
  /** null: it does not end by itself. */
  readonly until: number | null;
}

/** One for each control socket, and so for each daemon of a host. */
export function yieldFileOf(socketPath: string): string {
  return join(FOLDER, `${basename(socketPath, ".sock")}.yield.json`);
}

type Read = { readonly yields: readonly PersistentYield[] } | { readonly problem: string };

/** What the file says. `problem`: a sentence, and then it counts for nothing. Never throws. */
export function readYieldFile(path: string): Read {
  try {
    return read(path);
  } catch (error) {
    return refused(path, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function read(path: string): Read {
  const own = lstatSync(path, { throwIfNoEntry: false });
  if (own === undefined) return { yields: [] };
  if (own.isSymbolicLink()) return refused(path, "is a symbolic link");
  if ((own.uid !== ROOT && own.uid !== process.geteuid!()) || (own.mode & OTHERS_WRITE) !== 0)
    return refused(path, "can be written by other users");
  const found = readTextFile(path, MOST_BYTES);
  if ("fault" in found) return refused(path, found.reason);
  const yields = parsed(found.text);
  return yields === null ? refused(path, "is not what vrrpd writes") : { yields };
}

/** An empty list removes it. Throws the system's Error. */
export async function writeYieldFile(path: string, yields: readonly PersistentYield[]): Promise<void> {
  if (yields.length === 0) {
    await unlink(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    return;
  }
  const text = JSON.stringify({ version: 1, yields: yields.map(written) }, null, 2);
  if (text.length >= MOST_BYTES) throw new Error(`it would be larger than ${MOST_BYTES} bytes`);
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await writeWholeFile(path, whole(`${text}\n`));
}

async function* whole(text: string): AsyncGenerator<string> {
  yield text;
}

function written({ since, until, ...rest }: PersistentYield) {
  return {
    ...rest,
    since: new Date(since).toISOString(),
    until: until === null ? null : new Date(until).toISOString(),
  };
}

function refused(path: string, why: string): { readonly problem: string } {
  return { problem: `${path} ${why}: yields of an earlier run are not honoured (see vrrpd help yield)` };
}

function parsed(text: string): readonly PersistentYield[] | null {
  try {
    const document: unknown = JSON.parse(text);
    if (!isRecord(document) || document.version !== 1 || !Array.isArray(document.yields)) return null;
    const yields = document.yields.map(yieldOf);
    return yields.length > MOST_YIELDS || yields.includes(null) ? null : yields.filter((one) => one !== null);
  } catch {
    return null;
  }
}

function yieldOf(value: unknown): PersistentYield | null {
  if (!isRecord(value)) return null;
  const { instance, except, force } = value;
  const [since, until] = [timeOf(value.since), value.until === null ? null : timeOf(value.until)];
  if (since === null || (until === null) !== (value.until === null)) return null;
  if (until !== null && until - since > (MOST_YIELD_SECONDS + ROUNDING_SECONDS) * MILLIS_PER_SECOND)
    return null;
  if (instance !== null && typeof instance !== "string") return null;
  if (typeof force !== "boolean" || !Array.isArray(except)) return null;
  return except.every((name) => typeof name === "string") ? { instance, except, force, since, until } : null;
}

function timeOf(value: unknown): number | null {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
