/** Readers of the values that several variables share: numbers, choices, switches, commands. */
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

/** A command: split into words, its first word an absolute path. */
export const command: Reader<readonly string[] | null> = (value) => {
  const split = splitWords(value);
  if ("reason" in split) return refuse(value, split.reason);
  if (!split.words[0]?.startsWith("/")) return refuse(value, "does not begin with an absolute path");
  return accept(split.words);
};
