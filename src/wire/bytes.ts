/** Room for an encoder, and big-endian numbers (network byte order) at offsets that the caller has checked. */
import { assert } from "../base/errors.js";

export function readUint16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! << 8) | bytes[offset + 1]!;
}

export function writeUint16(into: Uint8Array, offset: number, value: number): void {
  into[offset] = value >>> 8;
  into[offset + 1] = value;
}

/** Room of `length` bytes: the beginning of what the caller gave, or new. */
export function room(into: Uint8Array | undefined, length: number): Uint8Array {
  if (into === undefined) return new Uint8Array(length);
  assert(into.length >= length, `${length} bytes do not fit into ${into.length}`);
  return into.subarray(0, length);
}
