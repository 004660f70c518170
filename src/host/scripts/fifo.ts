/**
 * A FIFO that lines are written into, as Keepalived does it: it is opened for reading and writing, so that nobody has to
 * read it, and a reader that comes late finds what there is room for (pipe(7): 64 KiB). What finds no room is lost.
 */
import { constants, writeSync } from "node:fs";
import { chown, type FileHandle, open, unlink } from "node:fs/promises";
import { errnoName, makeFifo } from "../native.js";
import type { Identity } from "./identity.js";

/** Keepalived makes it for everybody to read, and its umask for its owner alone. */
const MODE = 0o600;
const FLAGS = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW;
/** Before it is open; a start tells far less. */
const MOST_WAITING = 256;

export interface FifoOptions {
  /** Absolute. */
  readonly path: string;
  /** Whose it is, where it is made; null: that of the daemon. */
  readonly owner: Pick<Identity, "uid" | "gid"> | null;
  readonly onProblem: (sentence: string) => void;
  /** A line has found no room. */
  readonly onLost: () => void;
}

export class Fifo {
  #file: FileHandle | null = null;
  #made = false;
  #waiting: string[] | null = [];
  readonly #opened: Promise<void>;

  constructor(private readonly options: FifoOptions) {
    this.#opened = this.#open();
  }

  /** It is there, or never will be. */
  get made(): Promise<void> {
    return this.#opened;
  }

  /** Never waits. */
  write(line: string): void {
    if (this.#file !== null) return this.#write(this.#file.fd, line);
    if (this.#waiting === null) return;
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(line);
    else this.options.onLost();
  }

  /** Takes it away, if it was made here: first its name, so that no reader opens it again. */
  async close(): Promise<void> {
    await this.#opened;
    if (this.#made) await unlink(this.options.path).catch(() => {});
    await this.#file?.close();
    this.#file = null;
  }

  async #open(): Promise<void> {
    const { path, onProblem } = this.options;
    try {
      await this.#make();
      const file = await open(path, FLAGS);
      if (!(await file.stat()).isFIFO()) {
        await file.close();
        throw new Error("it is there, and is no FIFO");
      }
      this.#file = file;
      for (const line of this.#waiting ?? []) this.#write(file.fd, line);
    } catch (error) {
      onProblem(`nothing is written into the FIFO ${path}: ${(error as Error).message}`);
    }
    this.#waiting = null;
  }

  async #make(): Promise<void> {
    const { path, owner } = this.options;
    const errno = await makeFifo(path, MODE);
    this.#made = errno === 0;
    if (errno !== 0 && errnoName(errno) !== "EEXIST")
      throw new Error(`it cannot be made (${errnoName(errno)})`);
    if (this.#made && owner !== null) await chown(path, owner.uid, owner.gid);
  }

  /** One call takes a line as a whole, or nothing of it (PIPE_BUF). */
  #write(fd: number, line: string): void {
    try {
      writeSync(fd, line);
    } catch {
      this.options.onLost();
    }
  }
}
