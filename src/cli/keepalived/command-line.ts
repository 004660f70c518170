/** A command line as getopt_long(3) reads it, which Keepalived uses. */
import { type KeepalivedOption, OPTIONS, type OptionName } from "./options.js";

/** Values by option; empty of one that has none. Of one given twice the last counts, as in Keepalived. */
export type Given = ReadonlyMap<OptionName, string>;

export interface CommandLine {
  readonly given: Given;
  /** Words that belong to no option: Keepalived passes them over. */
  readonly operands: readonly string[];
  /** Why it cannot be read, a sentence without its full stop; null: it can. */
  readonly problem: string | null;
}

class Unreadable extends Error {}

/** Never throws. What stands before a mistake is given, as Keepalived acts on `-v` before it sees one. */
export function readCommandLine(words: readonly string[]): CommandLine {
  const reader = new Reader(words);
  try {
    reader.read();
    return { ...reader, problem: null };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { ...reader, problem: error.message };
  }
}

class Reader {
  readonly given = new Map<OptionName, string>();
  readonly operands: string[] = [];
  readonly #words: string[];

  constructor(words: readonly string[]) {
    this.#words = [...words];
  }

  read(): void {
    for (let word = this.#words.shift(); word !== undefined; word = this.#words.shift()) {
      if (word === "--") {
        this.operands.push(...this.#words.splice(0));
      } else if (word.startsWith("--")) this.#long(word.slice(2));
      else if (word.startsWith("-") && word.length > 1) this.#cluster(word.slice(1));
      else this.operands.push(word);
    }
  }

  #long(text: string): void {
    const [name, ...rest] = text.split("=");
    const option = byName(name!);
    if (rest.length === 0) return this.#take(option, `--${option.long}`);
    if (option.value === undefined) throw new Unreadable(`--${option.long} takes no value`);
    this.#give(option, rest.join("="));
  }

  /** `-nlf FILE`, `-nlfFILE` */
  #cluster(letters: string): void {
    for (let at = 0; at < letters.length; at++) {
      const option = OPTIONS.find(({ short }) => short === letters[at]);
      if (option === undefined) throw new Unreadable(`-${letters[at]} is no option`);
      const rest = letters.slice(at + 1);
      if (option.value === undefined) this.#give(option, "");
      else if (rest !== "" || option.optional) return this.#give(option, rest);
      else return this.#take(option, `-${letters[at]}`);
    }
  }

  /** An option whose value, if it has one, is the next word. */
  #take(option: KeepalivedOption, as: string): void {
    if (option.value === undefined || option.optional) return this.#give(option, "");
    const value = this.#words.shift();
    if (value === undefined) throw new Unreadable(`${as} needs a value behind it: ${option.value}`);
    this.#give(option, value);
  }

  #give(option: KeepalivedOption, value: string): void {
    this.given.set(option.long as OptionName, value);
  }
}

/** By the whole of its name, or by the beginning of it that no other has. */
function byName(name: string): KeepalivedOption {
  const exact = OPTIONS.find(({ long }) => long === name);
  if (exact !== undefined) return exact;
  const candidates = OPTIONS.filter(({ long }) => long.startsWith(name));
  if (candidates.length === 1) return candidates[0]!;
  const several = candidates.map(({ long }) => `--${long}`).join(", ");
  throw new Unreadable(
    candidates.length === 0 ? `--${name} is no option` : `--${name} may be any of ${several}`,
  );
}
