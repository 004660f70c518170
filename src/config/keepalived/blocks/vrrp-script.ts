/** `vrrp_script NAME`: a check. */
import type { UserName } from "../../../core/notify.js";
import { flag, type Keywords, value } from "../keyword.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";
import { bare, type Placed, placed, sayExtra, weight, wholeNumber } from "../values.js";
import { commandOf, userOf } from "./command.js";

export interface ScriptDraft {
  readonly name: string;
  readonly statement: Statement;
  command: Placed<readonly string[]> | null;
  /** Seconds. */
  interval: number;
  /** Seconds; null: the interval. */
  timeout: number | null;
  weight: number;
  reversed: boolean;
  rise: number;
  fall: number;
  user: Placed<UserName> | null;
}

export function newScript(name: string, statement: Statement): ScriptDraft {
  return {
    name,
    statement,
    command: null,
    interval: 1,
    timeout: null,
    weight: 0,
    reversed: false,
    rise: 1,
    fall: 1,
    user: null,
  };
}

const MOST_SECONDS = 1_000_000;
const MOST_RESULTS = 1_000_000;
const RESULTS = { min: 1, max: MOST_RESULTS, instead: "1" };

export const VRRP_SCRIPT: Keywords<ScriptDraft> = {
  script: value((script, statement, report) => {
    const command = commandOf(statement, report);
    if (command === null) return;
    const { words, behind } = command;
    if (behind.length > 0) sayDropped(statement, words[0]!, behind, report);
    script.command = placed(words, statement);
  }),
  interval: value((script, statement, report) => {
    script.interval = wholeSeconds(statement, "the default, 1,", report) ?? 1;
  }),
  timeout: value((script, statement, report) => {
    script.timeout = wholeSeconds(statement, "the interval", report);
  }),
  weight: value((script, statement, report) => {
    const [number, reverse] = statement.words;
    sayExtra(statement, reverse === "reverse" || reverse === "noreverse" ? 2 : 1, report);
    script.weight = weight(statement, number!, report) ?? script.weight;
    script.reversed = reverse === "reverse";
  }),
  rise: value((script, statement, report) => {
    script.rise = wholeNumber(statement, RESULTS, report) ?? 1;
  }),
  fall: value((script, statement, report) => {
    script.fall = wholeNumber(statement, RESULTS, report) ?? 1;
  }),
  user: value((script, statement, report) => {
    script.user = placed(userOf(statement, statement.words, report), statement);
  }),
  init_fail: flag((_, statement, report) => {
    bare(statement, report);
    report.once(
      "init_fail",
      statement.origin,
      "init_fail has no effect, as in Keepalived, where tracking a script resets it",
    );
  }),
};

/** Whole seconds, as Keepalived 2.2 counts: a fraction is cut, and less than 1 is 1. null: another one counts. */
function wholeSeconds(statement: Statement, instead: string, report: Report): number | null {
  const [text] = statement.words;
  if (!/^\d+\.\d*$/.test(text!))
    return wholeNumber(statement, { min: 1, max: MOST_SECONDS, instead }, report);
  const whole = Math.min(MOST_SECONDS, Math.max(1, Math.floor(Number(text))));
  report.warn(
    statement.origin,
    `${statement.keyword} ${text}: whole seconds count, as in Keepalived 2.2: ${whole}`,
  );
  return whole;
}

function sayDropped(
  { origin, keyword }: Statement,
  program: string,
  behind: readonly string[],
  report: Report,
): void {
  const what = behind.length === 1 ? "the argument is" : "the arguments are";
  const text = `${keyword} ${program} ${behind.join(" ")}: ${what} dropped, as in Keepalived; quote the command`;
  report.warn(origin, text);
}
