/**
 * A command line split into words without a shell, as Keepalived splits the value of `script` and `notify`
 * (lib/parser.c, alloc_strvec_quoted_escaped): words end at white space; '…' and "…" keep white space and may stand
 * anywhere in a word; a backslash escapes, also within both kinds of quotes.
 */

/** `reason` ends the sentence "NAME=value …". */
export type SplitResult = { readonly words: readonly string[] } | { readonly reason: string };

const WHITE_SPACE = " \t\f\n\r\v";
/** What follows the backslash, and what it stands for; any other character stands for itself. */
const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

export function splitWords(line: string): SplitResult {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; ) {
    const char = line[at]!;
    if (char === "\\") {
      const escaped = readEscape(line, at + 1);
      if ("reason" in escaped) return escaped;
      word = (word ?? "") + escaped.char;
      at = escaped.next;
      continue;
    }
    at += 1;
    if (quote === null && WHITE_SPACE.includes(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (char === quote) {
      quote = null;
    } else if (quote === null && (char === "'" || char === '"')) {
      quote = char;
      word ??= "";
    } else {
      word = (word ?? "") + char;
    }
  }
  if (quote !== null) return { reason: `has no closing ${quote}` };
  if (word !== null) words.push(word);
  return { words };
}

/** A command line that `splitWords` splits into these words again. */
export function joinWords(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}

function quoteWord(word: string): string {
  if (word !== "" && !/[\s'"\\]/.test(word)) return word;
  return `"${word.replace(/["\\]/g, "\\$&")}"`;
}

type Escape = { readonly char: string; readonly next: number } | { readonly reason: string };

/** The escape whose character after the backslash stands at `at`. */
function readEscape(line: string, at: number): Escape {
  if (at >= line.length) return { reason: "ends with a lone backslash" };
  const rest = line.slice(at);
  const hex = /^x([0-9a-fA-F]+)/.exec(rest);
  if (hex) return numbered(Number.parseInt(hex[1]!, 16), at + hex[0].length);
  const octal = /^[0-7]{1,3}/.exec(rest);
  if (octal) return numbered(Number.parseInt(octal[0], 8), at + octal[0].length);
  if (rest[0] === "c" && rest.length > 1) return numbered(rest.charCodeAt(1) & 0x1f, at + 2);
  const char = rest[0]!;
  return { char: NAMED_ESCAPES[char] ?? char, next: at + 1 };
}

function numbered(code: number, next: number): Escape {
  if (code < 1 || code > 0x7f) return { reason: "has an escape that is no ASCII character" };
  return { char: String.fromCharCode(code), next };
}
