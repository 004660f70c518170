/** What adverts are meant for the virtual routers of one interface and family: for the kernel's filter. */
import type { VirtualRouterConfig } from "../../core/config.js";
import type { Meant, Unicast } from "./filter.js";

export function meantFor(routers: readonly VirtualRouterConfig[]): Omit<Meant, "family"> {
  return {
    virtualRouterIds: routers.map(({ virtualRouterId }) => virtualRouterId),
    versions: new Set(routers.flatMap(versionsOf)),
    unicast: unicastOf(routers),
    addresses: routers.flatMap(({ virtualAddresses }) => virtualAddresses.map(({ address }) => address)),
  };
}

function versionsOf({ version, yieldsToVersion2 }: VirtualRouterConfig): (2 | 3)[] {
  return yieldsToVersion2 ? [2, version] : [version];
}

/** null: some virtual router hears the group. */
function unicastOf(routers: readonly VirtualRouterConfig[]): Unicast | null {
  if (routers.some(({ unicastPeers }) => unicastPeers.length === 0)) return null;
  return {
    peers: routers.flatMap(({ unicastPeers }) => unicastPeers),
    strict: routers.every(({ unicastStrict }) => unicastStrict),
  };
}
