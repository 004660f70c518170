/** Readers of the values that several variables share: numbers, choices, switches, commands. */
import { quoteValue } from "./problem.js";
import { shellSyntaxOf } from "./shell-syntax.js";
import { accept, type Reading, refuse } from "./variable.js";
import { splitWords } from "./words.js";

export type Reader<T> = (value: string) => Reading<T>;

/** Decimal digits alone, `min`..`max`. */
export function wholeNumber(min: number, max = Number.MAX_VALUE): Reader<number> {
  return (value) => {
    const number = /^\d+$/.test(value) ? Math.min(Number(value), Number.MAX_VALUE) : Number.NaN;
    return number >= min && number <= max ? accept(number) : refuse(value);
  };
}

/** Seconds as a decimal fraction without sign or exponent, `min`..`max`. */
export function seconds(min: number, max: number): Reader<number> {
  return (value) => {
    const number = parseSeconds(value);
    return number !== null && number >= min && number <= max ? accept(number) : refuse(value);
  };
}

/** The number that decimal digits with at most one point spell, or null. */
export function parseSeconds(text: string): number | null {
  return /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : null;
}

/** One of the words, in any case. */
export function choice<const W extends string>(...words: readonly W[]): Reader<W> {
  return (value) => {
    const word = words.find((candidate) => candidate === value.toLowerCase());
    return word === undefined ? refuse(value) : accept(word);
  };
}

/** `on` or `off`. */
export const onOff: Reader<boolean> = (value) => {
  const word = choice("on", "off")(value);
  return { ...word, value: word.value === null ? null : word.value === "on" };
};

/** A number of `min`..`max`, or `off`. */
export function wholeNumberOrOff(min: number, max: number): Reader<number | null> {
  return (value) => (value.toLowerCase() === "off" ? accept(null) : wholeNumber(min, max)(value));
}

/** Anything. */
export const text: Reader<string> = (value) => accept(value);

/** A command: split into words; its program an absolute path, or a name that is looked for in PATH. */
export const command: Reader<readonly string[] | null> = (value) => {
  const split = splitWords(value);
  if ("reason" in split) return refuse(value, split.reason);
  const program = split.words[0] ?? "";
  if (program === "") return refuse(value, "names no program");
  if (program.includes("/") && !program.startsWith("/")) return refuse(value, "begins with a relative path");
  const warnings: string[] = [];
  if (!program.startsWith("/"))
    warnings.push(`${quoteValue(program)} is no path: it is looked for in PATH; a whole path is safer`);
  const syntax = shellSyntaxOf(value);
  if (syntax.length > 0) {
    warnings.push(
      `commands run without a shell, so ${syntax.map(quoteValue).join(" and ")} ${syntax.length > 1 ? "are" : "is"} ` +
        "no shell syntax there, but handed to the program as an argument; write /bin/sh -c '…' to have a shell read it",
    );
  }
  return accept(split.words, warnings);
};
