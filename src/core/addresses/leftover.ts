/** Which address that equals a virtual address is a leftover of an earlier run, and which is the node's own. */
import { isLinkLocal6, isSingleHost } from "../../base/address.js";
import { MICROS_PER_MILLISECOND, type Micros } from "../../base/time.js";
import type { InterfaceAddress } from "../input.js";
import type { LeftoverSigns } from "../virtual-address.js";

/** Where no lease is configured now, an earlier run may have had the usual one. */
const USUAL_LEASE_SECONDS = 90;

/** So long an address of the node's own may be away: DHCP, or a network configuration that is applied again. */
export const OWN_ABSENCE_MICROS: Micros = 500 * MICROS_PER_MILLISECOND;

/** An interface's addresses, and what may be virtual of them. */
export interface Neighbours {
  readonly all: readonly InterfaceAddress[];
  /** Of all virtual addresses of this host, by their texts without prefix length. */
  readonly signs: ReadonlyMap<string, LeftoverSigns>;
}

/**
 * A leftover carries vrrpd's mark. Without it (IPv6 addresses never show theirs) it looks like one, or equals a virtual
 * address where that is enough, and the node does not depend on it. Anything else is the node's own and is never touched.
 * @param alone see `isAlone`; asked for what looks like a leftover
 */
export function isLeftover(address: InterfaceAddress, signs: LeftoverSigns, alone: () => boolean): boolean {
  if (address.marked) return true;
  // vrrpd and Keepalived add IPv6 addresses without duplicate address detection; what a node lives on has it.
  if (looksLeftBehind(address, signs) && address.nodad) return true;
  if (signs.elsewherePrefixes.includes(address.prefixLength)) return true;
  return mayBeLeftBehind(address, signs) && !alone();
}

/**
 * Whether the interface would be left without an address of this family, if it and all that may be leftovers went.
 * Where to equal a virtual address is enough, any other address will do: a killed Keepalived leaves several of them.
 * A link-local IPv6 address does not count: nobody reaches a node by it.
 */
export function isAlone({ address, prefixLength }: InterfaceAddress, { all, signs }: Neighbours): boolean {
  const isEqual = signs.get(address.text)?.equalPrefixes.includes(prefixLength) === true;
  return !all.some((other) => {
    const { family, text } = other.address;
    if (family !== address.family || text === address.text || isLinkLocal6(other.address)) return false;
    if (isEqual) return true;
    const theirs = signs.get(text);
    return !other.marked && !(theirs !== undefined && mayBeLeftBehind(other, theirs));
  });
}

function mayBeLeftBehind(address: InterfaceAddress, signs: LeftoverSigns): boolean {
  return signs.equalPrefixes.includes(address.prefixLength) || looksLeftBehind(address, signs);
}

/** A lifetime above our lease is that of DHCP or of a router's advertisement. */
function looksLeftBehind(address: InterfaceAddress, { leaseSeconds }: LeftoverSigns): boolean {
  const { validSeconds } = address;
  if (validSeconds === null) return isSingleHost(address);
  return validSeconds <= (leaseSeconds ?? USUAL_LEASE_SECONDS);
}
