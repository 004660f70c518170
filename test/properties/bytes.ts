/** Bytes that show when a decoder looks at anything outside of them. */
import { deepStrictEqual } from "node:assert";
import { surrounded } from "../wire/support.js";

const INDEX = /^-?\d+$/;

/**
 * What `read` makes of these bytes. It has to be the same whatever surrounds them in memory, and no index outside of
 * them may be asked for.
 */
export function readWithin<T>(bytes: Uint8Array, read: (bytes: Uint8Array) => T): T {
  const result = read(surrounded(bytes, 0));
  deepStrictEqual(read(surrounded(bytes, 0xff)), result);
  read(watched(bytes));
  return result;
}

/** The same bytes, and so every view of them; an index outside of them throws RangeError, where it is undefined else. */
function watched(bytes: Uint8Array): Uint8Array {
  return new Proxy(bytes, {
    get(target, key) {
      if (typeof key === "string" && INDEX.test(key) && !(key in target)) {
        throw new RangeError(`byte ${key} of ${target.length} was asked for`);
      }
      if (key === "subarray") {
        return (start?: number, end?: number) => watched(target.subarray(start, end));
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
