/**
 * A received VRRP message, of whichever version: the checks of RFC 9568 §7.1 (errata 8298 to 8301) and RFC 3768 §7.1
 * that need nothing but the packet. Which version, interval or password a router of ours accepts is the core's to say.
 */
import type { Advert, DropReason } from "./advert.js";
import { type Carriage, TYPE_ADVERTISEMENT, VERSION_AND_TYPE, VIRTUAL_ROUTER_ID } from "./vrrp.js";
import { decodeVrrp2 } from "./vrrp2.js";
import { decodeVrrp3 } from "./vrrp3.js";

/** What the receiving socket tells of a packet beside its bytes. */
export interface ReceiveContext extends Carriage {
  /** IPv4 TTL or IPv6 hop limit. Who may be heard from how far is the core's to say. */
  readonly ttl: number;
}

export type DecodedAdvert =
  | { readonly advert: Advert }
  | {
      readonly reason: DropReason;
      /** As far as the packet has one, right or wrong: drops are counted by it. */
      readonly virtualRouterId: number | null;
    };

/**
 * The advert in a VRRP message, or the first check that it fails, in this order: `version`, `type`, `truncated`
 * or `length`, `checksum` or `checksum-without-pseudo-header`, `no-addresses`, `zero-interval`, `virtual-router-id`,
 * `authentication-type`. The advert shares no memory with `message`. Never throws.
 */
export function decodeAdvert(message: Uint8Array, context: Carriage): DecodedAdvert {
  const decoded = decode(message, context);
  if (typeof decoded !== "string") return { advert: decoded };
  const virtualRouterId = message.length > VIRTUAL_ROUTER_ID ? message[VIRTUAL_ROUTER_ID]! : null;
  return { reason: decoded, virtualRouterId };
}

function decode(message: Uint8Array, context: Carriage): Advert | DropReason {
  if (message.length === 0) return "truncated";
  const version = message[VERSION_AND_TYPE]! >> 4;
  const isKnown = version === 3 || (version === 2 && context.family === "ipv4");
  if (!isKnown) return "version";
  if ((message[VERSION_AND_TYPE]! & 0x0f) !== TYPE_ADVERTISEMENT) return "type";
  return version === 3 ? decodeVrrp3(message, context) : decodeVrrp2(message, context);
}
