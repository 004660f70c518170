/** From text to lines: where they end, where they are cut, and what is comment. */
import { LINE_BYTES } from "./limits.js";

const COMMENT_SIGN = /[#!]/;
const BRACE = /[{}]/;

/** A piece of a file, or what an expansion made of one. */
export interface Line {
  readonly text: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Of the first character of the text, from 1. */
  readonly column: number;
  /** The text is not what stands in the file: all of it is where the line begins. */
  readonly expanded: boolean;
  /** How many definitions and loops it comes from. */
  readonly depth: number;
}

/** The lines of a file, one at a time. A line that is too long for Keepalived comes in pieces, as there. */
export function* linesOf(file: string, text: string): Generator<Line> {
  let start = 0;
  for (let line = 1; start < text.length; line++) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const piece = (from: number, to: number): Line => {
      return { text: text.slice(from, to), file, line, column: from - start + 1, expanded: false, depth: 0 };
    };
    // No character has more than three bytes a unit of its text: most lines need no count.
    if ((end - start) * 3 <= LINE_BYTES) yield piece(start, end);
    else for (const [from, to] of cutsOf(text, start, end)) yield piece(from, to);
    start = end + 1;
  }
}

function* cutsOf(text: string, start: number, end: number): Generator<[number, number]> {
  let from = start;
  let bytes = 0;
  for (let at = start; at < end; ) {
    const code = text.codePointAt(at)!;
    const size = utf8Size(code);
    if (bytes + size > LINE_BYTES) {
      yield [from, at];
      [from, bytes] = [at, 0];
    }
    bytes += size;
    at += code > 0xffff ? 2 : 1;
  }
  yield [from, end];
}

function utf8Size(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** Without its comment, which begins at `#` or `!` outside of double quotes, and without blanks at both ends. */
export function contentOf(line: Line): Line {
  if (!COMMENT_SIGN.test(line.text)) return part(line, 0);
  let end = line.text.length;
  let quoted = false;
  for (let at = 0; at < line.text.length; at++) {
    const character = line.text[at];
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === "#" || character === "!")) {
      end = at;
      break;
    }
  }
  return part(line, 0, end);
}

/** From a character to before another, without blanks at both ends. */
export function part(line: Line, from: number, to = line.text.length): Line {
  let start = from;
  let end = to;
  while (start < end && isBlank(line.text[start]!)) start++;
  while (end > start && isBlank(line.text[end - 1]!)) end--;
  if (start === 0 && end === line.text.length) return line;
  const { file, expanded, depth } = line;
  const column = expanded ? line.column : line.column + start;
  return { text: line.text.slice(start, end), file, line: line.line, column, expanded, depth };
}

export function isBlank(character: string): boolean {
  return (
    character === " " || character === "\t" || character === "\r" || character === "\v" || character === "\f"
  );
}

export function hasBrace({ text }: Line): boolean {
  return BRACE.test(text);
}

/** The line cut at each brace outside of quotes; a brace is a piece of its own. */
export function piecesOf(line: Line): Line[] {
  const pieces: Line[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < line.text.length; at++) {
    const character = line.text[at];
    if (character === '"') quoted = !quoted;
    if (quoted || (character !== "{" && character !== "}")) continue;
    pieces.push(part(line, start, at), part(line, at, at + 1));
    start = at + 1;
  }
  pieces.push(part(line, start));
  return pieces.filter(({ text }) => text !== "");
}
