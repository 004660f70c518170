/** Lists in sentences. */

const LISTED = 4;

/** The first few, and how many more. @param count of all, where not all are given */
export function shortList(items: readonly string[], count = items.length): string {
  const listed = items.slice(0, LISTED);
  return count <= listed.length
    ? listed.join(", ")
    : `${listed.join(", ")} and ${count - listed.length} more`;
}
