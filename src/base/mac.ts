/** Ethernet addresses as values. */

export interface MacAddress {
  /** Lower-case, colon-separated. */
  readonly text: string;
  /** 6 bytes. */
  readonly bytes: Uint8Array;
}

export const MAC_LENGTH = 6;
export const BROADCAST_MAC = macFromBytes(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff));

/** The address of 6 bytes; the bytes are copied. Throws RangeError on any other length. */
export function macFromBytes(bytes: Uint8Array): MacAddress {
  if (bytes.length !== MAC_LENGTH) throw new RangeError(`a MAC address has 6 bytes, not ${bytes.length}`);
  const copy = Uint8Array.from(bytes);
  return { text: Array.from(copy, (byte) => byte.toString(16).padStart(2, "0")).join(":"), bytes: copy };
}
