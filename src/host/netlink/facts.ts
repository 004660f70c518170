/** The facts of this host that planning needs, gathered at once; needs no privilege. */
import type { HostFacts, InterfaceFacts } from "../../config/facts.js";
import { readDefaultRoute, takeSnapshot } from "./dump.js";
import { interfacesOf } from "./table.js";

/** Throws VrrpdError `ENETLINK` when the kernel does not answer. */
export function gatherHostFacts(): HostFacts {
  return hostFacts(interfacesOf(takeSnapshot()));
}

/** The same for interfaces that are known already; asks the kernel for the default route alone. */
export function hostFacts(interfaces: readonly InterfaceFacts[]): HostFacts {
  const route = readDefaultRoute();
  const name = interfaces.find(({ link }) => link.index === route?.interfaceIndex)?.name;
  if (route === null || name === undefined) return { interfaces, defaultRoute: null };
  return { interfaces, defaultRoute: { interface: name, source: route.source } };
}
