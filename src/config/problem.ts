/** What is wrong with a value, said in the words of its source. */
import { printable } from "../base/text.js";
import type { FileOrigin, Origin } from "../core/origin.js";

/** So many are said of one configuration. */
export const MOST_PROBLEMS = 100;

/** One thing that cannot be meant. Printed as a line: where, value, what is accepted. */
export interface Problem {
  readonly origin: Origin;
  /** Empty: not set. */
  readonly value: string;
  /** What is accepted, as the end of the sentence "…; accepted: …". */
  readonly accepted: string;
  /** What is wrong with the value, as the end of the sentence "NAME=value …", where more can be said. */
  readonly reason?: string;
}

/** What is accepted, and should be known all the same: corrected, ignored, or open until this host has more. */
export interface Warning {
  /** Of the setting that it is about, or that would mend it. */
  readonly origin: Origin;
  /** A sentence without its full stop, as it is printed. */
  readonly text: string;
}

/** What the configuration makes of this host, and an operator should mend while it runs. */
export interface StandingProblem {
  readonly severity: "error" | "warning";
  /** A stable word. */
  readonly code: string;
  /** A sentence without its full stop. */
  readonly text: string;
  /** What to do, a sentence. */
  readonly action: string;
}

const LONGEST_VALUE_SHOWN = 200;

/** The one line of a problem: where, value, what is wrong, what is accepted. */
export function formatProblem({ origin, value, accepted, reason }: Problem): string {
  const unset = value === "";
  const what = reason ?? (unset ? "is required" : "is not accepted");
  return `${subjectOf(origin, unset ? null : quoteValue(value))} ${what}; accepted: ${accepted}`;
}

/** A place in a file comes first, as editors and people look for it. */
function subjectOf(origin: Origin, quoted: string | null): string {
  if ("variable" in origin) {
    const where = origin.at === undefined ? "" : `${printable(origin.at.file)}:${origin.at.line}: `;
    return quoted === null ? `${origin.variable} (not set)` : `${where}${origin.variable}=${quoted}`;
  }
  return `${placeOf(origin)}: ${origin.keyword}${quoted === null ? "" : ` ${quoted}`}`;
}

/** The one line of a warning: of one about a file, where comes first. */
export function formatWarning({ origin, text }: Warning): string {
  return "variable" in origin ? text : `${placeOf(origin)}: ${text}`;
}

function placeOf({ file, line, column }: FileOrigin): string {
  return `${printable(file)}:${line}:${column}`;
}

/** A value in quotes, on one line: what cannot be printed is escaped, what is very long is cut. */
export function quoteValue(value: string): string {
  const cut =
    value.length > LONGEST_VALUE_SHOWN
      ? `${value.slice(0, LONGEST_VALUE_SHOWN)}… (${value.length} characters)`
      : value;
  return `"${printable(cut)}"`;
}
