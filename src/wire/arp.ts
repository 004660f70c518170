/**
 * ARP over Ethernet for IPv4 (RFC 826): announcements (RFC 5227 §3, RFC 9568 §8.1.2) and probes (RFC 5227 §2.1.1).
 *
 * Frames have 42 bytes, without padding to Ethernet's 60: the driver pads (IEEE 802.3 §4.2.8), and virtual links
 * carry what they are given.
 */
import type { IpAddress } from "../base/address.js";
import { assert } from "../base/errors.js";
import { BROADCAST_MAC, MAC_LENGTH, type MacAddress } from "../base/mac.js";
import { readUint16, room, writeUint16 } from "./bytes.js";
import { ETHER_TYPE_ARP, ETHERNET_HEADER_LENGTH, etherTypeOf, writeEthernetHeader } from "./ethernet.js";

const HARDWARE_TYPE = ETHERNET_HEADER_LENGTH;
const PROTOCOL_TYPE = HARDWARE_TYPE + 2;
const HARDWARE_LENGTH = HARDWARE_TYPE + 4;
const PROTOCOL_LENGTH = HARDWARE_TYPE + 5;
const OPERATION = HARDWARE_TYPE + 6;
const SENDER_MAC = HARDWARE_TYPE + 8;
const SENDER_ADDRESS = SENDER_MAC + 6;
const TARGET_MAC = SENDER_ADDRESS + 4;
const TARGET_ADDRESS = TARGET_MAC + 6;

export const ARP_FRAME_LENGTH = TARGET_ADDRESS + 4;

const HARDWARE_ETHERNET = 1;
const PROTOCOL_IPV4 = 0x0800;
const ADDRESS_LENGTH = 4;

export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;

const UNSPECIFIED_ADDRESS = new Uint8Array(ADDRESS_LENGTH);
const UNKNOWN_MAC = new Uint8Array(MAC_LENGTH);

export interface ArpSubject {
  /** Of the interface that sends. */
  readonly mac: MacAddress;
  /** IPv4 */
  readonly address: IpAddress;
}

/** Says to all that `address` is at `mac`: a broadcast request with sender = target, as Keepalived sends it. */
export function encodeGratuitousArp(subject: ArpSubject, into?: Uint8Array): Uint8Array {
  return encodeRequest(subject, subject.address.bytes, BROADCAST_MAC.bytes, into);
}

/** Asks whether anybody has `address`, without claiming it (RFC 5227 §2.1.1). */
export function encodeArpProbe(subject: ArpSubject, into?: Uint8Array): Uint8Array {
  return encodeRequest(subject, UNSPECIFIED_ADDRESS, UNKNOWN_MAC, into);
}

/** Asks where `address` is, so that its host learns where we are (RFC 826). @param source IPv4, ours */
export function encodeArpRequest(subject: ArpSubject, source: IpAddress, into?: Uint8Array): Uint8Array {
  return encodeRequest(subject, source.bytes, UNKNOWN_MAC, into);
}

function encodeRequest(
  { mac, address }: ArpSubject,
  senderAddress: Uint8Array,
  targetMac: Uint8Array,
  into: Uint8Array | undefined,
): Uint8Array {
  assert(address.family === "ipv4", `ARP cannot speak of ${address.text}`);
  const frame = room(into, ARP_FRAME_LENGTH);
  writeEthernetHeader(frame, BROADCAST_MAC.bytes, mac.bytes, ETHER_TYPE_ARP);
  writeUint16(frame, HARDWARE_TYPE, HARDWARE_ETHERNET);
  writeUint16(frame, PROTOCOL_TYPE, PROTOCOL_IPV4);
  frame[HARDWARE_LENGTH] = MAC_LENGTH;
  frame[PROTOCOL_LENGTH] = ADDRESS_LENGTH;
  writeUint16(frame, OPERATION, ARP_REQUEST);
  frame.set(mac.bytes, SENDER_MAC);
  frame.set(senderAddress, SENDER_ADDRESS);
  frame.set(targetMac, TARGET_MAC);
  frame.set(address.bytes, TARGET_ADDRESS);
  return frame;
}

/** What an ARP packet says. The arrays are views into the frame. */
export interface ArpPacket {
  /** 1: request, 2: reply; others as received. */
  readonly operation: number;
  readonly senderMac: Uint8Array;
  readonly senderAddress: Uint8Array;
  readonly targetMac: Uint8Array;
  readonly targetAddress: Uint8Array;
}

/** `not-arp`: another ether type; `format`: not Ethernet and IPv4. */
export type ArpDropReason = "truncated" | "not-arp" | "format";

/** Reads a frame; padding behind the packet is ignored. Never throws. */
export function decodeArp(frame: Uint8Array): ArpPacket | { readonly reason: ArpDropReason } {
  const etherType = etherTypeOf(frame);
  if (etherType === null) return { reason: "truncated" };
  if (etherType !== ETHER_TYPE_ARP) return { reason: "not-arp" };
  if (frame.length < ARP_FRAME_LENGTH) return { reason: "truncated" };
  const isExpectedFormat =
    readUint16(frame, HARDWARE_TYPE) === HARDWARE_ETHERNET &&
    readUint16(frame, PROTOCOL_TYPE) === PROTOCOL_IPV4 &&
    frame[HARDWARE_LENGTH] === MAC_LENGTH &&
    frame[PROTOCOL_LENGTH] === ADDRESS_LENGTH;
  if (!isExpectedFormat) return { reason: "format" };
  return {
    operation: readUint16(frame, OPERATION),
    senderMac: frame.subarray(SENDER_MAC, SENDER_ADDRESS),
    senderAddress: frame.subarray(SENDER_ADDRESS, TARGET_MAC),
    targetMac: frame.subarray(TARGET_MAC, TARGET_ADDRESS),
    targetAddress: frame.subarray(TARGET_ADDRESS, ARP_FRAME_LENGTH),
  };
}
