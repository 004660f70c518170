/** Puts lines into blocks. */
import { LIMITS } from "./limits.js";
import { hasBrace, type Line, piecesOf } from "./lines.js";
import { originOf, type Problems } from "./problems.js";
import type { Statement } from "./statement.js";
import { wordsOf } from "./words.js";

/** A statement that is still being read. */
interface Open extends Statement {
  children: Open[] | null;
}

export class Tree {
  readonly statements: Open[] = [];
  readonly #problems: Problems;
  /** The open blocks, outermost first. */
  readonly #open: Open[] = [];

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  add(line: Line): void {
    // A definition may have made a comment of all of it.
    if (line.text === "") return;
    if (!hasBrace(line)) return this.#state(line);
    for (const piece of piecesOf(line)) {
      if (piece.text === "{") this.#begin(piece);
      else if (piece.text === "}") this.#close(piece);
      else this.#state(piece);
    }
  }

  /** The end of the last file. What stands in an open block counts, as in Keepalived. */
  end(): void {
    const [outermost] = this.#open;
    if (outermost === undefined) return;
    this.#problems.warn(outermost.origin, {
      value: outermost.words.join(" "),
      reason: `has no closing }: ${this.#open.length} missing at the end of the file`,
      accepted: "a } for each {",
    });
  }

  get #siblings(): Open[] {
    return this.#open.at(-1)?.children ?? this.statements;
  }

  #state(line: Line): void {
    const { words, firstEnd, unterminated } = wordsOf(line.text);
    const keyword = words[0]!;
    const origin = originOf(line, keyword);
    const rest = line.text.slice(firstEnd).trim();
    this.#siblings.push({ keyword, words: words.slice(1), rest, origin, children: null });
    if (unterminated)
      this.#problems.warn(origin, {
        value: rest,
        reason: 'has no closing "',
        accepted: "a pair of double quotes on one line",
      });
  }

  #begin(line: Line): void {
    if (this.#open.length >= LIMITS.blockDepth)
      this.#problems.stop(originOf(line), {
        value: String(this.#open.length + 1),
        reason: "is a block too deep",
        accepted: `blocks within blocks up to ${LIMITS.blockDepth} deep`,
      });
    const owner = this.#siblings.at(-1);
    if (owner !== undefined && owner.children === null) return this.#enter(owner);
    this.#problems.warn(originOf(line), {
      value: "",
      reason: "belongs to no keyword; the block is skipped (Keepalived ignores the { alone)",
      accepted: "a keyword before each {",
    });
    const nameless: Open = { keyword: "{", words: [], rest: "", origin: originOf(line), children: null };
    this.#siblings.push(nameless);
    this.#enter(nameless);
  }

  #enter(owner: Open): void {
    owner.children = [];
    this.#open.push(owner);
  }

  #close(line: Line): void {
    if (this.#open.pop() !== undefined) return;
    this.#problems.warn(originOf(line), {
      value: "",
      reason: "closes no block, and is ignored",
      accepted: "a } for each {",
    });
  }
}
