/** Neighbor Solicitations (RFC 4861 §4.3): where is this address, and (RFC 4862 §5.4.2) has anybody it at all? */
import type { IpAddress } from "../base/address.js";
import { assert } from "../base/errors.js";
import { MAC_LENGTH, type MacAddress } from "../base/mac.js";
import { room, writeUint16 } from "./bytes.js";
import { addWords, internetChecksum, ipv6PseudoHeaderSum, isRightSum } from "./checksum.js";
import { ETHER_TYPE_IPV6, ETHERNET_HEADER_LENGTH, etherTypeOf, writeEthernetHeader } from "./ethernet.js";
import { decodeIpv6, encodeIpv6Header, IPV6_HEADER_LENGTH } from "./ipv6.js";

/** Offsets within the ICMPv6 message. */
const TYPE = 0;
const CHECKSUM = 2;
const TARGET = 8;
const TARGET_END = 24;
const MESSAGE_LENGTH = 24;
/** RFC 4861 §4.6.1: type, length in units of eight bytes, the MAC address. */
const OPTION_SOURCE_LINK_LAYER = Uint8Array.of(1, 1);
const OPTION_LENGTH = 2 + MAC_LENGTH;

const NEXT_HEADER_ICMPV6 = 58;
const TYPE_NEIGHBOR_SOLICITATION = 135;
const HOP_LIMIT = 255;

const UNSPECIFIED_ADDRESS = new Uint8Array(16);
/** ff02::1:ff00:0/104 (RFC 4291 §2.7.1), to which the last three bytes of the address are put. */
const SOLICITED_NODE = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 0);
const GROUP_SUFFIX = 13;
/** Of a group's Ethernet address (RFC 2464 §7); the last four bytes of the group follow. */
const GROUP_MAC_PREFIX = Uint8Array.of(0x33, 0x33);

const MESSAGE_START = ETHERNET_HEADER_LENGTH + IPV6_HEADER_LENGTH;
export const DUPLICATE_ADDRESS_PROBE_LENGTH = MESSAGE_START + MESSAGE_LENGTH;

/**
 * The whole frame, from the unspecified address, so that nobody learns anything from it. Whoever has the address
 * answers to all nodes (RFC 4861 §7.2.4).
 */
export function encodeDuplicateAddressProbe(
  { mac, address }: { readonly mac: MacAddress; readonly address: IpAddress },
  into?: Uint8Array,
): Uint8Array {
  return encode(mac, UNSPECIFIED_ADDRESS, address, new Uint8Array(0), into);
}

/**
 * The whole frame, from `source` and with our MAC address: whoever has `address` learns where `source` is, whatever it
 * knew before (RFC 4861 §7.2.3).
 */
export function encodeNeighborSolicitation(
  {
    mac,
    source,
    address,
  }: { readonly mac: MacAddress; readonly source: IpAddress; readonly address: IpAddress },
  into?: Uint8Array,
): Uint8Array {
  const option = Uint8Array.of(...OPTION_SOURCE_LINK_LAYER, ...mac.bytes);
  return encode(mac, source.bytes, address, option, into);
}

export const NEIGHBOR_SOLICITATION_LENGTH = DUPLICATE_ADDRESS_PROBE_LENGTH + OPTION_LENGTH;

function encode(
  mac: MacAddress,
  source: Uint8Array,
  address: IpAddress,
  option: Uint8Array,
  into: Uint8Array | undefined,
): Uint8Array {
  assert(address.family === "ipv6", `a Neighbor Solicitation cannot ask for ${address.text}`);
  const length = MESSAGE_LENGTH + option.length;
  const group = Uint8Array.from(SOLICITED_NODE);
  group.set(address.bytes.subarray(GROUP_SUFFIX), GROUP_SUFFIX);
  const groupMac = Uint8Array.of(...GROUP_MAC_PREFIX, ...group.subarray(12));
  const frame = room(into, MESSAGE_START + length);
  writeEthernetHeader(frame, groupMac, mac.bytes, ETHER_TYPE_IPV6);
  encodeIpv6Header(frame.subarray(ETHERNET_HEADER_LENGTH), {
    source,
    destination: group,
    nextHeader: NEXT_HEADER_ICMPV6,
    payloadLength: length,
  });
  const message = frame.subarray(MESSAGE_START, MESSAGE_START + length);
  message.fill(0);
  message[TYPE] = TYPE_NEIGHBOR_SOLICITATION;
  message.set(address.bytes, TARGET);
  message.set(option, TARGET_END);
  const pseudoHeader = ipv6PseudoHeaderSum(source, group, NEXT_HEADER_ICMPV6, length);
  writeUint16(message, CHECKSUM, internetChecksum(message, 0, length, pseudoHeader));
  return frame;
}

/** The address (16 bytes, a view) that the frame asks for in this way; null: it is something else. Never throws. */
export function decodeDuplicateAddressProbe(frame: Uint8Array): Uint8Array | null {
  if (etherTypeOf(frame) !== ETHER_TYPE_IPV6) return null;
  const packet = decodeIpv6(frame.subarray(ETHERNET_HEADER_LENGTH));
  if (packet === null || packet.nextHeader !== NEXT_HEADER_ICMPV6) return null;
  const { payload: message, source, destination, hopLimit } = packet;
  if (message.length < TARGET_END || message[TYPE] !== TYPE_NEIGHBOR_SOLICITATION) return null;
  if (hopLimit !== HOP_LIMIT || source.some((byte) => byte !== 0)) return null;
  const pseudoHeader = ipv6PseudoHeaderSum(source, destination, NEXT_HEADER_ICMPV6, message.length);
  if (!isRightSum(addWords(pseudoHeader, message, 0, message.length))) return null;
  return message.subarray(TARGET, TARGET_END);
}
