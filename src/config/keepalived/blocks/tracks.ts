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

export const TRACKED_PROCESS = "lets a process decide over the priority, which vrrpd does not do";
export const TRACKED_FILE = "lets a file decide over the priority, which vrrpd does not do";

/** Behind the name of a script or an interface. */
export const TRACK_WORDS: Readonly<Record<string, Class>> = {
  weight: "works",
  reverse: "works",
  noreverse: "works",
};

/** Of a name that stands twice the first counts. */
export function readTracks(list: TrackDraft[], { keyword, children }: Statement, report: Report): void {
  for (const line of children!) {
    const track = readTrack(line, report);
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
  const accepted = "accepted: weight N [reverse | noreverse]";
  report.warn(
    origin,
    `${name} ${words.join(" ")}: not understood, so it is not tracked, as in Keepalived; ${accepted}`,
  );
  return null;
}
