/** Lines of `track_script` and `track_interface`: what an instance depends on. */
import type { Class } from "../keyword.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";
import { weight } from "../values.js";

export interface TrackDraft {
  readonly name: string;
  readonly statement: Statement;
  /** null: what the script itself says. */
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
  const [option, text, reverse, ...rest] = words;
  if (option === undefined) return { name, statement, weight: null, reversed: null };
  const known =
    option === "weight" &&
    text !== undefined &&
    [undefined, "reverse", "noreverse"].includes(reverse) &&
    rest.length === 0;
  const number = known ? weight(statement, text, report) : null;
  if (number !== null) return { name, statement, weight: number, reversed: reverse === "reverse" };
  const accepted = "accepted: weight N [reverse | noreverse]";
  report.warn(
    origin,
    `${name} ${words.join(" ")}: not understood, so it is not tracked, as in Keepalived; ${accepted}`,
  );
  return null;
}
