/** Which of an interface's addresses stands for the node: source of adverts, target of the probe, base of priorities. */
import { type IpAddress, isLinkLocal4, isLinkLocal6 } from "../base/address.js";
import type { InterfaceAddress } from "../core/input.js";
import type { HostFacts, InterfaceFacts } from "./facts.js";

export interface NodeAddresses {
  /** The node address proper: IPv4. */
  readonly ipv4: IpAddress | null;
  /** Target of the probe where there is no IPv4 address. */
  readonly globalIpv6: IpAddress | null;
  /** Base of the priorities where there is no IPv4 address. */
  readonly linkLocal: IpAddress | null;
}

/** @param virtual texts of all configured virtual addresses, which never stand for the node. */
export function findNodeAddresses(
  facts: HostFacts,
  chosen: InterfaceFacts | null,
  virtual: ReadonlySet<string>,
): NodeAddresses {
  const own = (chosen?.addresses ?? []).filter((entry) => !virtual.has(entry.address.text) && !entry.marked);
  const candidates = own.filter(isNodeCandidate).map((entry) => entry.address);
  const routeSource = facts.defaultRoute?.source?.text;
  const globalIpv6 = own.find((entry) => isIpv6(entry) && entry.scope === "global" && !entry.tentative);
  return {
    ipv4: candidates.find((address) => address.text === routeSource) ?? candidates[0] ?? null,
    globalIpv6: globalIpv6?.address ?? null,
    linkLocal: own.find((entry) => isLinkLocal6(entry.address))?.address ?? null,
  };
}

function isNodeCandidate(entry: InterfaceAddress): boolean {
  return (
    entry.address.family === "ipv4" &&
    entry.scope === "global" &&
    !entry.secondary &&
    !entry.label?.endsWith("vip") &&
    !isLinkLocal4(entry.address)
  );
}

function isIpv6(entry: InterfaceAddress): boolean {
  return entry.address.family === "ipv6";
}
