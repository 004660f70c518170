/** Readers of values: what is out of range is said, and the default counts, as in Keepalived. */
import { type IpAddress, parseAddress } from "../../base/address.js";
import type { FileOrigin } from "../../core/origin.js";
import { type Report, subjectOf } from "./report.js";
import type { Statement } from "./statement.js";

/** A value, and where it stands. */
export interface Placed<T> {
  readonly value: T;
  readonly origin: FileOrigin;
}

export function placed<T>(value: T, { origin }: Pick<Statement, "origin">): Placed<T> {
  return { value, origin };
}

interface Range {
  readonly min: number;
  readonly max: number;
  /** What counts where the value does not, as the end of the sentence "… counts": `the default, 100,`. */
  readonly instead: string;
}

const WORDS: Readonly<Record<string, boolean>> = {
  on: true,
  true: true,
  yes: true,
  off: false,
  false: false,
  no: false,
};

/** The first word; whatever else stands there does not count. */
export function firstWord(statement: Statement, report: Report): string {
  sayExtra(statement, 1, report);
  return statement.words[0]!;
}

/** @param counted how many words mean something */
export function sayExtra(statement: Statement, counted: number, report: Report): void {
  if (statement.words.length <= counted) return;
  const extra = statement.words.slice(counted).join(" ");
  const text = `“${extra}” does not count, as in Keepalived: a keyword ends with its line`;
  report.warn(statement.origin, `${subjectOf(statement)}: ${text}`);
}

/** Decimal digits, perhaps behind a +; null: another one counts, which has been said. */
export function wholeNumber(statement: Statement, range: Range, report: Report): number | null {
  const text = firstWord(statement, report);
  return inRange(
    statement,
    /^\+?\d+$/.test(text) ? Number(text) : Number.NaN,
    range,
    "a whole number",
    report,
  );
}

/** The same, but of anything behind digits these count. */
export function leadingNumber(statement: Statement, range: Range, report: Report): number | null {
  const [text] = statement.words;
  const digits = /^\+?\d+(?=\D)/.exec(text!)?.[0];
  if (digits === undefined) return wholeNumber(statement, range, report);
  firstWord(statement, report);
  const found = inRange(statement, Number(digits), range, "a whole number", report);
  if (found !== null)
    report.warn(
      statement.origin,
      `${subjectOf(statement)} is no whole number: ${found} counts, as in Keepalived`,
    );
  return found;
}

/** With decimals; null: another one counts, which has been said. */
export function seconds(statement: Statement, range: Range, report: Report): number | null {
  const text = firstWord(statement, report);
  const number = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  return inRange(statement, number, range, "a number", report);
}

/** −253..253 as Keepalived means it: beyond that it is said, and used all the same. null: no number, which has been said. */
export function weight(statement: Statement, text: string, report: Report): number | null {
  if (!/^[+-]?\d{1,9}$/.test(text)) {
    report.warn(statement.origin, `${subjectOf(statement)}: “${text}” is no weight from -253 to 253`);
    return null;
  }
  const number = Number(text);
  if (Math.abs(number) > 253)
    report.warn(
      statement.origin,
      `${subjectOf(statement)} is beyond -253 to 253, and counts as in Keepalived`,
    );
  return number;
}

/**
 * As Keepalived reads what is multiplied or counted: digits at the beginning, and what follows is said; without any it is
 * 0. null: out of range, which has been said.
 */
export function leadingInteger(
  statement: Statement,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
  report: Report,
): number | null {
  const digits = /^\s*([+-]?\d+)/.exec(text)?.[1] ?? "";
  const number = digits === "" ? 0 : Number(digits);
  const what = `${subjectOf(statement)}: “${text}” is no whole number from ${min} to ${max}`;
  if (number < min || number > max) {
    report.warn(statement.origin, `${what}, and does not count, as in Keepalived`);
    return null;
  }
  if (digits !== text.trim()) report.warn(statement.origin, `${what}; ${number} counts, as in Keepalived`);
  return number;
}

/** Without a word it is on. null: no such word, which has been said. */
export function onOff(statement: Statement, report: Report): boolean | null {
  const [word] = statement.words;
  if (word === undefined) return true;
  sayExtra(statement, 1, report);
  const on = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (on !== undefined) return on;
  report.warn(
    statement.origin,
    `${subjectOf(statement)} does not count: on, true, yes, off, false and no are known`,
  );
  return null;
}

/** A keyword that has no value, where one is often written. */
export function bare(statement: Statement, report: Report): void {
  sayExtra(statement, 0, report);
}

/** A mask behind it is cut off, as in Keepalived. null: it is none, which has been said. */
export function address(statement: Statement, text: string, report: Report): IpAddress | null {
  const [bareText = "", mask] = text.split("/", 2);
  const found = parseAddress(bareText);
  if (found === null)
    report.warn(statement.origin, `${subjectOf(statement)}: “${text}” is no address, and is ignored`);
  else if (mask !== undefined) {
    report.warn(statement.origin, `${subjectOf(statement)}: the mask /${mask} is cut off, as in Keepalived`);
  }
  return found;
}

function inRange(
  statement: Statement,
  number: number,
  { min, max, instead }: Range,
  kind: string,
  report: Report,
): number | null {
  if (number >= min && number <= max) return number;
  report.warn(
    statement.origin,
    `${subjectOf(statement)} is not ${kind} from ${min} to ${max}; ${instead} counts`,
  );
  return null;
}
