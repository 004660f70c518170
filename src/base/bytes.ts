/** Bytes in memory. */

/** The order of this machine's bytes, in which the kernel speaks over netlink and takes filters. */
export const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Whether two arrays hold the same bytes. For the few bytes of an advert a loop is faster than a call of Node's. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
