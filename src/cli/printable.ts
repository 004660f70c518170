/** What a terminal is given: our colours and lines, and nothing else that it would obey. */
import { visibleLines } from "../base/visible.js";
import { COLOUR_SEQUENCES, HOME_AND_CLEAR } from "./view/paint.js";

export function printable(text: string): string {
  const [first, rest] = text.startsWith(HOME_AND_CLEAR)
    ? [HOME_AND_CLEAR, text.slice(HOME_AND_CLEAR.length)]
    : ["", text];
  const pieces = rest.split(COLOUR_SEQUENCES);
  // Every other one is a sequence.
  return first + pieces.map((piece, at) => (at % 2 === 0 ? visibleLines(piece) : piece)).join("");
}
