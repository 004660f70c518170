/** What the firewall has to let in: adverts to the multicast groups, or in unicast those of each peer. */
import type { Family, IpAddress } from "../../base/address.js";
import { VRRP_GROUPS } from "../../wire/vrrp.js";

export interface FirewallContext {
  /** The scrubbed configuration name: rules are marked with it, and only those with it are touched. */
  readonly name: string;
  /** Families that have virtual addresses. */
  readonly families: readonly Family[];
  /** Empty: multicast. */
  readonly unicastPeers: readonly IpAddress[];
}

export interface Rule {
  readonly match: "source" | "destination";
  /** Canonical text. */
  readonly address: string;
}

export function rulesOf(context: FirewallContext, family: Family): Rule[] {
  if (!context.families.includes(family)) return [];
  if (context.unicastPeers.length === 0) return [{ match: "destination", address: VRRP_GROUPS[family].text }];
  const peers = context.unicastPeers.filter((peer) => peer.family === family);
  return peers.map((peer) => ({ match: "source", address: peer.text }));
}

export interface FirewallOutcome {
  /** Sentences: what was done. Empty: nothing had to be. */
  readonly actions: readonly string[];
  /** Sentences: what could not be done, though vrrpd goes on. */
  readonly warnings: readonly string[];
}
