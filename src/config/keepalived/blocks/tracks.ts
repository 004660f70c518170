/** Lines of `track_script` and `track_interface`: what an instance depends on. */
import type { Class } from "../keyword.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";
import { sayExtra, weight } from "../values.js";

export interface TrackDraft {
  readonly name: string;
  readonly statement: Statement;
  /** null: what the script itself says. A weight here leaves the script's `reverse` as it is. */
  readonly weight: number | null;
  readonly reversed: boolean | null;
}

/** Behind the name of a script or an interface. */
export const TRACK_WORDS: Readonly<Record<string, Class>> = {
  weight: "works",
  reverse: "works",
  noreverse: "works",
};

/** @returns null: the line is dropped, as in Keepalived, and that has been said */
export function readTrack(statement: Statement, report: Report): TrackDraft | null {
  const { keyword: name, words, origin } = statement;
  const [option, text, reverse] = words;
  if (option === undefined) return { name, statement, weight: null, reversed: null };
  const number = option === "weight" && text !== undefined ? weight(statement, text, report) : null;
  if (number !== null) {
    const turned = reverse === "reverse" || reverse === "noreverse";
    sayExtra(statement, turned ? 3 : 2, report);
    return { name, statement, weight: number, reversed: turned ? reverse === "reverse" : null };
  }
  const accepted = "accepted: weight N [reverse | noreverse]";
  report.warn(
    origin,
    `${name} ${words.join(" ")}: not understood, so it is not tracked, as in Keepalived; ${accepted}`,
  );
  return null;
}
