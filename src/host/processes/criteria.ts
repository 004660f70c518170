/** Which processes are meant, as Keepalived 2.2.7 means it (`vrrp_track_process`). Of texts with a character for each byte. */
import type { ProcessCriteria } from "../../config/index.js";

/** A process as /proc tells of it. */
export interface SeenProcess {
  /** The name that the kernel has, at most 15 bytes. */
  readonly name: string;
  /** Its words with a NUL behind each, cut where it is long; null: nobody asked for it. */
  readonly commandLine: string | null;
}

/** As it is compared. */
export interface Compared {
  readonly name: string;
  /** Whether its command line is compared, and not the kernel's name of it. */
  readonly whole: boolean;
  /** Each with a NUL behind it; null: none are asked for. */
  readonly words: string | null;
  readonly match: ProcessCriteria["match"];
}

export function comparedOf({ command, match, whole }: ProcessCriteria): Compared {
  const [name = "", ...words] = command.map(bytesOf);
  return { name, whole, words: words.length > 0 ? words.map((word) => `${word}\0`).join("") : null, match };
}

/** How much of a command line has to be read, so that a longer one is seen to be longer. */
export function bytesCompared({ name, words }: Compared): number {
  return name.length + 1 + (words?.length ?? 0) + 1;
}

export function isMeant(compared: Compared, { name, commandLine }: SeenProcess): boolean {
  if (!compared.whole) return name === compared.name;
  if (commandLine === null) return false;
  const end = commandLine.indexOf("\0");
  if ((end < 0 ? commandLine : commandLine.slice(0, end)) !== compared.name) return false;
  return compared.match === "any" || wordsMatch(compared, end < 0 ? "" : commandLine.slice(end + 1));
}

/** @param words behind the command's name */
function wordsMatch({ words: asked, match }: Compared, words: string): boolean {
  if (match === "exact") return words === (asked ?? "");
  if (asked === null) return true;
  // The first of them are those, or the last one that is asked for is only begun with.
  return match === "partial"
    ? words.startsWith(asked)
    : words.length >= asked.length && words.startsWith(asked.slice(0, -1));
}

export function bytesOf(text: string): string {
  return Buffer.from(text).toString("latin1");
}
