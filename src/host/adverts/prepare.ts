/** Adverts as whole packets, encoded before they are needed. */
import type { Family, IpAddress } from "../../base/address.js";
import type { VirtualRouterConfig } from "../../core/config.js";
import { RELEASE_PRIORITY } from "../../core/election.js";
import { encodeIpv4Header, IPV4_HEADER_LENGTH } from "../../wire/ipv4.js";
import { encodeIpv6Header, IPV6_HEADER_LENGTH } from "../../wire/ipv6.js";
import { replacePriority, VRRP_PROTOCOL, VRRP_TTL } from "../../wire/vrrp.js";
import { encodeVrrp2 } from "../../wire/vrrp2.js";
import { encodeVrrp3 } from "../../wire/vrrp3.js";

const HEADER_LENGTH: Readonly<Record<Family, number>> = {
  ipv4: IPV4_HEADER_LENGTH,
  ipv6: IPV6_HEADER_LENGTH,
};

/** One packet to one destination, whose priority is set when it leaves. */
export interface PreparedAdvert {
  /** As `AdvertSocket.send` takes it. */
  readonly destination: string;
  readonly packet: Uint8Array;
  /** Where the VRRP message begins. */
  readonly messageAt: number;
}

/** What a virtual router sends at each advert: one packet to the group, or one to each unicast peer. */
export function prepareAdverts(router: VirtualRouterConfig, source: IpAddress): PreparedAdvert[] {
  const group = { address: router.multicastGroup, source: null };
  const destinations = router.unicastPeers.length > 0 ? router.unicastPeers : [group];
  return destinations.map((destination) => ({
    destination: destination.address.text,
    packet: prepareAdvert(router, destination.source ?? source, destination.address, RELEASE_PRIORITY),
    messageAt: HEADER_LENGTH[router.family],
  }));
}

/** The packet with this priority, 0..255: the very same bytes, valid until the next call. */
export function packetOf({ packet, messageAt }: PreparedAdvert, priority: number): Uint8Array {
  replacePriority(packet, messageAt, priority);
  return packet;
}

/** One packet, IP header included. @param priority 0..255 */
export function prepareAdvert(
  router: VirtualRouterConfig,
  source: IpAddress,
  destination: IpAddress,
  priority: number,
): Uint8Array {
  const message = encodeMessage(router, source, destination, priority);
  const headerLength = HEADER_LENGTH[router.family];
  const packet = new Uint8Array(headerLength + message.length);
  const ttl = router.unicastPeers.length > 0 ? router.unicastTtl : VRRP_TTL;
  const ends = { source: source.bytes, destination: destination.bytes, payloadLength: message.length, ttl };
  if (router.family === "ipv4") encodeIpv4Header(packet, ends);
  else encodeIpv6Header(packet, { ...ends, nextHeader: VRRP_PROTOCOL });
  packet.set(message, headerLength);
  return packet;
}

function encodeMessage(
  router: VirtualRouterConfig,
  source: IpAddress,
  destination: IpAddress,
  priority: number,
): Uint8Array {
  const { virtualRouterId, advertIntervalMicros, password, checksumPseudoHeader } = router;
  const advertised = router.virtualAddresses.slice(0, router.advertisedCount);
  const common = {
    virtualRouterId,
    priority,
    advertIntervalMicros,
    addresses: advertised.map((entry) => entry.address),
  };
  if (router.version === 2) return encodeVrrp2({ ...common, password });
  const carriage = { source: source.bytes, destination: destination.bytes };
  return encodeVrrp3({ ...common, ...carriage, checksumPseudoHeader });
}
