/**
 * The IPv4 header around an advert (RFC 791 §3.1), as raw sockets deliver it and take it with IP_HDRINCL.
 */
import { assert } from "../base/errors.js";
import type { DropReason } from "./advert.js";
import { readUint16, writeUint16 } from "./bytes.js";
import { internetChecksum } from "./checksum.js";
import { VRRP_PROTOCOL, VRRP_TRAFFIC_CLASS, VRRP_TTL } from "./vrrp.js";

const VERSION_AND_HEADER_LENGTH = 0;
const TYPE_OF_SERVICE = 1;
const TOTAL_LENGTH = 2;
const IDENTIFICATION = 4;
const FRAGMENT = 6;
const TTL = 8;
const PROTOCOL = 9;
const CHECKSUM = 10;
const SOURCE = 12;
const DESTINATION = 16;

/** Length of a header without options. */
export const IPV4_HEADER_LENGTH = 20;

/** "More fragments" and the fragment's offset; "don't fragment" is left out. */
const FRAGMENT_MASK = 0x3fff;

/** What a header says. The three arrays are views into the packet that was decoded. */
export interface Ipv4Packet {
  readonly ttl: number;
  /** Always 112: others are refused. */
  readonly protocol: number;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** Without header, options and whatever lies behind the total length. */
  readonly payload: Uint8Array;
}

/**
 * Takes the header, options included, off a VRRP packet. The header's checksum is not looked at: the kernel has
 * verified it. Reasons: `truncated` (bytes are missing), `not-vrrp` (not IPv4, or another protocol), `length` (the
 * header contradicts itself), `fragment`.
 */
export function decodeIpv4(packet: Uint8Array): Ipv4Packet | { readonly reason: DropReason } {
  if (packet.length < IPV4_HEADER_LENGTH) return { reason: "truncated" };
  const version = packet[VERSION_AND_HEADER_LENGTH]! >> 4;
  const protocol = packet[PROTOCOL]!;
  if (version !== 4 || protocol !== VRRP_PROTOCOL) return { reason: "not-vrrp" };
  const headerLength = (packet[VERSION_AND_HEADER_LENGTH]! & 0x0f) * 4;
  const totalLength = readUint16(packet, TOTAL_LENGTH);
  if (headerLength < IPV4_HEADER_LENGTH || totalLength < headerLength) return { reason: "length" };
  if (totalLength > packet.length) return { reason: "truncated" };
  if ((readUint16(packet, FRAGMENT) & FRAGMENT_MASK) !== 0) return { reason: "fragment" };
  return {
    ttl: packet[TTL]!,
    protocol,
    source: packet.subarray(SOURCE, SOURCE + 4),
    destination: packet.subarray(DESTINATION, DESTINATION + 4),
    payload: packet.subarray(headerLength, totalLength),
  };
}

export interface Ipv4HeaderFields {
  /** 4 bytes */
  readonly source: Uint8Array;
  /** 4 bytes */
  readonly destination: Uint8Array;
  /** Bytes of the message behind the header. */
  readonly payloadLength: number;
  /** 0..255; left out: 255 (RFC 9568 §5.1.1.3). */
  readonly ttl?: number;
}

/**
 * Writes the 20 bytes of header before a VRRP message: protocol 112, TOS 0xC0.
 *
 * The identification stays zero, for the kernel to fill in. The kernel computes the header checksum anew in any case
 * (raw(7)); it is written here all the same, so that the bytes are a valid packet wherever they are looked at.
 */
export function encodeIpv4Header(into: Uint8Array, fields: Ipv4HeaderFields): void {
  const { source, destination, payloadLength, ttl = VRRP_TTL } = fields;
  assert(into.length >= IPV4_HEADER_LENGTH, `an IPv4 header needs 20 bytes, not ${into.length}`);
  assert(source.length === 4 && destination.length === 4, "an IPv4 header takes addresses of 4 bytes");
  into[VERSION_AND_HEADER_LENGTH] = (4 << 4) | (IPV4_HEADER_LENGTH / 4);
  into[TYPE_OF_SERVICE] = VRRP_TRAFFIC_CLASS;
  writeUint16(into, TOTAL_LENGTH, IPV4_HEADER_LENGTH + payloadLength);
  writeUint16(into, IDENTIFICATION, 0);
  writeUint16(into, FRAGMENT, 0);
  into[TTL] = ttl;
  into[PROTOCOL] = VRRP_PROTOCOL;
  writeUint16(into, CHECKSUM, 0);
  into.set(source, SOURCE);
  into.set(destination, DESTINATION);
  writeUint16(into, CHECKSUM, internetChecksum(into, 0, IPV4_HEADER_LENGTH));
}
