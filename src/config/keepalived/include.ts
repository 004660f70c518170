/** `include PATTERN` and its stricter kin. */
import type { ReadFault } from "./statement.js";

const MUST_BE_READABLE: readonly ReadFault[] = ["unreadable", "notAFile"];

/** Which faults end the reading, by keyword; each kind asks for all that the one before asks for. */
const FATAL: Readonly<Record<string, readonly ReadFault[]>> = {
  include: [],
  includer: MUST_BE_READABLE,
  includem: [...MUST_BE_READABLE, "missing"],
  includew: [...MUST_BE_READABLE, "missing", "noMatch"],
  includeb: [...MUST_BE_READABLE, "missing", "noMatch", "partlyMissing"],
  includea: [...MUST_BE_READABLE, "missing", "noMatch", "partlyMissing"],
};

export interface Include {
  readonly pattern: string;
  readonly fatal: readonly ReadFault[];
}

/** @param allRequired whatever the keyword says. null: the line is no include. The pattern is the rest of the line, and not quoted. */
export function includeOf(text: string, allRequired: boolean): Include | null {
  const match = /^(include[rmwba]?)(?:[ \t]+(.*))?$/.exec(text);
  if (match === null) return null;
  return { pattern: match[2] ?? "", fatal: FATAL[allRequired ? "includea" : match[1]!]! };
}
