/**
 * Neighbor Advertisements (RFC 4861 §4.4): unsolicited ones say to all nodes where an address is (§7.2.6).
 */
import type { IpAddress } from "../base/address.js";
import { assert } from "../base/errors.js";
import { MAC_LENGTH, type MacAddress } from "../base/mac.js";
import { room, writeUint16 } from "./bytes.js";
import { addWords, internetChecksum, ipv6PseudoHeaderSum, isRightSum } from "./checksum.js";
import { ETHER_TYPE_IPV6, ETHERNET_HEADER_LENGTH, etherTypeOf, writeEthernetHeader } from "./ethernet.js";
import { decodeIpv6, encodeIpv6Header, IPV6_HEADER_LENGTH } from "./ipv6.js";

/** Offsets within the ICMPv6 message. */
const TYPE = 0;
const CODE = 1;
const CHECKSUM = 2;
const FLAGS = 4;
const TARGET = 8;
const OPTIONS = 24;
/** Offsets within an option, whose length counts units of 8 bytes. */
const OPTION_TYPE = 0;
const OPTION_LENGTH = 1;
const OPTION_DATA = 2;
const OPTION_UNIT = 8;

const NEXT_HEADER_ICMPV6 = 58;
const TYPE_NEIGHBOR_ADVERTISEMENT = 136;
const OPTION_TARGET_LINK_LAYER_ADDRESS = 2;
const HOP_LIMIT = 255;

const FLAG_ROUTER = 0x80;
const FLAG_SOLICITED = 0x40;
const FLAG_OVERRIDE = 0x20;

const MESSAGE_START = ETHERNET_HEADER_LENGTH + IPV6_HEADER_LENGTH;
const MESSAGE_LENGTH = OPTIONS + OPTION_UNIT;
/** Of the frames that are sent here. */
export const NEIGHBOR_ADVERTISEMENT_FRAME_LENGTH = MESSAGE_START + MESSAGE_LENGTH;

/** First byte of ff00::/8. */
const MULTICAST_PREFIX = 0xff;

/** ff02::1, and its Ethernet address (RFC 2464 §7). */
const ALL_NODES = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
const ALL_NODES_MAC = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1);

export interface UnsolicitedNeighborAdvertisement {
  /** Of the interface that sends. */
  readonly mac: MacAddress;
  /** 16 bytes: an address of the sending interface, its link-local one or the announced one. */
  readonly source: Uint8Array;
  /** The IPv6 address that is announced. */
  readonly address: IpAddress;
  /** Whether the interface forwards. */
  readonly router: boolean;
}

/** The whole frame to all nodes: Override set, Solicited clear, traffic class 0xC0 (RFC 4861 §7.2.6). */
export function encodeUnsolicitedNeighborAdvertisement(
  { mac, source, address, router }: UnsolicitedNeighborAdvertisement,
  into?: Uint8Array,
): Uint8Array {
  assert(address.family === "ipv6", `a Neighbor Advertisement cannot speak of ${address.text}`);
  const frame = room(into, NEIGHBOR_ADVERTISEMENT_FRAME_LENGTH);
  writeEthernetHeader(frame, ALL_NODES_MAC, mac.bytes, ETHER_TYPE_IPV6);
  encodeIpv6Header(frame.subarray(ETHERNET_HEADER_LENGTH), {
    source,
    destination: ALL_NODES,
    nextHeader: NEXT_HEADER_ICMPV6,
    payloadLength: MESSAGE_LENGTH,
  });
  const message = frame.subarray(MESSAGE_START);
  message.fill(0);
  message[TYPE] = TYPE_NEIGHBOR_ADVERTISEMENT;
  message[FLAGS] = FLAG_OVERRIDE | (router ? FLAG_ROUTER : 0);
  message.set(address.bytes, TARGET);
  message[OPTIONS + OPTION_TYPE] = OPTION_TARGET_LINK_LAYER_ADDRESS;
  message[OPTIONS + OPTION_LENGTH] = 1;
  message.set(mac.bytes, OPTIONS + OPTION_DATA);
  const pseudoHeader = ipv6PseudoHeaderSum(source, ALL_NODES, NEXT_HEADER_ICMPV6, MESSAGE_LENGTH);
  writeUint16(message, CHECKSUM, internetChecksum(message, 0, MESSAGE_LENGTH, pseudoHeader));
  return frame;
}

/** What a Neighbor Advertisement says. The arrays are views into the frame. */
export interface NeighborAdvertisement {
  /** IPv6 source of the packet. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** The address that is spoken of. */
  readonly address: Uint8Array;
  /** From the target link-layer address option; null without one. */
  readonly mac: Uint8Array | null;
  readonly router: boolean;
  readonly solicited: boolean;
  readonly override: boolean;
}

/**
 * The checks of RFC 4861 §7.1.2 by name; `format` is a code that is not 0, an option that cannot be, or a solicited
 * advertisement to a group.
 */
export type NeighborDropReason =
  | "truncated"
  | "not-neighbor-advertisement"
  | "hop-limit"
  | "checksum"
  | "format"
  | "multicast-target";

/** Reads a frame; bytes behind the IPv6 packet are ignored. Never throws. */
export function decodeNeighborAdvertisement(
  frame: Uint8Array,
): NeighborAdvertisement | { readonly reason: NeighborDropReason } {
  const etherType = etherTypeOf(frame);
  if (etherType === null) return { reason: "truncated" };
  if (etherType !== ETHER_TYPE_IPV6) return { reason: "not-neighbor-advertisement" };
  const packet = decodeIpv6(frame.subarray(ETHERNET_HEADER_LENGTH));
  if (packet === null) return { reason: "truncated" };
  const { payload: message, source, destination } = packet;
  if (packet.nextHeader !== NEXT_HEADER_ICMPV6) return { reason: "not-neighbor-advertisement" };
  if (message.length === 0) return { reason: "truncated" };
  if (message[TYPE] !== TYPE_NEIGHBOR_ADVERTISEMENT) return { reason: "not-neighbor-advertisement" };
  if (packet.hopLimit !== HOP_LIMIT) return { reason: "hop-limit" };
  if (message.length < OPTIONS) return { reason: "truncated" };
  const pseudoHeader = ipv6PseudoHeaderSum(source, destination, NEXT_HEADER_ICMPV6, message.length);
  if (!isRightSum(addWords(pseudoHeader, message, 0, message.length))) return { reason: "checksum" };
  const mac = targetLinkLayerAddress(message);
  const solicited = (message[FLAGS]! & FLAG_SOLICITED) !== 0;
  const isSolicitedGroup = solicited && destination[0] === MULTICAST_PREFIX;
  if (message[CODE] !== 0 || mac === "malformed" || isSolicitedGroup) return { reason: "format" };
  if (message[TARGET] === MULTICAST_PREFIX) return { reason: "multicast-target" };
  return {
    source,
    destination,
    address: message.subarray(TARGET, OPTIONS),
    mac,
    router: (message[FLAGS]! & FLAG_ROUTER) !== 0,
    solicited,
    override: (message[FLAGS]! & FLAG_OVERRIDE) !== 0,
  };
}

/** The first such option; unknown options are passed over (RFC 4861 §7.1.2). */
function targetLinkLayerAddress(message: Uint8Array): Uint8Array | null | "malformed" {
  let mac: Uint8Array | null = null;
  let offset = OPTIONS;
  while (offset < message.length) {
    if (offset + OPTION_UNIT > message.length) return "malformed";
    const length = message[offset + OPTION_LENGTH]! * OPTION_UNIT;
    if (length === 0 || offset + length > message.length) return "malformed";
    const isTarget = message[offset + OPTION_TYPE] === OPTION_TARGET_LINK_LAYER_ADDRESS;
    if (isTarget && mac === null) {
      mac = message.subarray(offset + OPTION_DATA, offset + OPTION_DATA + MAC_LENGTH);
    }
    offset += length;
  }
  return mac;
}
