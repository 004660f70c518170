/** What is wrong with a file, and what should be known about it, gathered while its statements are read. */
import { printable } from "../../base/text.js";
import type { FileOrigin } from "../../core/origin.js";
import { VARIABLES } from "../env/table.js";
import type { Note } from "../intent.js";
import { formatWarning, type Problem, quoteValue, type Warning } from "../problem.js";
import { LIMITS } from "./limits.js";
import type { Statement } from "./statement.js";

interface InFile {
  readonly origin: FileOrigin;
}

export class Report {
  readonly #problems: (Problem & InFile)[] = [];
  readonly #warnings: (Warning & InFile)[] = [];
  readonly #said = new Set<string>();
  readonly #unserved: string[] = [];
  readonly #notes: Note[] = [];
  #more = 0;

  /** Both as they follow each other in the files. */
  get problems(): readonly Problem[] {
    return byPlace(this.#problems);
  }

  get warnings(): readonly Warning[] {
    const warnings = byPlace(this.#warnings);
    const last = warnings.at(-1);
    if (this.#more === 0 || last === undefined) return warnings;
    return [...warnings, { ...last, text: `and ${this.#more} warnings more, which are not shown` }];
  }

  /** What the file asks for and vrrpd does not do, with places, where that was to be accepted. */
  get unserved(): readonly string[] {
    return this.#unserved;
  }

  /** Further warnings are counted alone. */
  get isFull(): boolean {
    return this.#warnings.length >= LIMITS.warnings;
  }

  /** What should be known, and is as it is meant to be. */
  get notes(): readonly Note[] {
    return this.#notes;
  }

  refuse(origin: FileOrigin, value: string, reason: string, accepted: string): void {
    if (this.#problems.length < LIMITS.problems) this.#problems.push({ origin, value, reason, accepted });
  }

  /** @param text a clause that begins with the keyword, without its full stop */
  warn(origin: FileOrigin, text: string): void {
    if (this.isFull) this.#more += 1;
    else this.#warnings.push({ origin, text: printable(text) });
  }

  /** A warning about the first of its kind alone. */
  once(kind: string, origin: FileOrigin, text: string): void {
    if (this.#said.has(kind)) return;
    this.#said.add(kind);
    this.warn(origin, text);
  }

  note(origin: FileOrigin, text: string): void {
    if (this.#notes.length >= LIMITS.warnings) return;
    this.#notes.push({ level: "info", message: formatWarning({ origin, text: printable(text) }) });
  }

  /** @param why the end of the sentence "KEYWORD …" */
  leaveOut(origin: FileOrigin, why: string): void {
    this.warn(origin, `${origin.keyword} ${why}; the rest runs, as ${VARIABLES.partial.name}=on says`);
    this.#unserved.push(`${origin.keyword} (line ${origin.line})`);
  }
}

/** Files in the order in which they are first spoken of. */
function byPlace<T extends InFile>(items: readonly T[]): T[] {
  const files = [...new Set(items.map(({ origin }) => origin.file))];
  return [...items].sort(
    ({ origin: one }, { origin: other }) =>
      files.indexOf(one.file) - files.indexOf(other.file) ||
      one.line - other.line ||
      one.column - other.column,
  );
}

/** The statement as a warning begins: its keyword and, in quotes, what stands behind it. */
export function subjectOf({ keyword, words }: Pick<Statement, "keyword" | "words">): string {
  return words.length === 0 ? keyword : `${keyword} ${quoteValue(words.join(" "))}`;
}
