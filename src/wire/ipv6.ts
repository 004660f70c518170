/**
 * The IPv6 header (RFC 8200 §3) of what vrrpd sends: adverts with IPV6_HDRINCL, Neighbor Advertisements as frames.
 */
import { assert } from "../base/errors.js";
import { readUint16, writeUint16 } from "./bytes.js";
import { VRRP_TRAFFIC_CLASS, VRRP_TTL } from "./vrrp.js";

const VERSION_AND_TRAFFIC_CLASS = 0;
const FLOW_LABEL = 2;
const PAYLOAD_LENGTH = 4;
const NEXT_HEADER = 6;
const HOP_LIMIT = 7;
const SOURCE = 8;
const DESTINATION = 24;

export const IPV6_HEADER_LENGTH = 40;

export interface Ipv6HeaderFields {
  /** 16 bytes */
  readonly source: Uint8Array;
  /** 16 bytes */
  readonly destination: Uint8Array;
  /** 112 for VRRP, 58 for ICMPv6. */
  readonly nextHeader: number;
  /** Bytes behind the header. */
  readonly payloadLength: number;
  /** Hop limit, 0..255; left out: the 255 that VRRP (RFC 9568 §5.1.2.3) and Neighbor Discovery (RFC 4861 §7.1.2) demand. */
  readonly ttl?: number;
}

/** Writes the 40 bytes of header: traffic class 0xC0, flow label 0. */
export function encodeIpv6Header(into: Uint8Array, fields: Ipv6HeaderFields): void {
  const { source, destination, nextHeader, payloadLength, ttl = VRRP_TTL } = fields;
  assert(into.length >= IPV6_HEADER_LENGTH, `an IPv6 header needs 40 bytes, not ${into.length}`);
  assert(source.length === 16 && destination.length === 16, "an IPv6 header takes addresses of 16 bytes");
  writeUint16(into, VERSION_AND_TRAFFIC_CLASS, (6 << 12) | (VRRP_TRAFFIC_CLASS << 4));
  writeUint16(into, FLOW_LABEL, 0);
  writeUint16(into, PAYLOAD_LENGTH, payloadLength);
  into[NEXT_HEADER] = nextHeader;
  into[HOP_LIMIT] = ttl;
  into.set(source, SOURCE);
  into.set(destination, DESTINATION);
}

/** What a header says. The arrays are views into the packet that was decoded. */
export interface Ipv6Packet {
  readonly nextHeader: number;
  readonly hopLimit: number;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly payload: Uint8Array;
}

/** Takes the header off a packet; null when it is not IPv6 or shorter than it says. Extension headers stay on. */
export function decodeIpv6(packet: Uint8Array): Ipv6Packet | null {
  if (packet.length < IPV6_HEADER_LENGTH || packet[VERSION_AND_TRAFFIC_CLASS]! >> 4 !== 6) return null;
  const end = IPV6_HEADER_LENGTH + readUint16(packet, PAYLOAD_LENGTH);
  if (end > packet.length) return null;
  return {
    nextHeader: packet[NEXT_HEADER]!,
    hopLimit: packet[HOP_LIMIT]!,
    source: packet.subarray(SOURCE, SOURCE + 16),
    destination: packet.subarray(DESTINATION, DESTINATION + 16),
    payload: packet.subarray(IPV6_HEADER_LENGTH, end),
  };
}
