/** Plain data that is the same, and what of it can be kept when something like it takes its place. Pure. */
import { sameBytes } from "../base/bytes.js";

type Fields = Readonly<Record<string, unknown>>;

/** Where settings stand is for messages alone. */
const PLACES: ReadonlySet<string> = new Set(["origin", "origins"]);

export function isPlace(key: string): boolean {
  return PLACES.has(key);
}

/** Deeply, but for where things stand. Bytes are compared as bytes. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isObject(one) || !isObject(other)) return false;
  if (one instanceof Uint8Array || other instanceof Uint8Array)
    return one instanceof Uint8Array && other instanceof Uint8Array && sameBytes(one, other);
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => isPlace(key) || isSame(one[key], other[key]));
}

/**
 * Puts the objects of an earlier value in the place of equal ones of a later value, where things stand included. What
 * follows then sees by identity that nothing has changed, and the later value costs no memory of its own.
 */
export class Sharing {
  /** What many have, such as the places of defaults, is looked at once. */
  readonly #found = new Map<object, { readonly before: unknown; readonly shared: unknown }>();

  /** `after`, or what equals it. Objects, arrays and bytes. */
  shared<T>(before: unknown, after: T): T {
    if (!isObject(after) || !isObject(before) || (before as unknown) === after) return after;
    const found = this.#found.get(after);
    if (found?.before === before) return found.shared as T;
    const shared = this.#look(before, after);
    this.#found.set(after, { before, shared });
    return shared as T;
  }

  #look(before: Fields, after: Fields): unknown {
    if (after instanceof Uint8Array)
      return before instanceof Uint8Array && sameBytes(before, after) ? before : after;
    if (before instanceof Uint8Array || Array.isArray(before) !== Array.isArray(after)) return after;
    const keys = Object.keys(after);
    const parts = keys.map((key) => this.shared(before[key], after[key]));
    const isWhole = keys.length === Object.keys(before).length;
    if (isWhole && parts.every((part, at) => Object.is(part, before[keys[at]!]))) return before;
    return Array.isArray(after) ? parts : Object.fromEntries(keys.map((key, at) => [key, parts[at]]));
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
