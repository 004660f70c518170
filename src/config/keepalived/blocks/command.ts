/** Commands of scripts, and who runs them: their words are split as Keepalived splits them, without a shell. */
import type { UserName } from "../../../core/notify.js";
import { quoteValue } from "../../problem.js";
import { shellSyntaxOf } from "../../shell-syntax.js";
import { splitWords } from "../../words.js";
import { type Report, subjectOf } from "../report.js";
import type { Statement } from "../statement.js";

/** A command, and the words that stand behind it. */
export interface WrittenCommand {
  readonly words: readonly string[];
  /** What stood in double quotes, or the first word. */
  readonly text: string;
  readonly behind: readonly string[];
}

/** @returns null: there is none, which has been said */
export function commandOf(statement: Statement, report: Report): WrittenCommand | null {
  const { text, behind } = firstPart(statement.rest);
  const split = splitWords(text);
  const reason = "reason" in split ? split.reason : split.words.length === 0 ? "is no command" : null;
  if ("reason" in split || reason !== null) {
    report.warn(statement.origin, `${subjectOf(statement)} ${reason}, and is ignored`);
    return null;
  }
  sayShellSyntax(statement, text, split.words, report);
  return { words: split.words, text, behind };
}

/** One word, or two: a user and a group. */
export function userOf({ origin }: Statement, words: readonly string[], report: Report): UserName {
  const [user = "", group = null, ...rest] = words;
  if (rest.length > 0)
    report.warn(
      origin,
      `user ${quoteValue(words.join(" "))}: “${rest.join(" ")}” does not count, as in Keepalived`,
    );
  return { user, group };
}

function firstPart(rest: string): { text: string; behind: string[] } {
  const end = rest.startsWith('"') ? closingQuote(rest) : endOfWord(rest);
  const text = rest.startsWith('"') ? rest.slice(1, end) : rest.slice(0, end);
  const behind = rest.slice(rest.startsWith('"') ? end + 1 : end);
  return { text, behind: behind.split(/[ \t]+/).filter((word) => word !== "") };
}

function closingQuote(text: string): number {
  for (let at = 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function endOfWord(text: string): number {
  const end = text.search(/[ \t]/);
  return end < 0 ? text.length : end;
}

function sayShellSyntax(statement: Statement, text: string, words: readonly string[], report: Report): void {
  const syntax = shellSyntaxOf(text);
  if (syntax.length > 0) {
    const what = `${syntax.map(quoteValue).join(" and ")} ${syntax.length > 1 ? "are" : "is"}`;
    const why = `no shell runs it, so ${what} an argument, as in Keepalived; write /bin/sh -c '…'`;
    report.warn(statement.origin, `${statement.keyword} ${words[0]}: ${why}`);
  }
  if (!words[0]!.startsWith("/")) {
    const why = "is no whole path: it is looked for in PATH, as in Keepalived";
    report.warn(statement.origin, `${statement.keyword} ${words[0]} ${why}`);
  }
}
