/** Which address that equals a virtual address is a leftover of an earlier run, and which is the node's own. */
import type { InterfaceAddress } from "./input.js";

/**
 * A leftover carries vrrpd's mark, or a finite lifetime, or is a bare /32 or /128 that is not its interface's only
 * address of that family. Anything else is the node's own and is never touched.
 * @param all the interface's addresses; may be empty where it is known to have others.
 */
export function isLeftover(address: InterfaceAddress, all: readonly InterfaceAddress[]): boolean {
  if (address.marked || address.validSeconds !== null) return true;
  const bare = address.prefixLength === address.address.bytes.length * 8;
  return bare && !isOnlyAddress(address, all);
}

function isOnlyAddress(address: InterfaceAddress, all: readonly InterfaceAddress[]): boolean {
  const sameFamily = all.filter((other) => other.address.family === address.address.family);
  return sameFamily.length === 1 && sameFamily[0]!.address.text === address.address.text;
}
