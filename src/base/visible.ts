/**
 * Words that others have a say in (what a check prints, names of processes and interfaces), made so that a reader sees
 * all that is in them and nothing changes how the rest is shown.
 */

/**
 * Control characters; format characters, the bidirectional and zero-width ones among them; separators of lines and
 * paragraphs; halves of surrogate pairs; what else Unicode lets be shown as nothing, but for the selectors that emoji have.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|(?![\ufe00-\ufe0f])\p{Default_Ignorable_Code_Point}/gu;
const UNSEEN_IN_LINES =
  /[^\P{Cc}\t\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|(?![\ufe00-\ufe0f])\p{Default_Ignorable_Code_Point}/gu;

/** One line: each of them as `\u202e`, the way that JSON writes them too. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** The same, of a text whose line feeds and tabs are meant. */
export function visibleLines(text: string): string {
  return text.replace(UNSEEN_IN_LINES, escaped);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
