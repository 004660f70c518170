/** What is known about one variable of the environment, and what reading its value gives. */

/** Why a value, or one entry of it, is not accepted. */
export interface Refusal {
  readonly value: string;
  /** Ends the sentence "NAME=value …"; null: nothing to say beyond "is not accepted". */
  readonly reason: string | null;
}

export interface Reading<T> {
  /** null where the value was refused as a whole. A list keeps its good entries beside the refused ones. */
  readonly value: T | null;
  readonly refusals: readonly Refusal[];
  /** Sentences without the variable's name, which is put in front of them. */
  readonly warnings: readonly string[];
}

/**
 * Where a variable counts. `environment`: it is the configuration, or part of it, so that a file takes its place.
 * `daemon`: it is about the daemon itself, whatever the configuration is. `file`: it is about a file.
 */
export type Scope = "environment" | "daemon" | "file";

export interface Variable<T> {
  readonly name: string;
  readonly scope: Scope;
  /** As documented; "–" where there is none. */
  readonly defaultText: string;
  /** The end of the sentence "…; accepted: …", and the column of the documentation. */
  readonly accepted: string;
  readonly whenUnset: T;
  /** Quotes mean something to it: those around its value are not taken away before it is read. */
  readonly keepsQuotes?: boolean;
  /** Never throws. The value is trimmed and not empty. */
  readonly read: (value: string) => Reading<T>;
}

export function accept<T>(value: T, warnings: readonly string[] = []): Reading<T> {
  return { value, refusals: [], warnings };
}

export function refuse(value: string, reason: string | null = null): Reading<never> {
  return { value: null, refusals: [{ value, reason }], warnings: [] };
}

/** The entry of a table, with the type of its value said in front. */
export function define<T>(variable: Variable<T>): Variable<T> {
  return variable;
}
