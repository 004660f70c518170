/** Keepalived's dumps, written beside the loop: rendered in slices, one file at a time. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { writeWholeFile } from "../../host/whole-file.js";
import { inSlices } from "../slices.js";
import { data } from "./data.js";
import { json } from "./json.js";
import type { DumpSource, Parts } from "./source.js";
import { stats } from "./stats.js";

export type DumpKind = "data" | "stats" | "json";

export interface DumpsOptions {
  /** The picture of the moment in which it is asked for. */
  readonly source: () => DumpSource;
  /** Where they are written. */
  readonly folder: string;
  /** A sentence. */
  readonly onProblem: (sentence: string) => void;
}

const RENDERERS: Readonly<Record<DumpKind, (source: DumpSource) => Parts>> = { data, stats, json };
/** A file system that does not answer holds up no end. */
const END_MILLIS = 200;
const USUAL_FOLDER = "/tmp";

export class Dumps {
  readonly #asked = new Set<DumpKind>();
  #writing: Promise<void> | null = null;
  #isClosed = false;

  constructor(private readonly options: DumpsOptions) {}

  /** Asked for again while it is written, it is written once more. */
  write(kind: DumpKind): void {
    if (this.#isClosed) return;
    this.#asked.add(kind);
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when all that was asked for is written, or has failed. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** The end of the daemon: what is being written has a moment, and nothing else is begun. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#asked.clear();
    if (this.#writing !== null) await Promise.race([this.#writing, delay(END_MILLIS, null, { ref: false })]);
  }

  async #writeAll(): Promise<void> {
    // What is added meanwhile is visited, too.
    for (const kind of this.#asked) {
      this.#asked.delete(kind);
      await this.#write(kind);
    }
    this.#writing = null;
  }

  async #write(kind: DumpKind): Promise<void> {
    const { source, folder, onProblem } = this.options;
    const path = join(folder, `keepalived.${kind}`);
    try {
      await writeWholeFile(path, inSlices(RENDERERS[kind](source())));
    } catch (error) {
      // Not its message, which has a name that is another one each time.
      const { code, message } = error as NodeJS.ErrnoException;
      onProblem(`${path} could not be written: ${code ?? message}`);
    }
  }
}

/** Where Keepalived writes them. @param asked TMPDIR, which counts if it begins with a slash */
export function dumpFolder(asked: string | undefined): string {
  return asked?.startsWith("/") ? asked : USUAL_FOLDER;
}
