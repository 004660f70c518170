/** A hash that is the same after every restart and on every machine. */

/** FNV-1a of 32 bits, its halves folded into each other so that low bits depend on every byte; modulo `range`. */
export function stableHash(bytes: Iterable<number>, range: number): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return ((hash >>> 16) ^ (hash & 0xffff)) % range;
}
