/** The unicast peers as this host reaches them: which way, from which of its addresses, and how far they may be. */
import { type Family, type IpAddress, isLinkLocal6 } from "../../base/address.js";
import { nameOf } from "../../core/origin.js";
import type { InstanceIntent } from "../intent.js";
import type { Warning } from "../problem.js";
import type { HostFacts } from "./facts.js";
import { type SourceFacts, unicastSource } from "./node-address.js";
import type { PlannedPeer } from "./types.js";

/** Where nothing is set: as far away as a packet can come from. */
const ANY_TTL = 1;

/**
 * The peers without this node's own addresses. A used family that lists nobody but this node is
 * a contradiction; its list then stays as it is, so that nothing can take it for multicast.
 * @param own texts of all addresses of this host
 */
export function resolvePeers(
  { value: asked, origin }: InstanceIntent["unicastPeers"],
  used: ReadonlySet<Family>,
  own: ReadonlySet<string>,
): { peers: readonly IpAddress[]; contradiction: string | null } {
  const peers = asked.filter((peer) => !own.has(peer.text));
  const has = (list: readonly IpAddress[], family: Family) => list.some((peer) => peer.family === family);
  const alone = [...used].filter((family) => has(asked, family) && !has(peers, family));
  if (alone.length === 0) return { peers, contradiction: null };
  const names = alone.map((family) => (family === "ipv4" ? "IPv4" : "IPv6")).join(" and ");
  return {
    peers: [...peers, ...asked.filter((peer) => own.has(peer.text) && alone.includes(peer.family))],
    contradiction: `${nameOf(origin)} lists only this node's own ${names} addresses, so no peer can be reached`,
  };
}

/**
 * A peer whose route is not known, or leads elsewhere, counts as on-link: the safe side. What is on-link sends with the
 * TTL that ours has.
 */
export function planPeer(
  address: IpAddress,
  { router: { unicastTtl }, unicastMinTtl: { value: minTtl } }: InstanceIntent,
  routes: HostFacts["routes"],
  facts: SourceFacts,
): PlannedPeer {
  const route = routes.get(address.text) ?? null;
  const gateway = route?.interface === facts.interface ? route.gateway : null;
  const from = unicastSource(facts, address, route?.source ?? null);
  const leastTtl = gateway === null ? unicastTtl : (minTtl ?? ANY_TTL);
  return { address, gateway, leastTtl, source: from.address, route, from };
}

/** "on-link on ens3", "by 192.0.2.1 on ens3": for check and doctor. */
export function wayTo({ address, route }: PlannedPeer, on: string): string {
  if (isLinkLocal6(address)) return `on-link on ${on}`;
  if (route === null) return "no route yet";
  return `${route.gateway === null ? "on-link" : `by ${route.gateway?.text}`} on ${route.interface}`;
}

/** What of the ways to the peers should be known. */
export function routeWarnings(
  peers: readonly PlannedPeer[],
  { unicastMinTtl: minTtl, unicastPeers }: Pick<InstanceIntent, "unicastMinTtl" | "unicastPeers">,
  on: string,
): Warning[] {
  const warnings = peers.flatMap(({ address, route }) =>
    route === null || route.interface === on
      ? []
      : [
          {
            origin: unicastPeers.origin,
            text: `the route to the peer ${address.text} leaves by ${route.interface}, but adverts are sent and heard on ${on}`,
          },
        ],
  );
  const routed = peers.filter(({ gateway }) => gateway !== null);
  if (routed.length === 0 || minTtl.value !== null) return warnings;
  const names = routed.map(({ address, gateway }) => `${address.text} (by ${gateway?.text})`).join(", ");
  return [
    ...warnings,
    {
      origin: minTtl.origin,
      text:
        `adverts of the peers behind a router are accepted from any distance, so that whoever can send packets through one ` +
        `can speak in their name: ${names}; set ${nameOf(minTtl.origin)} to 255 less the routers between`,
    },
  ];
}
