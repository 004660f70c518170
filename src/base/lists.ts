/** Lists in sentences. */

const LISTED = 4;

/** The first few, and how many more. @param count of all, where not all are given */
export function shortList(items: readonly string[], count = items.length): string {
  const listed = items.slice(0, LISTED);
  return count <= listed.length
    ? listed.join(", ")
    : `${listed.join(", ")} and ${count - listed.length} more`;
}

/** Whether two lists, item by item, have the very same values in these fields. */
export function isSameIn<T>(fields: readonly (keyof T)[], one: readonly T[], other: readonly T[]): boolean {
  if (one.length !== other.length) return false;
  return one.every((item, at) => {
    const match = other[at]!;
    return item === match || fields.every((field) => item[field] === match[field]);
  });
}

/** Without a list of them: for what is asked at each wake-up. */
export function sumOf<T>(all: Iterable<T>, of: (one: T) => number): number {
  let sum = 0;
  for (const one of all) sum += of(one);
  return sum;
}
