/** The facts of this host that planning needs, gathered at once; needs no privilege. */
import type { IpAddress } from "../../base/address.js";
import type { HostFacts, InterfaceFacts, PeerRoute } from "../../config/plan/facts.js";
import { readDefaultRoute, takeSnapshot } from "./dump.js";
import { findRoutes } from "./routes.js";
import { interfacesOf } from "./table.js";

/**
 * @param peers whose routes are asked for.
 * Throws VrrpdError `ENETLINK` when the kernel does not answer.
 */
export function gatherHostFacts(peers: readonly IpAddress[] = []): HostFacts {
  return hostFacts(interfacesOf(takeSnapshot()), peers);
}

/** The same for interfaces that are known already; asks the kernel for its routes alone. */
export function hostFacts(
  interfaces: readonly InterfaceFacts[],
  peers: readonly IpAddress[] = [],
): HostFacts {
  const nameOf = (index: number) => interfaces.find(({ link }) => link.index === index)?.name;
  const routes = new Map<string, PeerRoute>();
  for (const [peer, { interfaceIndex, gateway, source }] of findRoutes(peers)) {
    const name = nameOf(interfaceIndex);
    if (name !== undefined) routes.set(peer, { interface: name, gateway, source });
  }
  const route = readDefaultRoute();
  const name = route === null ? undefined : nameOf(route.interfaceIndex);
  if (route === null || name === undefined) return { interfaces, defaultRoute: null, routes };
  return { interfaces, defaultRoute: { interface: name, source: route.source }, routes };
}
