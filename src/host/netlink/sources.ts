/** The address that an interface's adverts are sent from, which also decides between equal priorities. */
import {
  type AddressWithPrefix,
  type Family,
  type IpAddress,
  isLinkLocal4,
  isLinkLocal6,
} from "../../base/address.js";
import { findNodeAddresses } from "../../config/node-address.js";
import type { InterfaceAddress, LinkState } from "../../core/input.js";
import { isLeftover } from "../../core/leftover.js";

export interface PrimarySource {
  readonly source: IpAddress | null;
  /** Why there is none, as a sentence without its full stop. */
  readonly detail: string | null;
}

/** The rule for the node address looks at addresses alone. */
const ANY_LINK: LinkState = { index: 0, up: true, carrier: true, mac: null, mtu: 0 };

/**
 * IPv4: the node address, else any other address that is not virtual, 169.254/16 last, else a virtual address that is
 * the node's own (the only one it has: what served under Keepalived goes on serving). IPv6: the first link-local
 * address whose duplicate address detection has ended (RFC 9568 §5.1.2.1).
 * @param defaultRouteSource preferred where it is one of the interface's addresses.
 */
export function primarySource(
  interfaceName: string,
  addresses: readonly InterfaceAddress[],
  family: Family,
  virtualAddresses: readonly AddressWithPrefix[],
  defaultRouteSource: IpAddress | null = null,
): PrimarySource {
  const virtual = new Set(virtualAddresses.map(({ address }) => address.text));
  if (family === "ipv6") return linkLocalSource(interfaceName, addresses, virtual);
  const defaultRoute = { interface: interfaceName, source: defaultRouteSource };
  const facts = { name: interfaceName, link: ANY_LINK, master: null, addresses };
  const node = findNodeAddresses({ interfaces: [facts], defaultRoute }, facts, virtual).ipv4;
  const source = node ?? anyIpv4(addresses, virtual) ?? ownVirtual(addresses);
  return { source, detail: source === null ? `${interfaceName} has no IPv4 address of its own` : null };
}

function anyIpv4(addresses: readonly InterfaceAddress[], virtual: ReadonlySet<string>): IpAddress | null {
  const own = addresses.filter(
    ({ address, scope, marked }) =>
      address.family === "ipv4" && scope !== "host" && !marked && !virtual.has(address.text),
  );
  return (own.find(({ address }) => !isLinkLocal4(address)) ?? own[0])?.address ?? null;
}

function ownVirtual(addresses: readonly InterfaceAddress[]): IpAddress | null {
  const own = addresses.find((entry) => entry.address.family === "ipv4" && !isLeftover(entry, addresses));
  return own?.address ?? null;
}

function linkLocalSource(
  interfaceName: string,
  addresses: readonly InterfaceAddress[],
  virtual: ReadonlySet<string>,
): PrimarySource {
  const own = addresses.filter(({ address }) => isLinkLocal6(address) && !virtual.has(address.text));
  const usable = own.find(({ tentative }) => !tentative);
  if (usable !== undefined) return { source: usable.address, detail: null };
  const waiting = own[0]?.address.text;
  const missing = `${interfaceName} has no link-local IPv6 address`;
  const tentative = `the link-local address ${waiting} of ${interfaceName} is tentative`;
  return { source: null, detail: waiting === undefined ? missing : tentative };
}
