/**
 * Adverts that take the way of real ones, through the package, the system call, routing and packet filters, and that the
 * kernel throws away before the interface: it lets no multicast packet out whose TTL is 0 (RFC 1112 §6.1), or whose
 * group ends at the interface (ff01::/16, RFC 4291 §2.7). Nothing hears them, on this host either.
 */
import { addressFromBytes, type Family } from "../../base/address.js";
import type { PreparedAdvert } from "./prepare.js";

interface Detour {
  /** Of all nodes: the kernel is a member of it wherever the family is in use, so that it looks at where it ends. */
  readonly group: Uint8Array;
  readonly destinationAt: number;
  /** TTL or hop limit. */
  readonly hopsAt: number;
}

const DETOURS: Readonly<Record<Family, Detour>> = {
  ipv4: { group: Uint8Array.of(224, 0, 0, 1), destinationAt: 16, hopsAt: 8 },
  ipv6: {
    group: Uint8Array.of(0xff, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
    destinationAt: 24,
    hopsAt: 7,
  },
};

/** The same advert, of its own memory, for nobody. */
export function unheard(family: Family, { packet, messageAt }: PreparedAdvert): PreparedAdvert {
  const { group, destinationAt, hopsAt } = DETOURS[family];
  const copy = packet.slice();
  copy.set(group, destinationAt);
  copy[hopsAt] = 0;
  return { destination: addressFromBytes(group).text, packet: copy, messageAt };
}
