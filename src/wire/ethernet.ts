/** The Ethernet II header of the frames that vrrpd sends and reads (RFC 894, RFC 2464 §3). */
import { readUint16, writeUint16 } from "./bytes.js";

const DESTINATION = 0;
const SOURCE = 6;
const ETHER_TYPE = 12;

export const ETHERNET_HEADER_LENGTH = 14;
export const ETHER_TYPE_IPV4 = 0x0800;
export const ETHER_TYPE_ARP = 0x0806;
export const ETHER_TYPE_IPV6 = 0x86dd;

/** Writes the 14 bytes of header; both addresses have 6 bytes. */
export function writeEthernetHeader(
  into: Uint8Array,
  destination: Uint8Array,
  source: Uint8Array,
  etherType: number,
): void {
  into.set(destination, DESTINATION);
  into.set(source, SOURCE);
  writeUint16(into, ETHER_TYPE, etherType);
}

/** Where frames to a multicast group go (RFC 1112 §6.4, RFC 2464 §7). @param group 4 or 16 bytes */
export function groupMac(group: Uint8Array): Uint8Array {
  const end = group.subarray(-4);
  return group.length === 4
    ? Uint8Array.of(0x01, 0x00, 0x5e, end[1]! & 0x7f, end[2]!, end[3]!)
    : Uint8Array.of(0x33, 0x33, ...end);
}

/** The frame's ether type, or null when the header is not complete. */
export function etherTypeOf(frame: Uint8Array): number | null {
  return frame.length < ETHERNET_HEADER_LENGTH ? null : readUint16(frame, ETHER_TYPE);
}
