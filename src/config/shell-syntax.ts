/**
 * What only a shell would understand in a command line that is run without one: `||`, `>`, `$(…)` and the like are
 * arguments there, silently. Quoted text is left alone, and so is what is handed to a shell behind `-c`.
 */

/** Operators that stand by themselves, or begin a word (`2>/dev/null`, `&>log`, `<input`). */
const OPERATOR = /^(\|\||\|&|\||&&|&>>?|&|;;|;|\d*>>|\d*>&|\d*>\||\d*>|<<<|<<|\d*<)/;
/** Of these only the word as a whole is one: `&x` or `|x` may well be meant. */
const ALONE = ["|", "||", "|&", "&", "&&", ";", ";;", "(", ")", "{", "}", "!"];
const SUBSTITUTION = /\$\(|`|\$\{[A-Za-z_]/;
const COMMAND_OPTION = /^-[A-Za-z]*c$/;
const BLANK = " \t\f\n\r\v";

interface Word {
  /** As written, quotes and escapes included. */
  readonly raw: string;
  /** What stands outside of quotes; a quoted part is one space. */
  readonly bare: string;
  /** What a shell would expand: what stands outside of single quotes. */
  readonly expanded: string;
}

/** The pieces of shell syntax in it, each once: never a whole word, since an argument may be a secret. */
export function shellSyntaxOf(line: string): string[] {
  const words = rawWords(line);
  const found = words.flatMap((word, position) => {
    const before = words[position - 1];
    return before !== undefined && COMMAND_OPTION.test(before.raw) ? [] : syntaxOf(word, position);
  });
  return [...new Set(found)];
}

function syntaxOf({ bare, expanded }: Word, position: number): string[] {
  const found: string[] = [];
  const operator = OPERATOR.exec(bare)?.[1];
  if (ALONE.includes(bare)) found.push(bare);
  else if (operator !== undefined && /[<>]/.test(operator)) found.push(operator);
  else if (/[^;];$/.test(bare)) found.push(";");
  const substitution = SUBSTITUTION.exec(expanded)?.[0] ?? /^\$[A-Za-z_]/.exec(expanded)?.[0];
  if (substitution !== undefined)
    found.push(substitution === "$(" || substitution === "`" ? substitution : "$");
  if (position === 0 && /^[A-Za-z_]\w*=/.test(bare)) found.push("=");
  return found;
}

function rawWords(line: string): Word[] {
  const words: Word[] = [];
  let word = { raw: "", bare: "", expanded: "" };
  let quote: string | null = null;
  const end = () => {
    if (word.raw !== "") words.push(word);
    word = { raw: "", bare: "", expanded: "" };
  };
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at]!;
    if (quote === null && BLANK.includes(char)) {
      end();
      continue;
    }
    word.raw += char;
    if (char === "\\") {
      word.raw += line[at + 1] ?? "";
      at += 1;
      if (quote === null) word.bare += " ";
    } else if (char === quote) quote = null;
    else if (quote === null && (char === "'" || char === '"')) {
      quote = char;
      word.bare += " ";
    } else {
      if (quote === null) word.bare += char;
      if (quote !== "'") word.expanded += char;
    }
  }
  end();
  return words;
}
