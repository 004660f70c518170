/** Collects what is wrong: so many are told, and an error of a limit ends the reading at once. */
import { printable } from "../../base/text.js";
import type { FileOrigin } from "../../core/origin.js";
import { LIMITS } from "./limits.js";
import type { Line } from "./lines.js";
import type { FileProblem } from "./statement.js";
import { wordsOf } from "./words.js";

/** Thrown within the parser alone: a limit is reached, nothing more is read. */
export class LimitReached extends Error {}

/** What is said of a place. */
export interface Fault {
  readonly value: string;
  readonly reason: string;
  readonly accepted: string;
}

const KEYWORD_SHOWN = 64;

export class Problems {
  readonly list: FileProblem[] = [];

  warn(origin: FileOrigin, fault: Fault): void {
    this.#add({ ...fault, origin, severity: "warning", kind: "syntax" });
  }

  /** An include that must be there. */
  refuse(origin: FileOrigin, fault: Fault): void {
    this.#add({ ...fault, origin, severity: "error", kind: "read" });
  }

  /** @throws LimitReached always */
  stop(origin: FileOrigin, fault: Fault): never {
    // Told even when warnings have filled the list: it decides.
    if (this.list.length >= LIMITS.problems) this.list.length = LIMITS.problems - 1;
    this.list.push({ ...fault, origin, severity: "error", kind: "limit" });
    throw new LimitReached();
  }

  #add(problem: FileProblem): void {
    if (this.list.length < LIMITS.problems - 1) return void this.list.push(problem);
    this.stop(problem.origin, {
      value: problem.value,
      reason: `is problem number ${LIMITS.problems}; the rest of the configuration is not read`,
      accepted: `fewer than ${LIMITS.problems} problems`,
    });
  }
}

/** Where a line is. @param word its first one, which names it */
export function originOf(line: Line, word = wordsOf(line.text).words[0]): FileOrigin {
  const keyword = printable((word ?? "").slice(0, KEYWORD_SHOWN));
  return { file: line.file, line: line.line, column: line.column, keyword };
}
