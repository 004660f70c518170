/** Lines of `track_script`, `track_interface`, `track_file` and `track_process`: what an instance depends on. */
import type { Class } from "../keyword.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";
import { leadingInteger, sayExtra, weight } from "../values.js";

export interface TrackDraft {
  readonly name: string;
  readonly statement: Statement;
  /** null: what the script itself says. A weight here leaves the script's `reverse` as it is. */
  readonly weight: number | null;
  readonly reversed: boolean | null;
}

/** Of files and processes. */
export const TRACKED_WEIGHT = { min: -254, max: 254 };

/** Behind the name of a script or an interface. */
export const TRACK_WORDS: Readonly<Record<string, Class>> = {
  weight: "works",
  reverse: "works",
  noreverse: "works",
};

export function readTracks(list: TrackDraft[], statement: Statement, report: Report): void {
  addTracks(list, statement, readTrack, report);
}

/** @param strict a word behind the weight that is not known drops the entry */
export function readCounted(list: TrackDraft[], statement: Statement, strict: boolean, report: Report): void {
  addTracks(list, statement, (line) => readCountedTrack(line, strict, report), report);
}

/** Of a name that stands twice the first counts. */
function addTracks(
  list: TrackDraft[],
  { keyword, children }: Statement,
  read: (line: Statement, report: Report) => TrackDraft | null,
  report: Report,
): void {
  for (const line of children!) {
    const track = read(line, report);
    if (track === null) continue;
    if (!list.some(({ name }) => name === track.name)) list.push(track);
    else
      report.warn(
        line.origin,
        `${keyword} ${track.name} stands twice: the first one counts, as in Keepalived`,
      );
  }
}

/** @returns null: the line is dropped, as in Keepalived, and that has been said */
function readTrack(statement: Statement, report: Report): TrackDraft | null {
  const { keyword: name, words, origin } = statement;
  const [option, text, reverse] = words;
  if (option === undefined) return { name, statement, weight: null, reversed: null };
  const number = option === "weight" && text !== undefined ? weight(statement, text, report) : null;
  if (number !== null) {
    const turned = reverse === "reverse" || reverse === "noreverse";
    sayExtra(statement, turned ? 3 : 2, report);
    return { name, statement, weight: number, reversed: turned ? reverse === "reverse" : null };
  }
  report.warn(origin, `${name} ${words.join(" ")}: ${NOT_UNDERSTOOD}`);
  return null;
}

/** Of a file or a process, whose weight counts where the one here is out of range. */
function readCountedTrack(statement: Statement, strict: boolean, report: Report): TrackDraft | null {
  const { keyword: name, words, origin } = statement;
  const [option, text, reverse] = words;
  if (option === undefined) return { name, statement, weight: null, reversed: null };
  const turned = reverse === "reverse" || reverse === "noreverse";
  const isOdd = reverse !== undefined && !turned;
  if (option === "weight" && text !== undefined && !(isOdd && strict)) {
    sayExtra(statement, turned ? 3 : 2, report);
    const number = leadingInteger(statement, text, TRACKED_WEIGHT, report);
    return { name, statement, weight: number, reversed: turned ? reverse === "reverse" : null };
  }
  report.warn(origin, `${name} ${words.join(" ")}: ${NOT_UNDERSTOOD}`);
  return null;
}

const NOT_UNDERSTOOD =
  "not understood, so it is not tracked, as in Keepalived; accepted: weight N [reverse | noreverse]";
