/** `$NAME=value`, and what stands for it in later lines. */
import { LIMITS } from "./limits.js";

/** What a name stands for: one text, or the lines of a definition over several. */
export type Definition = { readonly text: string } | { readonly lines: readonly string[] };

export type Definitions = ReadonlyMap<string, Definition>;

export interface Assignment {
  readonly name: string;
  readonly value: string;
}

/** null: the line is no definition. There is no blank before the `=`. */
export function assignmentOf(text: string): Assignment | null {
  const match = /^\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))=/.exec(text);
  if (match === null) return null;
  return { name: match[1] ?? match[2]!, value: text.slice(match[0].length).trim() };
}

export type Replaced =
  | { readonly text: string }
  /** The line is the name of a definition of several lines. */
  | { readonly lines: readonly string[] }
  | { readonly reason: string };

/** `${NAME}` anywhere; `$NAME` before a blank, a comma, a closing parenthesis, or at the end. */
export const REFERENCE = /\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+)(?=[ \t,)]|$))/g;

/** The line with each known name replaced, and those in the values too. Unknown names stay as they are. */
export function replaceDefinitions(text: string, definitions: Definitions): Replaced {
  let [result, replaced] = [text, 0];
  for (let from = 0; ; ) {
    REFERENCE.lastIndex = from;
    const match = REFERENCE.exec(result);
    if (match === null) return { text: result };
    const definition = definitions.get(match[1] ?? match[2]!);
    if (definition === undefined) {
      from = match.index + match[0].length;
      continue;
    }
    if ("lines" in definition) {
      if (match[0] === result.trim()) return definition;
      return { reason: "a definition of several lines stands alone on its line" };
    }
    result = result.slice(0, match.index) + definition.text + result.slice(match.index + match[0].length);
    from = match.index;
    replaced++;
    if (replaced > LIMITS.replacements)
      return { reason: `takes more than ${LIMITS.replacements} replacements` };
    if (result.length > LIMITS.expandedLine)
      return { reason: `grows beyond ${LIMITS.expandedLine} characters` };
  }
}
