/** A line's words: split at blanks; double quotes make one word, and end the one before. */
import { isBlank } from "./lines.js";

export interface Words {
  readonly words: readonly string[];
  /** Where the first word ends. */
  readonly firstEnd: number;
  /** A quote has no end, not even where a command has escaped ones in it. */
  readonly unterminated: boolean;
}

const ESCAPED = /\\./g;

export function wordsOf(text: string): Words {
  const words: string[] = [];
  let firstEnd = text.length;
  let at = 0;
  while (at < text.length) {
    if (isBlank(text[at]!)) {
      at++;
      continue;
    }
    const quoted = text[at] === '"';
    const start = quoted ? at + 1 : at;
    const end = quoted ? text.indexOf('"', start) : endOfWord(text, at);
    if (end === -1) {
      if (words.length === 0) firstEnd = text.length;
      words.push(text.slice(start));
      const quotes = text.replace(ESCAPED, "").split('"').length - 1;
      return { words, firstEnd, unterminated: quotes % 2 === 1 };
    }
    words.push(text.slice(start, end));
    at = quoted ? end + 1 : end;
    if (words.length === 1) firstEnd = at;
  }
  return { words, firstEnd, unterminated: false };
}

function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isBlank(text[at]!) && text[at] !== '"') at++;
  return at;
}
