/** What the firewall has to let in: adverts to the multicast groups, and in unicast those of each peer. */
import type { Family, IpAddress } from "../../base/address.js";

export interface FirewallContext {
  /** The scrubbed configuration name: rules are marked with it, and only those with it are touched. */
  readonly name: string;
  /** Families that have virtual addresses. */
  readonly families: readonly Family[];
  /** Those that virtual routers hear, each once. */
  readonly groups: readonly IpAddress[];
  readonly unicastPeers: readonly IpAddress[];
}

export interface Rule {
  readonly match: "source" | "destination";
  /** Canonical text. */
  readonly address: string;
}

export function rulesOf(context: FirewallContext, family: Family): Rule[] {
  if (!context.families.includes(family)) return [];
  const groups = context.groups.filter((group) => group.family === family);
  const peers = context.unicastPeers.filter((peer) => peer.family === family);
  return [
    ...groups.map(({ text }): Rule => ({ match: "destination", address: text })),
    ...peers.map(({ text }): Rule => ({ match: "source", address: text })),
  ];
}

export interface FirewallOutcome {
  /** Sentences: what was done. Empty: nothing had to be. */
  readonly actions: readonly string[];
  /** Sentences: what could not be done, though vrrpd goes on. */
  readonly warnings: readonly string[];
}
