/**
 * Who may be heard: whether a packet counts for a virtual router, by where it comes from, where it was sent, and how
 * far it has come. This is decided before anything that it says is believed.
 */
import type { IpAddress } from "../../base/address.js";
import { sameBytes } from "../../base/bytes.js";
import type { DropReason } from "../../wire/advert.js";
import { VRRP_TTL } from "../../wire/vrrp.js";
import type { UnicastPeer, VirtualRouterConfig } from "../config.js";

/** What the IP header says. */
export interface Arrival {
  readonly source: IpAddress;
  /** 4 or 16 bytes */
  readonly destination: Uint8Array;
  /** TTL or hop limit. */
  readonly ttl: number;
}

/** `listed`: from a unicast peer, or multicast. */
export type Admission = { readonly listed: boolean } | { readonly reason: DropReason };

const LISTED: Admission = { listed: true };
const UNLISTED: Admission = { listed: false };

/** The rule of one virtual router, made from its configuration. */
export class Audience {
  readonly #peers: ReadonlyMap<string, UnicastPeer>;
  readonly #group: Uint8Array;
  readonly #strict: boolean;

  constructor({
    unicastPeers,
    unicastStrict,
    multicastGroup,
  }: Pick<VirtualRouterConfig, "unicastPeers" | "unicastStrict" | "multicastGroup">) {
    this.#peers = new Map(unicastPeers.map((peer) => [peer.address.text, peer]));
    this.#group = multicastGroup.bytes;
    this.#strict = unicastStrict;
  }

  /**
   * Without unicast peers: what was sent to the group and has crossed no router. With peers: what was sent to this
   * node alone, by a peer that is as near as its route says; by anybody else from this network, unless the list is
   * strict.
   */
  admit({ source, destination, ttl }: Arrival): Admission {
    if (this.#peers.size === 0) {
      if (ttl !== VRRP_TTL) return { reason: "ttl" };
      if (sameBytes(destination, this.#group)) return LISTED;
      return { reason: isMulticast(destination) ? "other-group" : "unicast-destination" };
    }
    if (isMulticast(destination)) return { reason: ttl === VRRP_TTL ? "multicast-destination" : "ttl" };
    const peer = this.#peers.get(source.text);
    if (peer === undefined) {
      if (this.#strict) return { reason: "foreign-peer" };
      return ttl === VRRP_TTL ? UNLISTED : { reason: "foreign-peer-ttl" };
    }
    if (ttl >= peer.leastTtl) return LISTED;
    return { reason: peer.gateway === null && peer.leastTtl === VRRP_TTL ? "peer-ttl" : "min-ttl" };
  }

  /** For a virtual router that is none of ours: what comes over a router tells nothing of this network. */
  admitForeign(arrival: Arrival): Admission {
    if (arrival.ttl !== VRRP_TTL) return { reason: "ttl" };
    return sameBytes(arrival.destination, this.#group) ? LISTED : this.admit(arrival);
  }
}

/** For a virtual router that is none of ours: where one of ours hears it, it is of this network. */
export function admitForeign(audiences: Iterable<Audience>, arrival: Arrival): Admission {
  let refusal: Admission | null = null;
  for (const audience of audiences) {
    const admission = audience.admitForeign(arrival);
    if (!("reason" in admission)) return admission;
    refusal ??= admission;
  }
  return refusal ?? { reason: "other-group" };
}

/** Of either family: 224.0.0.0/4 with the broadcast address, ff00::/8. */
function isMulticast(destination: Uint8Array): boolean {
  if (destination.length === 16) return destination[0] === 0xff;
  return destination[0]! >= 0xe0;
}
