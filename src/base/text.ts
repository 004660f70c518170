/** Texts that people type. */

/**
 * The known name that a mistyped one most likely means: the candidate with the smallest edit distance; the first of
 * several. Empty: none is within `most`.
 */
export function nearestName(name: string, candidates: readonly string[], most = Number.MAX_VALUE): string {
  let nearest = { name: "", distance: most + 1 };
  for (const candidate of candidates) {
    const distance = editDistance(name, candidate);
    if (distance < nearest.distance) nearest = { name: candidate, distance };
  }
  return nearest.name;
}

/** Characters to insert, remove or replace (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const next = [line];
    for (let column = 1; column <= to.length; column++) {
      const replaced = row[column - 1]! + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}

/** What cannot be printed, escaped. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}
