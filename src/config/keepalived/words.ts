/** A line's words: split at blanks; double quotes make one word, and end the one before. */
import { isBlank } from "./lines.js";

export interface Words {
  readonly words: readonly string[];
  /** Where the first word ends. */
  readonly firstEnd: number;
  readonly unterminated: boolean;
}

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
      return { words: [...words, text.slice(start)], firstEnd, unterminated: true };
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
