/** What a refused reload says, as lines: so few and so short that to send, to read and to log them takes no time. */
import { wordsOf } from "../base/errors.js";
import { LIMITS } from "../config/keepalived/limits.js";

/** A heading, the problems, and how many more there are. */
const MOST_LINES = LIMITS.problems + 2;
const MOST_CHARACTERS = 1000;

/** At most 103 lines of at most 1001 characters. */
export function problemLines(error: unknown): string[] {
  const lines = wordsOf(error).split("\n");
  const shown = lines.slice(0, MOST_LINES).map((line) => cut(line.trim()));
  const more = lines.length - shown.length;
  return more > 0 ? [...shown, `and ${more} lines more, which are not shown`] : shown;
}

function cut(line: string): string {
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line;
}
