/** A number in a file, which is told whenever the file changes (Keepalived's `track_file`). */
import { lstat } from "node:fs/promises";
import { printable } from "../../base/text.js";
import { formatSeconds, microsToSeconds, timerMillis } from "../../base/time.js";
import type { CheckPlan, FileCheck } from "../../config/index.js";
import { nameOf } from "../../core/origin.js";
import { Follower } from "../files/follower.js";
import { beginningsOf, type Content } from "../files/off-loop.js";
import { type Finding, ok, warning } from "../finding.js";
import { isShortage } from "../scripts/file.js";
import { writeWholeFile } from "../whole-file.js";
import type { CheckHooks, CheckKind } from "./kind.js";

/** Keepalived reads so much. */
const MOST_BYTES = 127;
const LEAST = -(2 ** 31);
const MOST = 2 ** 31;

export const file: CheckKind<FileCheck> = {
  title: "file",
  listedAs: null,
  start(check, hooks) {
    const reader = new Reader(check, hooks);
    return { update: () => {}, stop: async () => reader.stop() };
  },
  describe: ({ path }) => path,
  fact: ({ path }) => path,
  settings({ path, init, intervalMicros }) {
    return { path, init, intervalSeconds: microsToSeconds(intervalMicros) };
  },
  examine: async (check) => [await examine(check)],
  action({ path }) {
    return `Write another number into ${path}, or remove it; 0 changes nothing.`;
  },
};

/** As strtol(3) reads it: blanks, a sign, decimal, 0x… or 0…; what follows does not count. null: beyond 32 bits. */
export function numberIn(text: string): number | null {
  const match = /^[ \t\n\v\f\r]*([+-]?)(?:0[xX]([0-9a-fA-F]+)|0([0-7]*)|([1-9][0-9]*))/.exec(text);
  if (match === null) return 0;
  const [, sign, hexadecimal, octal, decimal] = match;
  const size =
    hexadecimal !== undefined
      ? Number.parseInt(hexadecimal, 16)
      : octal !== undefined
        ? Number.parseInt(`0${octal}`, 8)
        : Number(decimal);
  const number = sign === "-" ? -size : size;
  return number < LEAST || number > MOST ? null : number + 0;
}

class Reader {
  #follower: Follower | null = null;
  #stopped = false;
  #value = 0;

  constructor(
    private readonly check: CheckPlan<FileCheck>,
    private readonly hooks: CheckHooks,
  ) {
    void this.#begin();
  }

  stop(): void {
    this.#stopped = true;
    this.#follower?.close();
  }

  async #begin(): Promise<void> {
    const { check, hooks } = this;
    if (check.init !== null) await this.#write(check.init);
    if (this.#stopped) return;
    this.#follower = new Follower({
      path: check.path,
      mostBytes: MOST_BYTES,
      intervalMillis: timerMillis(check.intervalMicros),
      onContent: (content) => this.#onContent(content),
      onUnwatched: (code) =>
        hooks.onProblem(
          `the kernel does not tell of ${check.path} (${code}); it is read every ${formatSeconds(check.intervalMicros)}`,
        ),
      onHang: () => hooks.onProblem(`${check.path} cannot be read: its file system does not answer`),
    });
  }

  /**
   * A number that is none counts as 0, one that is too large as the one before. So does the one before where this host is
   * short of something, or somebody holds a lease on the file (EAGAIN).
   */
  #onContent(content: Content): void {
    if ("code" in content && isShortage(content.code)) {
      this.hooks.onProblem(`${this.check.path} could not be read (${content.code}); it is tried again`);
      this.#follower?.again();
      return;
    }
    const text = "text" in content ? content.text : "";
    const number = numberIn(text);
    if (number !== null) this.#value = number;
    this.hooks.onResult("pass", this.#detailOf(content, number), this.#value);
  }

  #detailOf(content: Content, number: number | null): string {
    const { path } = this.check;
    if ("code" in content)
      return content.code === "ENOENT"
        ? `${path} is not there, which counts as 0`
        : `${path} cannot be read (${content.code}), which counts as 0`;
    if (number === null) return `${path} says more than 32 bits hold: ${this.#value} still counts`;
    const first = printable(content.text.split(/[\n\0]/, 1)[0]!.trim());
    return first === `${number}`
      ? `${path} says ${number}`
      : `${path} says ${first === "" ? "nothing" : `“${first}”`}, which counts as ${number}`;
  }

  /** What stands there is overwritten at the start alone. */
  async #write({ value, overwrite }: NonNullable<FileCheck["init"]>): Promise<void> {
    const { path } = this.check;
    try {
      const there = await lstat(path).catch(() => null);
      if (there !== null && (!overwrite || this.hooks.isReload || !there.isFile())) return;
      await writeWholeFile(path, parts(`${value}\n`));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.hooks.onProblem(`${path} could not be made (${code}), as init_file says`);
    }
  }
}

async function* parts(text: string): AsyncGenerator<string> {
  yield text;
}

async function examine({ origin, path }: CheckPlan<FileCheck>): Promise<Finding> {
  const name = nameOf(origin);
  const [content] = await beginningsOf([path], MOST_BYTES);
  if (content !== undefined && "text" in content) {
    const number = numberIn(content.text);
    if (number !== null) return ok(name, `${path} says ${number}`);
    return warning(name, `${path} holds no number of 32 bits`, `Write one into ${path}.`);
  }
  const code = content?.code ?? "";
  return code === "ENOENT"
    ? ok(name, `${path} is not there, which counts as 0`)
    : warning(name, `${path} cannot be read (${code})`, `Let vrrpd read ${path}.`);
}
