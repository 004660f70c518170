/**
 * Who may be heard: whether a packet counts for a virtual router, by where it comes from, where it was sent, and how
 * far it has come. This is decided before anything that it says is believed.
 */
import type { IpAddress } from "../../base/address.js";
import { sameBytes } from "../../base/bytes.js";
import type { DropReason } from "../../wire/advert.js";
import { VRRP_GROUPS, VRRP_TTL } from "../../wire/vrrp.js";
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
    family,
    unicastPeers,
    unicastStrict,
  }: Pick<VirtualRouterConfig, "family" | "unicastPeers" | "unicastStrict">) {
    this.#peers = new Map(unicastPeers.map((peer) => [peer.address.text, peer]));
    this.#group = VRRP_GROUPS[family].bytes;
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
      return sameBytes(destination, this.#group) ? LISTED : { reason: "unicast-destination" };
    }
    if (isMulticast(destination)) return { reason: ttl === VRRP_TTL ? "multicast-destination" : "ttl" };
    const peer = this.#peers.get(source.text);
    if (peer === undefined) {
      if (this.#strict) return { reason: "foreign-peer" };
      return ttl === VRRP_TTL ? UNLISTED : { reason: "foreign-peer-ttl" };
    }
    if (ttl >= peer.leastTtl) return LISTED;
    return { reason: peer.gateway === null ? "peer-ttl" : "min-ttl" };
  }

  /** For a virtual router that is none of ours: what comes over a router tells nothing of this network. */
  admitForeign(arrival: Arrival): Admission {
    if (arrival.ttl !== VRRP_TTL) return { reason: "ttl" };
    return sameBytes(arrival.destination, this.#group) ? LISTED : this.admit(arrival);
  }
}

/** Of either family: 224.0.0.0/4 with the broadcast address, ff00::/8. */
function isMulticast(destination: Uint8Array): boolean {
  if (destination.length === 16) return destination[0] === 0xff;
  return destination[0]! >= 0xe0;
}
