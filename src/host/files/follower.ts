/**
 * Follows what stands at a path: written, replaced, removed, or reached through a link or a folder that is exchanged. The
 * kernel tells (inotify), of each name on the way; where it does not, the file is looked at every now and then. Whatever
 * may hang does so on a thread of its own.
 */
import { constants } from "node:os";
import { errnoName, Inotify } from "../native.js";
import { type FolderEvent, folderEvents, Mask } from "./inotify-events.js";
import { beginningsOf, type Content } from "./off-loop.js";
import { type Place, placesOf } from "./places.js";

export interface FollowerOptions {
  /** Absolute. */
  readonly path: string;
  readonly mostBytes: number;
  /** From one look to the next where the kernel does not tell. */
  readonly intervalMillis: number;
  /** What stands there now, whether or not it has changed. */
  readonly onContent: (content: Content) => void;
  /** The kernel does not tell: why, the end of a sentence. Once. */
  readonly onUnwatched: (why: string) => void;
  /** The file system has not answered for long. Once for each look. */
  readonly onHang: () => void;
}

/** Names that come and go. A folder that many use is not followed for what is written in it. */
const ON_THE_WAY = Mask.movedFrom | Mask.movedTo | Mask.create | Mask.delete | Mask.onlyFolders | Mask.added;
const AT_THE_END = ON_THE_WAY | Mask.closeWrite;
/** A way that changes while it is looked at is looked at again, so often. */
const MOST_ROUNDS = 8;
const READ_BYTES = 8 * 1024;
/** Where much is told, of whatever stands beside the way, it is read this often. */
const PAUSE_MILLIS = 20;
const HANGS_AFTER_MILLIS = 10_000;
/** A user may have 128 (fs.inotify.max_user_instances), for all programs together. */
const MOST_INSTANCES = 32;
let instances = 0;

export class Follower {
  #inotify: Inotify | null = null;
  #places: readonly Place[] = [];
  /** By folder. */
  readonly #watches = new Map<string, { readonly watch: number; readonly mask: number }>();
  #looking = false;
  #again = false;
  #closed = false;
  #ticks: NodeJS.Timeout | null = null;
  #pause: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;
  readonly #buffer = Buffer.alloc(READ_BYTES);

  constructor(private readonly options: FollowerOptions) {
    try {
      this.#inotify = instances < MOST_INSTANCES ? new Inotify(() => this.#onReadable()) : null;
      if (this.#inotify === null) this.#lookEveryInterval(`${MOST_INSTANCES} files are followed already`);
      else instances += 1;
    } catch (error) {
      this.#lookEveryInterval((error as NodeJS.ErrnoException).code ?? "unknown");
    }
    void this.#look();
  }

  close(): void {
    this.#closed = true;
    if (this.#inotify !== null) instances -= 1;
    this.#inotify?.close();
    this.#inotify = null;
    if (this.#ticks !== null) clearInterval(this.#ticks);
    for (const timer of [this.#pause, this.#retry]) if (timer !== null) clearTimeout(timer);
  }

  /** What the last look said is worth nothing: a little later there is another one. */
  again(): void {
    if (this.#retry !== null || this.#closed) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.#look();
    }, this.options.intervalMillis);
  }

  /** One at a time; what is told meanwhile leads to another one. */
  async #look(): Promise<void> {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    do {
      this.#again = false;
      const patience = setTimeout(() => this.options.onHang(), HANGS_AFTER_MILLIS);
      await this.#follow();
      const [content] = this.#closed ? [] : await beginningsOf([this.options.path], this.options.mostBytes);
      clearTimeout(patience);
      if (content !== undefined && !this.#closed) this.options.onContent(content);
    } while (this.#again && !this.#closed);
    this.#looking = false;
  }

  /** Until the way is the one that is watched: what changed before its folder was is seen then. */
  async #follow(): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS && this.#inotify !== null; round += 1) {
      this.#places = await placesOf(this.options.path);
      if (!(await this.#watch())) break;
    }
    this.#forgetOthers();
  }

  /** Whether a folder is watched that was not. */
  async #watch(): Promise<boolean> {
    let isAnother = false;
    for (const [folder, mask] of this.#masks()) {
      const inotify = this.#inotify;
      if (inotify === null) return false;
      if (this.#watches.get(folder)?.mask === mask) continue;
      const watch = await new Promise<number>((resolve) => inotify.add(folder, mask, resolve));
      if (this.#closed) return false;
      if (watch >= 0) {
        this.#watches.set(folder, { watch, mask });
        isAnother = true;
      } else if (!MAY_BE_GONE.has(-watch)) this.#lookEveryInterval(errnoName(watch));
    }
    return isAnother;
  }

  #masks(): Map<string, number> {
    const masks = new Map(this.#places.map(({ folder }) => [folder, ON_THE_WAY]));
    const last = this.#places.at(-1);
    if (last !== undefined) masks.set(last.folder, AT_THE_END);
    return masks;
  }

  #forgetOthers(): void {
    const masks = this.#masks();
    for (const [folder, { watch }] of this.#watches) {
      if (masks.has(folder)) continue;
      this.#inotify?.remove(watch);
      this.#watches.delete(folder);
    }
  }

  #onReadable(): void {
    const inotify = this.#inotify;
    if (inotify === null) return;
    const length = inotify.receive(this.#buffer);
    if (length <= 0) return;
    const events = folderEvents(this.#buffer.subarray(0, length));
    if (events.some((event) => this.#concerns(event))) void this.#look();
    inotify.pause(true);
    this.#pause = setTimeout(() => inotify === this.#inotify && inotify.pause(false), PAUSE_MILLIS);
  }

  #concerns({ watch, mask, name }: FolderEvent): boolean {
    if (mask & Mask.overflow) return true;
    // Two folders of the way may be one, mounted twice.
    const folders = [...this.#watches].flatMap(([folder, one]) => (one.watch === watch ? [folder] : []));
    if (mask & Mask.ignored) for (const folder of folders) this.#watches.delete(folder);
    if (mask & Mask.ignored) return folders.length > 0;
    return this.#places.some((place) => place.name === name && folders.includes(place.folder));
  }

  #lookEveryInterval(code: string): void {
    if (this.#ticks !== null || this.#closed) return;
    this.options.onUnwatched(code);
    this.#ticks = setInterval(() => void this.#look(), this.options.intervalMillis);
    this.#ticks.unref();
  }
}

/** The way has changed meanwhile, or leads where nobody may look. */
const MAY_BE_GONE: ReadonlySet<number> = new Set([
  constants.errno.ENOENT,
  constants.errno.ENOTDIR,
  constants.errno.EACCES,
  constants.errno.ELOOP,
]);
