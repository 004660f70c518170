/**
 * A FIFO that lines are written into, as Keepalived does it: it is opened for reading and writing, so that nobody has to
 * read it, and a reader that comes late finds what there is room for (pipe(7): 64 KiB). What finds no room is lost.
 */
import { constants, writeSync } from "node:fs";
import { type FileHandle, lstat, open, unlink } from "node:fs/promises";
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
  /** Before this it is not made: another one of the same path is still being taken away. */
  readonly after?: Promise<unknown>;
  readonly onProblem: (sentence: string) => void;
  /** A line has found no room. */
  readonly onLost: () => void;
}

export class Fifo {
  #file: FileHandle | null = null;
  /** What was made here, and may be taken away; null: it was there before, or is not there. */
  #made: { readonly dev: bigint; readonly ino: bigint } | null = null;
  #isClosed = false;
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
    this.#isClosed = true;
    await this.#opened;
    if (this.#made !== null) await this.#remove(this.#made).catch(() => {});
    await this.#file?.close();
    this.#file = null;
  }

  /** Another one may have taken its name. */
  async #remove({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): Promise<void> {
    const there = await lstat(this.options.path, { bigint: true });
    if (there.dev === dev && there.ino === ino) await unlink(this.options.path);
  }

  async #open(): Promise<void> {
    const { path, onProblem } = this.options;
    await this.options.after;
    try {
      if (this.#isClosed) return;
      const isNew = await this.#make();
      const file = await open(path, FLAGS);
      const there = await file.stat({ bigint: true });
      if (!there.isFIFO()) {
        await file.close();
        throw new Error("it is there, and is no FIFO");
      }
      if (isNew) {
        this.#made = there;
        await this.#give(file);
      }
      this.#file = file;
      for (const line of this.#waiting ?? []) this.#write(file.fd, line);
    } catch (error) {
      onProblem(`nothing is written into the FIFO ${path}: ${(error as Error).message}`);
    }
    this.#waiting = null;
  }

  /** False: it is there already. */
  async #make(): Promise<boolean> {
    const errno = await makeFifo(this.options.path, MODE);
    if (errno !== 0 && errnoName(errno) !== "EEXIST")
      throw new Error(`it cannot be made (${errnoName(errno)})`);
    return errno === 0;
  }

  /** Not by its name, which may have become a link to what is not to be given away. */
  async #give(file: FileHandle): Promise<void> {
    const { path, owner, onProblem } = this.options;
    if (owner === null) return;
    try {
      await file.chown(owner.uid, owner.gid);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      onProblem(`the FIFO ${path} cannot be given to user ${owner.uid} (${code}): it stays this daemon's`);
    }
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
