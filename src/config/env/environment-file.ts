/**
 * The text of a file of variables, as systemd reads EnvironmentFile= (systemd.exec(5)): comments, quotes, escapes, lines
 * that go on. A comment does not go on, as from systemd 254 on. What systemd would pass over with a word in its log is a
 * problem here. Pure.
 */
import { MOST_PROBLEMS, type Problem } from "../problem.js";

export interface EnvironmentText {
  /** Of a name that stands there twice, the later one. */
  readonly variables: ReadonlyMap<string, { readonly value: string; readonly line: number }>;
  /** The first ones. */
  readonly problems: readonly Problem[];
  /** How many more there are. */
  readonly moreProblems: number;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const NEWLINE = /[\n\r]/;
const BLANK = /[ \t\n\r]/;
const COMMENT = /[#;]/;
/** What a backslash within double quotes stands before in vain, unless it is one of these. */
const ESCAPED_IN_QUOTES = /["\\`$]/;
const ACCEPTED = "NAME=value, a comment that begins with # or ;, or nothing";

/** Never throws. @param file for the origins of problems */
export function parseEnvironmentText(file: string, text: string): EnvironmentText {
  return new Reader(file, text).read();
}

class Reader {
  readonly #variables = new Map<string, { value: string; line: number }>();
  readonly #problems: Problem[] = [];
  #moreProblems = 0;
  #at = 0;
  #line = 1;

  constructor(
    private readonly file: string,
    private readonly text: string,
  ) {}

  read(): EnvironmentText {
    while (this.#skip(BLANK)) {
      if (COMMENT.test(this.#next())) this.#take((char) => !NEWLINE.test(char));
      else this.#readVariable();
    }
    return { variables: this.#variables, problems: this.#problems, moreProblems: this.#moreProblems };
  }

  #readVariable(): void {
    const line = this.#line;
    const name = this.#take((char) => char !== "=" && !NEWLINE.test(char)).trimEnd();
    if (this.#next() !== "=") return this.#refuse(line, "this line", "has no “=”");
    this.#step();
    const value = this.#readValue(line, name);
    if (/^export\s/.test(name)) this.#refuse(line, "export", "is for a shell");
    else if (!NAME.test(name)) this.#refuse(line, "this line", "begins with no name of a variable");
    else if (value.includes("\0")) this.#refuse(line, name, "has a zero byte");
    else this.#variables.set(name, { value, line });
  }

  /** Quoted parts at its beginning, and then all up to the end of the line. */
  #readValue(line: number, name: string): string {
    let value = "";
    for (;;) {
      this.#take((char) => char === " " || char === "\t");
      const quote = this.#next();
      if (quote !== '"' && quote !== "'") return value + this.#readUnquoted();
      this.#step();
      value += quote === "'" ? this.#take((char) => char !== "'") : this.#readQuoted();
      if (this.#next() === quote) this.#step();
      else {
        this.#refuse(line, name, `has a ${quote} that is not closed`);
        return value;
      }
    }
  }

  #readQuoted(): string {
    let value = "";
    for (let char = this.#next(); char !== "" && char !== '"'; char = this.#next()) {
      this.#step();
      if (char !== "\\") value += char;
      else {
        const escaped = this.#step();
        if (ESCAPED_IN_QUOTES.test(escaped)) value += escaped;
        else if (escaped !== "\n") value += `\\${escaped}`;
      }
    }
    return value;
  }

  /** White space at its end does not count, unless it is escaped. */
  #readUnquoted(): string {
    let value = "";
    let kept = 0;
    for (let char = this.#next(); char !== "" && !NEWLINE.test(char); char = this.#next()) {
      this.#step();
      const escaped = char === "\\" ? this.#step() : null;
      if (escaped === null) value += char;
      else if (!NEWLINE.test(escaped)) value += escaped;
      if (escaped !== null || !BLANK.test(char)) kept = value.length;
    }
    return value.slice(0, kept);
  }

  #refuse(line: number, keyword: string, reason: string): void {
    if (this.#problems.length >= MOST_PROBLEMS) {
      this.#moreProblems += 1;
      return;
    }
    const origin = { file: this.file, line, column: 1, keyword };
    this.#problems.push({ origin, value: "", reason, accepted: ACCEPTED });
  }

  /** "": the end. */
  #next(): string {
    return this.text.charAt(this.#at);
  }

  #step(): string {
    const char = this.#next();
    this.#at += 1;
    if (char === "\n") this.#line += 1;
    return char;
  }

  #take(goesOn: (char: string) => boolean): string {
    const from = this.#at;
    while (this.#next() !== "" && goesOn(this.#next())) this.#step();
    return this.text.slice(from, this.#at);
  }

  /** Whether there is more. */
  #skip(what: RegExp): boolean {
    this.#take((char) => what.test(char));
    return this.#next() !== "";
  }
}
