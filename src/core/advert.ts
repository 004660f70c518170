/** An advert as the core sees it: what a decoder of `wire` found, without the bytes. */
import type { IpAddress } from "../base/address.js";
import type { Micros } from "../base/time.js";
import type { VrrpVersion } from "./config.js";

export interface Advert {
  readonly version: VrrpVersion;
  /** 1..255 */
  readonly virtualRouterId: number;
  /** 0..255; 0: the master releases */
  readonly priority: number;
  readonly advertIntervalMicros: Micros;
  readonly addresses: readonly IpAddress[];
  /** Version 3, IPv4: which of the two checksums in use the sender computes; null where there is no choice. */
  readonly checksumForm: "pseudo-header" | "message" | null;
  /** Version 2: 8 bytes of simple password; null: none. */
  readonly password: Uint8Array | null;
}

/** Why a received packet was not an advert for us. Counted by these names; nothing is dropped without one. */
export type DropReason =
  | "truncated"
  | "not-vrrp"
  | "fragment"
  | "ttl"
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
  | "foreign-peer"
  | "unknown-virtual-router"
  | "not-participating";
