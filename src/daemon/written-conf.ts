/** What runs, as a keepalived.conf that others can read: kept up to date beside the loop, and gone when the daemon is. */
import { constants } from "node:fs";
import { lstat, mkdir, open, readFile, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { keepalivedConfOf, type Plan, WRITTEN_BY_VRRPD } from "../config/index.js";
import { writeWholeFile } from "../host/whole-file.js";
import { inSlices } from "./slices.js";

/** A file system that does not answer holds up no end. */
const END_MILLIS = 200;

export interface WrittenConfOptions {
  /** Absolute. */
  readonly path: string;
  /** A sentence. */
  readonly onProblem: (sentence: string) => void;
}

export class WrittenConf {
  /** The next one to write; null: what was asked for is written, or is being written. */
  #asked: Plan | null = null;
  #writing: Promise<void> | null = null;
  /** What stands in the file; null: nothing of ours. */
  #text: string | null = null;

  constructor(private readonly options: WrittenConfOptions) {}

  /** Never throws, and never waits: of several plans that come meanwhile the last one is written. */
  write(plan: Plan): void {
    this.#asked = plan;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
  }

  /** The end of the daemon: a file that stayed would say that something runs. */
  async remove(): Promise<void> {
    this.#asked = null;
    await Promise.race([this.#removeOurs(), delay(END_MILLIS, null, { ref: false })]);
  }

  async #writeAll(): Promise<void> {
    // Not within the turn of the loop in which it was planned.
    await delay(0);
    for (let plan = this.#asked; plan !== null; plan = this.#asked) {
      this.#asked = null;
      await this.#write(await textOf(plan));
    }
  }

  async #write(text: string): Promise<void> {
    if (text === this.#text) return;
    const { path, onProblem } = this.options;
    try {
      await mkdir(dirname(path), { recursive: true });
      const obstacle = await obstacleAt(path);
      if (obstacle !== null)
        return onProblem(`${path} ${obstacle}, so what runs is not written there; vrrpd goes on without`);
      await writeWholeFile(path, whole(text));
      this.#text = text;
    } catch (error) {
      // Not its message, which has a name that is another one each time.
      const { code, message } = error as NodeJS.ErrnoException;
      onProblem(`${path} cannot be written (${code ?? message}), with what runs; vrrpd goes on without`);
    }
  }

  async #removeOurs(): Promise<void> {
    await this.#writing;
    const { path } = this.options;
    try {
      if (this.#text === null || (await obstacleAt(path)) !== null) return;
      // Another daemon's may have taken its place.
      if ((await readFile(path, "utf8")) === this.#text) await unlink(path);
    } catch {
      // It is gone already, or stays where nothing can be removed.
    }
  }
}

/** That of a daemon that was killed. Returns sentences: what was done. */
export async function removeWrittenConf(path: string): Promise<string[]> {
  try {
    await lstat(path);
    if ((await obstacleAt(path)) !== null) return [];
    await unlink(path);
    return [`${path} was removed`];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? [] : [`${path} was not removed: ${message}`];
  }
}

async function textOf(plan: Plan): Promise<string> {
  const slices: string[] = [];
  for await (const slice of inSlices(keepalivedConfOf(plan))) slices.push(slice);
  return slices.join("");
}

async function* whole(text: string): AsyncGenerator<string> {
  yield text;
}

/** Why nothing is written over what is there: the end of a sentence; null: it is free, or ours. */
async function obstacleAt(path: string): Promise<string | null> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink()) return "is a symbolic link";
    // To open anything else may do something to it.
    if (!found.isFile()) return "is no regular file";
    return (await beginsAsOurs(path)) ? null : "is a file that vrrpd has not written";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function beginsAsOurs(path: string): Promise<boolean> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const mark = Buffer.from(`${WRITTEN_BY_VRRPD}\n`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(mark.length), 0, mark.length, 0);
    return buffer.subarray(0, bytesRead).equals(mark);
  } finally {
    await file.close();
  }
}
