/** Words, commands and comments as lines of a keepalived.conf, written so that none of them breaks out of its line. */
import { printable } from "../../../base/text.js";
import type { UserName } from "../../../core/notify.js";

/** Keepalived cuts a line at 1023 bytes, and reads the rest as a line of its own. */
const MAX_LINE_BYTES = 1023;
/** With room for what stands around it. */
const MAX_COMMAND_BYTES = 900;
const MAX_WORD_BYTES = 300;
const MAX_COMMENT_CHARACTERS = 240;
/** At the beginning of a line an `include` would be one. */
const PLAIN = /^(?!include)[A-Za-z0-9_./:+-]+$/;
/**
 * What no quotes help against: their own kind, a backslash before them, control characters, a brace alone, names that
 * Keepalived defines itself (`${_PWD}`).
 */
const UNQUOTABLE = /["\p{Cc}]|\\$|^[{}]$|\$\{?_/u;
/** Within both kinds of quotes that stand around a word of a command. */
const TO_ESCAPE = /[\\"'$\p{Cc}]/gu;
/** No escape reaches beyond, and nothing there means anything. */
const LAST_ASCII = 0x7f;
const PLAIN_IN_COMMAND = /^[\w./:=,@%+~-]+$/;

/** A line, and the lines that stand in its block, a step further in. */
export type Written = string | readonly [head: string, block: readonly Written[]];

/** One line, cut where it is too long. With a backslash at its end Keepalived would take that for a keyword. */
export function comment(text: string): string {
  const characters = [...printable(text)];
  const cut = characters.length > MAX_COMMENT_CHARACTERS;
  const end = cut ? "…" : characters.at(-1) === "\\" ? "." : "";
  return `# ${characters.slice(0, MAX_COMMENT_CHARACTERS).join("")}${end}`;
}

/** One word, quoted where that is needed; null: Keepalived cannot be told it. */
export function word(text: string): string | null {
  if (text === "" || Buffer.byteLength(text) > MAX_WORD_BYTES || UNQUOTABLE.test(text)) return null;
  return PLAIN.test(text) ? text : `"${text}"`;
}

/** A user, and perhaps a group; null: Keepalived cannot be told them. */
export function userWords({ user, group }: UserName): string | null {
  const words = [user, ...(group === null ? [] : [group])].map(word);
  return words.includes(null) ? null : words.join(" ");
}

/**
 * A command in double quotes. Keepalived takes it apart twice, the line first and then the command: so what is escaped
 * for the program is escaped once more. null: it is too long for a line.
 */
export function command(words: readonly string[]): string | null {
  const text = `"${words.map(wordOfCommand).join(" ")}"`;
  return Buffer.byteLength(text) <= MAX_COMMAND_BYTES ? text : null;
}

function wordOfCommand(text: string): string {
  if (PLAIN_IN_COMMAND.test(text)) return text;
  const escaped = text.replace(TO_ESCAPE, (char) => {
    const code = char.charCodeAt(0);
    return code > LAST_ASCII ? char : `\\\\${code.toString(8).padStart(3, "0")}`;
  });
  return `'${escaped}'`;
}

/** The text of a file. A line that is too long all the same becomes a comment. */
export function render(lines: readonly Written[], indent = ""): string {
  const written = lines.map((line) => {
    if (typeof line !== "string")
      return `${indent}${line[0]} {\n${render(line[1], `${indent}    `)}${indent}}`;
    const whole = line === "" ? "" : indent + line;
    return Buffer.byteLength(whole) <= MAX_LINE_BYTES ? whole : indent + comment(line);
  });
  return written.map((line) => `${line}\n`).join("");
}
