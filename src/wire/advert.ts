/** An advert without its bytes: what a decoder found, and what the core decides upon. */
import type { IpAddress } from "../base/address.js";
import { shortList } from "../base/lists.js";
import type { Micros } from "../base/time.js";

export type VrrpVersion = 2 | 3;

/** Version 3, IPv4: which of the two checksums in use the sender computes. */
export type ChecksumForm = "pseudo-header" | "message";

export interface Advert {
  readonly version: VrrpVersion;
  /** 1..255 */
  readonly virtualRouterId: number;
  /** 0..255; 0: the master releases */
  readonly priority: number;
  readonly advertIntervalMicros: Micros;
  /** All that are ours, of whichever virtual router, and the first few of the others: no packet fills the memory. */
  readonly addresses: readonly IpAddress[];
  /** Of all that it lists: 1..255. */
  readonly addressCount: number;
  /** null where there is no choice. */
  readonly checksumForm: ChecksumForm | null;
  /** Version 2: 8 bytes of simple password; null: none. */
  readonly password: Uint8Array | null;
}

const NAMED = 4;

/** The first few addresses as text. */
export function namedOf({ addresses }: Advert): string[] {
  return addresses.slice(0, NAMED).map(({ text }) => text);
}

/** The same for a sentence: "192.0.2.1, 192.0.2.2 and 8 more". */
export function listOf(advert: Advert): string {
  return shortList(namedOf(advert), advert.addressCount);
}

/** Why a received packet was not an advert for us. Counted by these names; nothing is dropped without one. */
export type DropReason =
  | "truncated"
  | "not-vrrp"
  | "fragment"
  /** It has crossed a router on its way to the group, or for a virtual router that is none of ours. */
  | "ttl"
  /** It has crossed a router, though it comes in the name of a unicast peer that no router is before. */
  | "peer-ttl"
  /** A unicast peer behind a router, and farther away than is allowed. */
  | "min-ttl"
  /** Sent to this node alone, which speaks multicast. */
  | "unicast-destination"
  /** Sent to another group than the one that this virtual router hears. */
  | "other-group"
  /** Sent to a group, where unicast peers are configured. */
  | "multicast-destination"
  | "version"
  | "type"
  | "length"
  | "checksum"
  | "checksum-without-pseudo-header"
  | "no-addresses"
  | "virtual-router-id"
  | "zero-interval"
  | "interval-mismatch"
  | "authentication-type"
  | "authentication-mismatch"
  | "own-source"
  /** Not one of the unicast peers, and the list is strict. */
  | "foreign-peer"
  /** Not one of the unicast peers, and from beyond a router. */
  | "foreign-peer-ttl"
  | "unknown-virtual-router"
  | "not-participating";

/** All of them: the compiler says which one is missing. */
const REASONS: Readonly<Record<DropReason, true>> = {
  truncated: true,
  "not-vrrp": true,
  fragment: true,
  ttl: true,
  "peer-ttl": true,
  "min-ttl": true,
  "unicast-destination": true,
  "other-group": true,
  "multicast-destination": true,
  version: true,
  type: true,
  length: true,
  checksum: true,
  "checksum-without-pseudo-header": true,
  "no-addresses": true,
  "virtual-router-id": true,
  "zero-interval": true,
  "interval-mismatch": true,
  "authentication-type": true,
  "authentication-mismatch": true,
  "own-source": true,
  "foreign-peer": true,
  "foreign-peer-ttl": true,
  "unknown-virtual-router": true,
  "not-participating": true,
};

export const DROP_REASONS = Object.keys(REASONS) as readonly DropReason[];
