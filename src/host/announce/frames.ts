/** The frames that announce virtual addresses, ready to be sent: made anew when the interface's MAC changes. */
import type { AddressWithPrefix, IpAddress } from "../../base/address.js";
import type { MacAddress } from "../../base/mac.js";
import type { UnicastPeer } from "../../core/config.js";
import { encodeArpProbe, encodeArpRequest, encodeGratuitousArp } from "../../wire/arp.js";
import {
  encodeDuplicateAddressProbe,
  encodeNeighborSolicitation,
  encodeUnsolicitedNeighborAdvertisement,
} from "../../wire/ndisc.js";
import { readKernelValue } from "../kernel-values.js";

/** One frame for each virtual address, in their order. */
export type PreparedAnnouncements = readonly Uint8Array[];

/**
 * Gratuitous ARP for IPv4, unsolicited Neighbor Advertisements for IPv6; these come from the announced address
 * itself, as Keepalived's do, and say "router" where the interface forwards at this moment.
 */
export function prepareAnnouncements(
  interfaceName: string,
  mac: MacAddress,
  virtualAddresses: readonly AddressWithPrefix[],
): PreparedAnnouncements {
  const router = virtualAddresses.some(({ address }) => address.family === "ipv6") && forwards(interfaceName);
  return virtualAddresses.map(({ address }) =>
    address.family === "ipv4"
      ? encodeGratuitousArp({ mac, address })
      : encodeUnsolicitedNeighborAdvertisement({ mac, source: address.bytes, address, router }),
  );
}

/** Questions whether anybody else has them (RFC 5227 §2.1.1, RFC 4862 §5.4.2), from which nobody learns anything. */
export function prepareProbes(
  mac: MacAddress,
  virtualAddresses: readonly AddressWithPrefix[],
): PreparedAnnouncements {
  return virtualAddresses.map(({ address }) =>
    address.family === "ipv4"
      ? encodeArpProbe({ mac, address })
      : encodeDuplicateAddressProbe({ mac, address }),
  );
}

/**
 * Where this node itself is: said to all, and to each host that adverts come from in unicast, or the router before it,
 * by asking it for its own address. What that host still has of us is older (RFC 826, RFC 4861 §7.2.3).
 */
export function prepareIntroductions(
  interfaceName: string,
  mac: MacAddress,
  source: IpAddress,
  peers: readonly UnicastPeer[],
): PreparedAnnouncements {
  const hops = new Map(peers.map(({ gateway, address }) => [(gateway ?? address).text, gateway ?? address]));
  const asked = [...hops.values()].filter(({ family }) => family === source.family);
  return [
    ...prepareAnnouncements(interfaceName, mac, [{ address: source, prefixLength: 0 }]),
    ...asked.map((address) =>
      source.family === "ipv4"
        ? encodeArpRequest({ mac, address }, source)
        : encodeNeighborSolicitation({ mac, source, address }),
    ),
  ];
}

/** Whether the interface forwards IPv6 (RFC 4861 §6.2.2: it then is a router's). False where there is no IPv6. */
function forwards(interfaceName: string): boolean {
  const value = readKernelValue(`/proc/sys/net/ipv6/conf/${interfaceName}/forwarding`);
  return value !== null && value !== "0";
}
