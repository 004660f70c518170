/**
 * The Internet checksum (RFC 1071) and the pseudo-headers in front of it (RFC 5798 §5.2.8, RFC 8200 §8.1).
 *
 * A sum is a plain number to which 16-bit words are added; it is folded once, at the end. JavaScript's numbers are
 * exact up to 2^53, so that no packet can overflow it. Nothing here allocates.
 */

/** A sum of 16-bit words that is not yet folded. */
export type WordSum = number;

/** A message with its right checksum in place folds to this (ones' complement zero). */
const RIGHT = 0xffff;

/**
 * Adds the big-endian 16-bit words of `bytes` from `start` up to `end`. A last odd byte counts as the high half of a
 * word, so only the last range of a message may have an odd length.
 */
export function addWords(sum: WordSum, bytes: Uint8Array, start: number, end: number): WordSum {
  let total = sum;
  const lastPair = end - 1;
  let offset = start;
  for (; offset < lastPair; offset += 2) total += (bytes[offset]! << 8) | bytes[offset + 1]!;
  if (offset < end) total += bytes[offset]! << 8;
  return total;
}

/** The checksum to write: the folded sum's complement. The checksum's own field was summed as zero. */
export function checksumOf(sum: WordSum): number {
  return ~fold(sum) & 0xffff;
}

/** What a checksum becomes when one word of the message does (RFC 1624 §3, equation 3). */
export function updatedChecksum(checksum: number, before: number, after: number): number {
  return checksumOf((~checksum & 0xffff) + (~before & 0xffff) + after);
}

/** Whether a sum that includes the checksum's own field is that of an undamaged message. */
export function isRightSum(sum: WordSum): boolean {
  return fold(sum) === RIGHT;
}

/** The checksum of the bytes from `start` up to `end`, on top of `initial` (a pseudo-header's sum). */
export function internetChecksum(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
  initial: WordSum = 0,
): number {
  return checksumOf(addWords(initial, bytes, start, end));
}

/** Source, destination, zero, protocol, length (RFC 793 §3.1; for VRRP RFC 5798 §5.2.8 as it is deployed). */
export function ipv4PseudoHeaderSum(
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  length: number,
): WordSum {
  return addWords(addWords(protocol + length, source, 0, 4), destination, 0, 4);
}

/** Source, destination, upper-layer length (32 bits), zero, next header (RFC 8200 §8.1). */
export function ipv6PseudoHeaderSum(
  source: Uint8Array,
  destination: Uint8Array,
  nextHeader: number,
  length: number,
): WordSum {
  const lengthWords = (length >>> 16) + (length & 0xffff);
  return addWords(addWords(nextHeader + lengthWords, source, 0, 16), destination, 0, 16);
}

function fold(sum: WordSum): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return folded;
}
