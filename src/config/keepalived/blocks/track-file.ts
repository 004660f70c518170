/** `track_file NAME`: a number in a file. */
import { flag, type Keywords, value } from "../keyword.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";
import { leadingInteger, type Placed, placed, sayExtra } from "../values.js";
import { TRACKED_WEIGHT } from "./tracks.js";

export interface TrackedFileDraft {
  readonly name: string;
  readonly statement: Statement;
  path: Placed<string> | null;
  /** null: none stands there. */
  weight: number | null;
  reversed: boolean;
  init: { readonly value: number; readonly overwrite: boolean } | null;
}

/** Of a file without one. */
export const USUAL_FILE_WEIGHT = 1;

export function newTrackedFile(name: string, statement: Statement): TrackedFileDraft {
  return { name, statement, path: null, weight: null, reversed: false, init: null };
}

export const TRACK_FILE: Keywords<TrackedFileDraft> = {
  file: value((file, statement, report) => {
    sayExtra(statement, 1, report);
    if (file.path === null) file.path = placed(statement.words[0]!, statement);
    else report.warn(statement.origin, `file stands twice: ${file.path.value} counts, as in Keepalived`);
  }),
  weight: value((file, statement, report) => readWeight(file, USUAL_FILE_WEIGHT, statement, report)),
  init_file: flag((file, statement, report) => {
    let [number, overwrite] = [0, false];
    for (const word of statement.words) {
      if (word === "overwrite") overwrite = true;
      else if (!/^\s*[-\d]/.test(word))
        report.warn(
          statement.origin,
          `init_file: “${word}” is ignored, as in Keepalived; a number and overwrite are known`,
        );
      else number = leadingInteger(statement, word, { min: -(2 ** 31), max: 2 ** 31 - 1 }, report) ?? 0;
    }
    file.init = { value: number, overwrite };
  }),
};

/** The first one that is not the usual one counts. @param usual what stands there without it */
export function readWeight(
  draft: { weight: number | null; reversed: boolean },
  usual: number,
  statement: Statement,
  report: Report,
): void {
  const [text, reverse] = statement.words;
  if ((draft.weight ?? usual) !== usual)
    return report.warn(statement.origin, `weight stands twice: ${draft.weight} counts, as in Keepalived`);
  sayExtra(statement, reverse === "reverse" ? 2 : 1, report);
  const number = leadingInteger(statement, text!, TRACKED_WEIGHT, report);
  draft.weight = number ?? usual;
  if (reverse === "reverse") draft.reversed = true;
}
