/**
 * An ICMPv6 message of Neighbor Discovery in its frame: hop limit 255 (RFC 4861 §7.1), and a checksum that covers the
 * pseudo-header (RFC 4443 §2.3).
 */
import type { MacAddress } from "../base/mac.js";
import { room, writeUint16 } from "./bytes.js";
import { addWords, internetChecksum, ipv6PseudoHeaderSum, isRightSum } from "./checksum.js";
import { ETHER_TYPE_IPV6, ETHERNET_HEADER_LENGTH, etherTypeOf, writeEthernetHeader } from "./ethernet.js";
import { decodeIpv6, encodeIpv6Header, IPV6_HEADER_LENGTH } from "./ipv6.js";

/** Offsets within the message. */
export const TYPE = 0;
export const CODE = 1;
const CHECKSUM = 2;

const NEXT_HEADER_ICMPV6 = 58;
const HOP_LIMIT = 255;
/** Of the message within the frame. */
export const MESSAGE_START = ETHERNET_HEADER_LENGTH + IPV6_HEADER_LENGTH;

export interface Icmpv6Frame {
  /** Of the interface that sends. */
  readonly mac: MacAddress;
  /** 6 bytes. */
  readonly destinationMac: Uint8Array;
  /** 16 bytes each. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly messageLength: number;
}

/** The whole frame, traffic class 0xC0. @param fill writes the message, but for its checksum, into zeros */
export function encodeIcmpv6(
  { mac, destinationMac, source, destination, messageLength }: Icmpv6Frame,
  into: Uint8Array | undefined,
  fill: (message: Uint8Array) => void,
): Uint8Array {
  const frame = room(into, MESSAGE_START + messageLength);
  writeEthernetHeader(frame, destinationMac, mac.bytes, ETHER_TYPE_IPV6);
  encodeIpv6Header(frame.subarray(ETHERNET_HEADER_LENGTH), {
    source,
    destination,
    nextHeader: NEXT_HEADER_ICMPV6,
    payloadLength: messageLength,
  });
  const message = frame.subarray(MESSAGE_START);
  message.fill(0);
  fill(message);
  const pseudoHeader = ipv6PseudoHeaderSum(source, destination, NEXT_HEADER_ICMPV6, messageLength);
  writeUint16(message, CHECKSUM, internetChecksum(message, 0, messageLength, pseudoHeader));
  return frame;
}

/** The arrays are views into the frame. */
export interface Icmpv6Message {
  readonly message: Uint8Array;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
}

/** `another-type`: it is no message of the type that was asked for. */
export type Icmpv6DropReason = "truncated" | "another-type" | "hop-limit" | "checksum";

/** Reads a message of this type; bytes behind the IPv6 packet are ignored. Never throws. */
export function decodeIcmpv6(
  frame: Uint8Array,
  type: number,
  leastLength: number,
): Icmpv6Message | { readonly reason: Icmpv6DropReason } {
  const etherType = etherTypeOf(frame);
  if (etherType === null) return { reason: "truncated" };
  if (etherType !== ETHER_TYPE_IPV6) return { reason: "another-type" };
  const packet = decodeIpv6(frame.subarray(ETHERNET_HEADER_LENGTH));
  if (packet === null) return { reason: "truncated" };
  const { payload: message, source, destination } = packet;
  if (packet.nextHeader !== NEXT_HEADER_ICMPV6) return { reason: "another-type" };
  if (message.length === 0) return { reason: "truncated" };
  if (message[TYPE] !== type) return { reason: "another-type" };
  if (packet.hopLimit !== HOP_LIMIT) return { reason: "hop-limit" };
  if (message.length < leastLength) return { reason: "truncated" };
  const pseudoHeader = ipv6PseudoHeaderSum(source, destination, NEXT_HEADER_ICMPV6, message.length);
  if (!isRightSum(addWords(pseudoHeader, message, 0, message.length))) return { reason: "checksum" };
  return { message, source, destination };
}
