/** What planning needs to know of this host. Gathered by the host floor; the planner itself looks at nothing. */
import type { IpAddress } from "../../base/address.js";
import type { InterfaceAddress, LinkState } from "../../core/input.js";

export interface InterfaceFacts {
  readonly name: string;
  readonly link: LinkState;
  /** The interface that this one belongs to (a bridge, a bond, `ovs-system`, a VRF); null: none. */
  readonly master: string | null;
  /** In the kernel's order. */
  readonly addresses: readonly InterfaceAddress[];
}

/** The route to another host, as `ip route get` tells it. */
export interface PeerRoute {
  /** Name of the interface that it leaves by. */
  readonly interface: string;
  /** The next router; null: the host is on-link. */
  readonly gateway: IpAddress | null;
  readonly source: IpAddress | null;
}

export interface HostFacts {
  readonly interfaces: readonly InterfaceFacts[];
  /** The IPv4 default route with the lowest metric; `source` is its preferred source. */
  readonly defaultRoute: { readonly interface: string; readonly source: IpAddress | null } | null;
  /** To the unicast peers, by address; one without a route is not in it. */
  readonly routes: ReadonlyMap<string, PeerRoute>;
}
