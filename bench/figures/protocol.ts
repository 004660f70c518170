/** What the protocol itself asks for (RFC 9568 §6.1), counted here once more: a bench trusts no code that it measures. */

/** @param priority of the one who waits, 1..254 */
export function skewMicros(priority: number, intervalMicros: number): number {
  return ((256 - priority) * intervalMicros) / 256;
}

/** From the last advert of a master that dies to the first of its successor, were everything else free. */
export function takeoverFloorMicros(priority: number, intervalMicros: number): number {
  return 3 * intervalMicros + skewMicros(priority, intervalMicros);
}
