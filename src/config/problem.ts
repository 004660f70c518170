/** What is said about a value: the line of a problem, and values made fit to stand in a line. */
import type { Problem } from "./plan/types.js";

const LONGEST_VALUE_SHOWN = 200;

/** The one line of a problem: variable, value, what is wrong, what is accepted. */
export function formatProblem(problem: Problem): string {
  const unset = problem.value === "";
  const subject = unset
    ? `${problem.variable} (not set)`
    : `${problem.variable}=${quoteValue(problem.value)}`;
  const reason = problem.reason ?? (unset ? "is required" : "is not accepted");
  return `${subject} ${reason}; accepted: ${problem.accepted}`;
}

/** A value in quotes, on one line: what cannot be printed is escaped, what is very long is cut. */
export function quoteValue(value: string): string {
  const cut =
    value.length > LONGEST_VALUE_SHOWN
      ? `${value.slice(0, LONGEST_VALUE_SHOWN)}… (${value.length} characters)`
      : value;
  return `"${printable(cut)}"`;
}

/** What cannot be printed, escaped. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}
