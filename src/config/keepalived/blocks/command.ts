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
  /** The first word of the line, without its quotes and escapes. */
  readonly text: string;
  readonly behind: readonly string[];
}

/**
 * Keepalived splits twice: the line, whose first word is the command, and then that word. So what has to be escaped in
 * the command is escaped twice in the file.
 * @returns null: there is none, which has been said
 */
export function commandOf(statement: Statement, report: Report): WrittenCommand | null {
  const line = splitWords(statement.rest);
  const [text = "", ...behind] = "reason" in line ? [] : line.words;
  const split = "reason" in line ? line : splitWords(text);
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
