/** What adverts are meant for the virtual routers of one interface and family: for the kernel's filter. */
import type { Family, IpAddress } from "../../base/address.js";
import type { VirtualRouterConfig } from "../../core/config.js";
import type { Meant, Unicast } from "./filter.js";

/** Settings of a virtual router that it is made of. */
export const MEANT_BY = [
  "virtualRouterId",
  "version",
  "yieldsToVersion2",
  "unicastPeers",
  "multicastGroup",
  "unicastStrict",
  "virtualAddresses",
] as const satisfies readonly (keyof VirtualRouterConfig)[];

export function meantFor(routers: readonly VirtualRouterConfig[]): Omit<Meant, "family"> {
  return {
    virtualRouterIds: routers.map(({ virtualRouterId }) => virtualRouterId),
    versions: new Set(routers.flatMap(versionsOf)),
    groups: groupsOf(routers.filter(({ unicastPeers }) => unicastPeers.length === 0)),
    unicast: unicastOf(routers),
    addresses: routers.flatMap(({ virtualAddresses }) =>
      virtualAddresses.filter(({ advertised }) => advertised).map(({ address }) => address),
    ),
  };
}

export function ofFamily(family: Family, routers: readonly VirtualRouterConfig[]): VirtualRouterConfig[] {
  return routers.filter((router) => router.family === family);
}

/** Each once. */
export function groupsOf(routers: readonly Pick<VirtualRouterConfig, "multicastGroup">[]): IpAddress[] {
  return [...new Map(routers.map(({ multicastGroup }) => [multicastGroup.text, multicastGroup])).values()];
}

type Grouped = Parameters<typeof groupsOf>[0];

export function haveSameGroups(one: Grouped, other: Grouped): boolean {
  const [some, others] = [one, other].map((routers) => groupsOf(routers).map(({ text }) => text));
  return some!.length === others!.length && some!.every((text) => others!.includes(text));
}

function versionsOf({ version, yieldsToVersion2 }: VirtualRouterConfig): (2 | 3)[] {
  return yieldsToVersion2 ? [2, version] : [version];
}

/** The rule is that of core/admission.ts; routers that share a socket hear what one of them does. */
function unicastOf(routers: readonly VirtualRouterConfig[]): Unicast | null {
  const withPeers = routers.filter(({ unicastPeers }) => unicastPeers.length > 0);
  if (withPeers.length === 0) return null;
  return {
    peers: withPeers.flatMap(({ unicastPeers }) => unicastPeers),
    strict: withPeers.every(({ unicastStrict }) => unicastStrict),
  };
}
