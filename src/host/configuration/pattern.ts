/** Patterns of file names as `include` has them (glob(7), with braces): which files there are. */
import { Buffer } from "node:buffer";
import { existsSync, opendirSync } from "node:fs";

/** Of the names that may be looked at for one pattern; `count` is counted down. */
export interface Budget {
  count: number;
}

/** Thrown where the budget is used up. */
export class TooMany extends Error {}

export function isPattern(text: string): boolean {
  return /[*?[]/.test(text.replace(/\\./g, ""));
}

/**
 * The existing files that a pattern without braces means, sorted by the bytes of their names.
 * @param pattern an absolute path
 */
export function filesOf(pattern: string, budget: Budget): string[] {
  let paths = [""];
  for (const segment of pattern.split("/").filter((one) => one !== "" && one !== "."))
    paths = isPattern(segment)
      ? paths.flatMap((path) => entriesOf(path, expressionOf(segment), budget))
      : paths.map((path) => `${path}/${segment.replace(/\\(.)/g, "$1")}`);
  return paths
    .filter((path) => existsSync(path))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** What each choice of `{a,b}` makes, in order. A brace without its partner stands for itself, and so does `{}`. */
export function alternativesOf(pattern: string, most: number): string[] {
  const done: string[] = [];
  const open = [pattern];
  while (open.length > 0) {
    const first = open.shift()!;
    const braces = firstBraces(first);
    if (braces === null) done.push(first);
    else open.unshift(...braces.choices.map((choice) => braces.before + choice + braces.after));
    if (open.length + done.length > most) throw new TooMany();
  }
  return done;
}

interface Braces {
  readonly before: string;
  readonly choices: readonly string[];
  readonly after: string;
}

function firstBraces(text: string): Braces | null {
  for (let start = text.indexOf("{"); start >= 0; start = text.indexOf("{", start + 1)) {
    if (text[start - 1] === "\\") continue;
    const braces = bracesAt(text, start);
    if (braces !== null) return braces;
  }
  return null;
}

function bracesAt(text: string, start: number): Braces | null {
  const choices: string[] = [];
  let [depth, from] = [0, start + 1];
  for (let at = start; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "{") depth++;
    else if (text[at] === "," && depth === 1) {
      choices.push(text.slice(from, at));
      from = at + 1;
    } else if (text[at] === "}" && --depth === 0) {
      if (at === start + 1) return null;
      choices.push(text.slice(from, at));
      return { before: text.slice(0, start), choices, after: text.slice(at + 1) };
    }
  }
  return null;
}

function entriesOf(folder: string, name: RegExp, budget: Budget): string[] {
  const found: string[] = [];
  try {
    const directory = opendirSync(folder === "" ? "/" : folder);
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
        if (--budget.count < 0) throw new TooMany();
        if (name.test(entry.name)) found.push(`${folder}/${entry.name}`);
      }
    } finally {
      directory.closeSync();
    }
  } catch (error) {
    if (error instanceof TooMany) throw error;
  }
  return found;
}

/** A name that begins with a dot is meant by a dot alone. */
function expressionOf(segment: string): RegExp {
  const hidden = segment.startsWith(".") || segment.startsWith("\\.") ? "" : "(?!\\.)";
  try {
    return new RegExp(`^${hidden}${translate(segment)}$`, "su");
  } catch {
    // A set that has no meaning, such as [z-a].
    return NO_NAME;
  }
}

const NO_NAME = /(?!)/;

function translate(segment: string): string {
  let result = "";
  for (let at = 0; at < segment.length; at++) {
    const set = segment[at] === "[" ? setAt(segment, at) : null;
    if (set !== null) {
      result += set.expression;
      at = set.end;
    } else if (segment[at] === "*") result += segment[at - 1] === "*" ? "" : ".*";
    else if (segment[at] === "?") result += ".";
    else {
      if (segment[at] === "\\" && at + 1 < segment.length) at++;
      result += literal(segment[at]!);
    }
  }
  return result;
}

/** `[a-z]`, `[!a-z]`, `[[:digit:]]`; a `]` that comes first stands for itself. null: it is never closed. */
function setAt(segment: string, start: number): { expression: string; end: number } | null {
  const negated = segment[start + 1] === "!" || segment[start + 1] === "^";
  const first = start + (negated ? 2 : 1);
  let members = "";
  for (let at = first; at < segment.length; at++) {
    const named = /^\[:([a-z]+):\]/.exec(segment.slice(at))?.[1];
    if (named !== undefined && CLASSES[named] !== undefined) {
      members += CLASSES[named];
      at += named.length + 3;
    } else if (segment[at] === "]" && at > first)
      return { expression: `[${negated ? "^" : ""}${members}]`, end: at };
    else if (segment[at] === "-" && at > first && segment[at + 1] !== "]") members += "-";
    else {
      if (segment[at] === "\\" && at + 1 < segment.length) at++;
      members += member(segment[at]!);
    }
  }
  return null;
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: "A-Za-z",
  digit: "0-9",
  alnum: "A-Za-z0-9",
  lower: "a-z",
  upper: "A-Z",
  xdigit: "0-9A-Fa-f",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\s",
  blank: " \\t",
};

function literal(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

/** Of a set, where a `-` means a range. */
function member(char: string): string {
  return char === "-" ? "\\-" : literal(char);
}
