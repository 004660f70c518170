/**
 * Neighbor Discovery: unsolicited advertisements say to all nodes where an address is (RFC 4861 §4.4, §7.2.6);
 * solicitations ask where it is (§4.3), or whether anybody has it at all (RFC 4862 §5.4.2).
 */
import type { IpAddress } from "../base/address.js";
import { assert } from "../base/errors.js";
import { MAC_LENGTH, type MacAddress } from "../base/mac.js";
import { groupMac } from "./ethernet.js";
import { CODE, decodeIcmpv6, encodeIcmpv6, type Icmpv6DropReason, MESSAGE_START, TYPE } from "./icmpv6.js";

/** Offsets within the ICMPv6 message. */
const FLAGS = 4;
const TARGET = 8;
const OPTIONS = 24;
/** Offsets within an option, whose length counts units of 8 bytes (RFC 4861 §4.6). */
const OPTION_TYPE = 0;
const OPTION_LENGTH = 1;
const OPTION_DATA = 2;
const OPTION_UNIT = 8;

const TYPE_NEIGHBOR_SOLICITATION = 135;
const TYPE_NEIGHBOR_ADVERTISEMENT = 136;
const OPTION_SOURCE_LINK_LAYER_ADDRESS = 1;
const OPTION_TARGET_LINK_LAYER_ADDRESS = 2;

const FLAG_ROUTER = 0x80;
const FLAG_SOLICITED = 0x40;
const FLAG_OVERRIDE = 0x20;

/** Of the frames that are sent here. */
export const DUPLICATE_ADDRESS_PROBE_LENGTH = MESSAGE_START + OPTIONS;
export const NEIGHBOR_SOLICITATION_LENGTH = DUPLICATE_ADDRESS_PROBE_LENGTH + OPTION_UNIT;
export const NEIGHBOR_ADVERTISEMENT_FRAME_LENGTH = MESSAGE_START + OPTIONS + OPTION_UNIT;

/** First byte of ff00::/8. */
const MULTICAST_PREFIX = 0xff;
const UNSPECIFIED_ADDRESS = new Uint8Array(16);
/** ff02::1 */
const ALL_NODES = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
/** ff02::1:ff00:0/104 (RFC 4291 §2.7.1), to which the last three bytes of the address are put. */
const SOLICITED_NODE = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 0);
const GROUP_SUFFIX = 13;

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
  const messageLength = OPTIONS + OPTION_UNIT;
  return encodeIcmpv6({ mac, source, ...to(ALL_NODES), messageLength }, into, (message) => {
    message[TYPE] = TYPE_NEIGHBOR_ADVERTISEMENT;
    message[FLAGS] = FLAG_OVERRIDE | (router ? FLAG_ROUTER : 0);
    message.set(address.bytes, TARGET);
    writeLinkLayerAddress(message, OPTION_TARGET_LINK_LAYER_ADDRESS, mac);
  });
}

/**
 * The whole frame, from the unspecified address, so that nobody learns anything from it. Whoever has the address
 * answers to all nodes (RFC 4861 §7.2.4).
 */
export function encodeDuplicateAddressProbe(
  { mac, address }: { readonly mac: MacAddress; readonly address: IpAddress },
  into?: Uint8Array,
): Uint8Array {
  return encodeSolicitation({ mac, address, source: null }, into);
}

/**
 * The whole frame, from `source` and with our MAC address: whoever has `address` learns where `source` is, whatever it
 * knew before (RFC 4861 §7.2.3).
 */
export function encodeNeighborSolicitation(
  asked: { readonly mac: MacAddress; readonly source: IpAddress; readonly address: IpAddress },
  into?: Uint8Array,
): Uint8Array {
  return encodeSolicitation(asked, into);
}

/** @param source null: the unspecified address, and no option, which must not go with it */
function encodeSolicitation(
  { mac, source, address }: { mac: MacAddress; source: IpAddress | null; address: IpAddress },
  into: Uint8Array | undefined,
): Uint8Array {
  assert(address.family === "ipv6", `a Neighbor Solicitation cannot ask for ${address.text}`);
  const group = Uint8Array.from(SOLICITED_NODE);
  group.set(address.bytes.subarray(GROUP_SUFFIX), GROUP_SUFFIX);
  const messageLength = source === null ? OPTIONS : OPTIONS + OPTION_UNIT;
  const fields = { mac, source: source?.bytes ?? UNSPECIFIED_ADDRESS, ...to(group), messageLength };
  return encodeIcmpv6(fields, into, (message) => {
    message[TYPE] = TYPE_NEIGHBOR_SOLICITATION;
    message.set(address.bytes, TARGET);
    if (source !== null) writeLinkLayerAddress(message, OPTION_SOURCE_LINK_LAYER_ADDRESS, mac);
  });
}

function to(group: Uint8Array): { readonly destination: Uint8Array; readonly destinationMac: Uint8Array } {
  return { destination: group, destinationMac: groupMac(group) };
}

function writeLinkLayerAddress(message: Uint8Array, option: number, mac: MacAddress): void {
  message[OPTIONS + OPTION_TYPE] = option;
  message[OPTIONS + OPTION_LENGTH] = 1;
  message.set(mac.bytes, OPTIONS + OPTION_DATA);
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
  | Exclude<Icmpv6DropReason, "another-type">
  | "not-neighbor-advertisement"
  | "format"
  | "multicast-target";

/** Reads a frame; bytes behind the IPv6 packet are ignored. Never throws. */
export function decodeNeighborAdvertisement(
  frame: Uint8Array,
): NeighborAdvertisement | { readonly reason: NeighborDropReason } {
  const read = decodeIcmpv6(frame, TYPE_NEIGHBOR_ADVERTISEMENT, OPTIONS);
  if ("reason" in read) {
    return { reason: read.reason === "another-type" ? "not-neighbor-advertisement" : read.reason };
  }
  const { message, source, destination } = read;
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

/** The address (16 bytes, a view) that the frame asks for in this way; null: it is something else. Never throws. */
export function decodeDuplicateAddressProbe(frame: Uint8Array): Uint8Array | null {
  const read = decodeIcmpv6(frame, TYPE_NEIGHBOR_SOLICITATION, OPTIONS);
  if ("reason" in read || read.source.some((byte) => byte !== 0)) return null;
  return read.message.subarray(TARGET, OPTIONS);
}
