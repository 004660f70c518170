/** `~SEQ(v, first, last) text` and `~LST(v, a, b) text`: one line for each value. */
import { REFERENCE } from "./definitions.js";

/** What each turn puts in the place of the variables. */
export type Turn = ReadonlyMap<string, string>;

export type Loop =
  | {
      readonly turns: () => Iterable<Turn>;
      readonly count: number;
      readonly body: string;
      readonly bodyAt: number;
    }
  | { readonly reason: string };

const KINDS = { "~SEQ": sequenceOf, "~LST": listOf } as const;

/** null: the line begins with no loop. */
export function loopOf(text: string): Loop | null {
  const head = /^(~SEQ|~LST)\(/.exec(text);
  if (head === null) return null;
  const close = text.indexOf(")", head[0].length);
  if (close === -1) return { reason: "has no closing )" };
  const values = KINDS[head[1] as keyof typeof KINDS](text.slice(head[0].length, close));
  if ("reason" in values) return values;
  const bodyAt = close + 1 + (/^[ \t]*/.exec(text.slice(close + 1))?.[0].length ?? 0);
  return { ...values, body: text.slice(bodyAt), bodyAt };
}

/** The text with the turn's variables in it, which are written as definitions are. */
export function textOfTurn(body: string, turn: Turn): string {
  return body.replace(REFERENCE, (whole, braced, plain) => turn.get(braced ?? plain) ?? whole);
}

type Values = { readonly turns: () => Iterable<Turn>; readonly count: number } | { readonly reason: string };

function sequenceOf(inside: string): Values {
  const [name, ...texts] = inside.split(",").map((word) => word.trim());
  const numbers = texts.map(Number);
  const whole = texts.every((text) => /^-?\d+$/.test(text)) && numbers.every(Number.isSafeInteger);
  if (!isName(name) || !whole || numbers.length < 2 || numbers.length > 3)
    return { reason: "is no sequence" };
  const [first, last] = [numbers[0]!, numbers.at(-1)!];
  const step = numbers.length === 3 ? numbers[1]! : first <= last ? 1 : -1;
  if (step === 0) return { reason: "has a step of 0" };
  if (first !== last && step > 0 !== first < last)
    return { reason: "has a step that leads away from its end" };
  const count = Math.max(0, Math.floor((last - first) / step) + 1);
  return {
    count,
    *turns() {
      for (let turn = 0; turn < count; turn++) yield new Map([[name, String(first + turn * step)]]);
    },
  };
}

/** `v, a, b` or `{v, w}, {a, b}, {c, d}`. */
function listOf(inside: string): Values {
  const items = [...inside.matchAll(/\{([^{}]*)\}|([^,{}]+)/g)]
    .map(([, group, single]) => (group ?? single!).split(",").map((word) => word.trim()))
    .filter((words) => words.join("") !== "");
  const [names, ...values] = items;
  if (names === undefined || values.length === 0 || !names.every(isName)) return { reason: "is no list" };
  if (values.some((words) => words.length !== names.length))
    return { reason: "has not as many values as variables" };
  return {
    count: values.length,
    *turns() {
      for (const words of values) yield new Map(names.map((name, index) => [name, words[index]!]));
    },
  };
}

function isName(name: string | undefined): name is string {
  return name !== undefined && /^[A-Za-z0-9_]+$/.test(name);
}
