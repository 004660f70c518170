/**
 * What each keyword of a block means to vrrpd. A file is read, and its document is checked, by the same tables: a
 * keyword without an entry is unknown.
 */

import { nearestName, printable } from "../../base/text.js";
import { VARIABLES } from "../env/table.js";
import { type Report, subjectOf } from "./report.js";
import type { Statement } from "./statement.js";

/**
 * `works`: it does what it says. `ignored`: it means nothing here. `partial`: the file is refused for it, unless what is
 * left of it was asked for. `refused`: always.
 */
export type Class = Keyword<unknown>["class"];

/** @template D what the block is read into */
export type Keyword<D> =
  | {
      readonly class: "works";
      readonly form: Form;
      readonly read: (draft: D, statement: Statement, report: Report) => void;
    }
  /** It means nothing to vrrpd. `why` ends the sentence "KEYWORD …". */
  | { readonly class: "ignored"; readonly form: Form; readonly why: string }
  /** vrrpd does not do it, and without it another address, route or master would come of the file. */
  | { readonly class: "partial"; readonly form: Form; readonly why: string }
  | { readonly class: "refused"; readonly form: Form; readonly why: string };

/** What stands behind it: a value, which it cannot be without; a block; no block; anything. */
export type Form = "value" | "block" | "flag" | "any";

/** No keyword is longer, and a comparison with all of them takes its time. */
const LONGEST_KEYWORD = 64;

export type Keywords<D> = Readonly<Record<string, Keyword<D>>>;

export interface Reading {
  /** The sentence's "in …" of an unknown keyword: `vrrp_instance`; null: in no block. */
  readonly block: string | null;
  /** What vrrpd does not do is left out in place of refusing the file. */
  readonly partial: boolean;
  readonly report: Report;
}

export const value = <D>(read: Read<D>): Keyword<D> => ({ class: "works", form: "value", read });
export const block = <D>(read: Read<D>): Keyword<D> => ({ class: "works", form: "block", read });
export const flag = <D>(read: Read<D>): Keyword<D> => ({ class: "works", form: "flag", read });
type Read<D> = (draft: D, statement: Statement, report: Report) => void;

/** Entries of the same kind, by their names. */
export function ignored<D>(form: Form, why: string, ...names: readonly string[]): Keywords<D> {
  return Object.fromEntries(names.map((name) => [name, { class: "ignored", form, why } as const]));
}

export function readBlock<D>(
  draft: D,
  statements: readonly Statement[],
  keywords: Keywords<D>,
  reading: Reading,
): void {
  for (const statement of statements) {
    const keyword = Object.hasOwn(keywords, statement.keyword) ? keywords[statement.keyword] : undefined;
    if (keyword === undefined) sayUnknown(statement, Object.keys(keywords), reading);
    else if (hasItsForm(statement, keyword.form, reading.report)) apply(draft, statement, keyword, reading);
  }
}

function apply<D>(draft: D, statement: Statement, keyword: Keyword<D>, { partial, report }: Reading): void {
  const { origin } = statement;
  if (keyword.class === "works") keyword.read(draft, statement, report);
  else if (keyword.class === "refused")
    report.refuse(origin, shown(statement), keyword.why, "a file without it");
  else if (keyword.class === "partial") {
    if (partial) return report.leaveOut(origin, keyword.why);
    report.refuse(
      origin,
      shown(statement),
      keyword.why,
      `a file without it, or ${VARIABLES.partial.name}=on to run the rest`,
    );
  } else {
    report.once(keyword.why, origin, `${statement.keyword} ${keyword.why}`);
  }
}

/** As Keepalived, which ends at once where a value is missing. */
function hasItsForm(statement: Statement, form: Form, report: Report): boolean {
  const { origin, words, children, keyword } = statement;
  if (form === "value" && words.length === 0) {
    report.refuse(origin, "", "stands alone, where Keepalived ends with exit code 2", "a value behind it");
    return false;
  }
  if (form === "block" && children === null) {
    const lost = "has no block { … } and is ignored; Keepalived reads on to the next } as if it had";
    report.warn(origin, `${subjectOf(statement)} ${lost}`);
    return false;
  }
  if ((form === "value" || form === "flag") && children !== null) {
    report.warn(origin, `${keyword} takes no block: what is in it is ignored`);
  }
  return true;
}

/** What stands behind it is not printed: it may be a password. */
function sayUnknown(
  { keyword, children, origin }: Statement,
  known: readonly string[],
  { block: within, report }: Reading,
): void {
  if (report.isFull) return report.warn(origin, "");
  const place = within === null ? "outside of blocks" : `in ${within}`;
  const nearest = keyword.length > LONGEST_KEYWORD ? "" : nearestName(keyword, known, keyword.length / 2);
  const hint = nearest === "" ? "" : `; the nearest known keyword is ${nearest}`;
  const lost =
    children === null || within === null
      ? ""
      : `; its block is skipped as a whole, where Keepalived takes its } for the end of ${within} and loses what follows`;
  report.warn(origin, `${printable(keyword)} is not known ${place} and is ignored${hint}${lost}`);
}

function shown({ words }: Statement): string {
  return words.join(" ");
}
