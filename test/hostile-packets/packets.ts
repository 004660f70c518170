/** Frames around VRRP messages, right ones and others. */
import type { IpAddress } from "../../src/base/address.js";
import { internetChecksum, ipv4PseudoHeaderSum, ipv6PseudoHeaderSum } from "../../src/wire/checksum.js";
import { writeEthernetHeader } from "../../src/wire/ethernet.js";
import { encodeIpv4Header } from "../../src/wire/ipv4.js";
import { encodeIpv6Header } from "../../src/wire/ipv6.js";
import { VRRP_GROUP_IPV4, VRRP_GROUP_IPV6, VRRP_PROTOCOL } from "../../src/wire/vrrp.js";

const SENDER_MAC = Uint8Array.of(2, 0x66, 0, 0, 0, 1);
const GROUP_MACS = {
  ipv4: Uint8Array.of(0x01, 0, 0x5e, 0, 0, 0x12),
  ipv6: Uint8Array.of(0x33, 0x33, 0, 0, 0, 0x12),
};
const CHECKSUM = 6;

export interface Around {
  /** TTL or hop limit; 255 when left out. */
  readonly ttl?: number;
  /** Whom the frame goes to: all when left out. */
  readonly mac?: Uint8Array;
  /** Whom it claims to come from. */
  readonly senderMac?: Uint8Array;
  /** Whom the packet goes to: the group when left out. */
  readonly destination?: IpAddress;
  /** IPv4: options, IPv6: extension headers, whole; the last says that VRRP follows. */
  readonly options?: Uint8Array;
  /** IPv6: what the options are. */
  readonly nextHeader?: number;
  /** IPv4: "more fragments" and offset, in the header's own form. */
  readonly fragment?: number;
  readonly identification?: number;
  /** IPv4: what the header says about its length and its checksum. */
  readonly totalLength?: number;
  readonly headerChecksum?: number;
}

/** The checksum of the message made right (RFC 5798: with the pseudo-header). Returns the message. */
export function sealed(message: Uint8Array, source: IpAddress): Uint8Array {
  message.set([0, 0], CHECKSUM);
  const [sum, group] =
    source.family === "ipv4"
      ? [ipv4PseudoHeaderSum, VRRP_GROUP_IPV4]
      : [ipv6PseudoHeaderSum, VRRP_GROUP_IPV6];
  const initial = sum(source.bytes, group, VRRP_PROTOCOL, message.length);
  new DataView(message.buffer, message.byteOffset).setUint16(
    CHECKSUM,
    internetChecksum(message, 0, message.length, initial),
  );
  return message;
}

/** The same without pseudo-header. */
export function sealedAlone(message: Uint8Array): Uint8Array {
  message.set([0, 0], CHECKSUM);
  new DataView(message.buffer, message.byteOffset).setUint16(CHECKSUM, internetChecksum(message));
  return message;
}

/** A frame with this message in it. */
export function frameOf(message: Uint8Array, source: IpAddress, around: Around = {}): Uint8Array {
  return source.family === "ipv4" ? ipv4Frame(message, source, around) : ipv6Frame(message, source, around);
}

function ipv4Frame(message: Uint8Array, source: IpAddress, around: Around): Uint8Array {
  const options = around.options ?? new Uint8Array(0);
  const headerLength = 20 + options.length;
  const header = new Uint8Array(headerLength);
  const destination = around.destination?.bytes ?? VRRP_GROUP_IPV4;
  encodeIpv4Header(header, { source: source.bytes, destination, payloadLength: 0 });
  const view = new DataView(header.buffer);
  header.set(options, 20);
  header[0] = 0x40 | (headerLength / 4);
  view.setUint16(2, around.totalLength ?? headerLength + message.length);
  view.setUint16(4, around.identification ?? 0);
  view.setUint16(6, around.fragment ?? 0);
  header[8] = around.ttl ?? 255;
  view.setUint16(10, 0);
  view.setUint16(10, around.headerChecksum ?? internetChecksum(header));
  return ethernet(around.mac ?? GROUP_MACS.ipv4, around.senderMac, 0x0800, header, message);
}

function ipv6Frame(message: Uint8Array, source: IpAddress, around: Around): Uint8Array {
  const options = around.options ?? new Uint8Array(0);
  const header = new Uint8Array(40 + options.length);
  encodeIpv6Header(header, {
    source: source.bytes,
    destination: around.destination?.bytes ?? VRRP_GROUP_IPV6,
    nextHeader: around.nextHeader ?? VRRP_PROTOCOL,
    payloadLength: options.length + message.length,
  });
  header[7] = around.ttl ?? 255;
  header.set(options, 40);
  return ethernet(around.mac ?? GROUP_MACS.ipv6, around.senderMac, 0x86dd, header, message);
}

function ethernet(
  destination: Uint8Array,
  sender: Uint8Array = SENDER_MAC,
  etherType: number,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  const header = new Uint8Array(14);
  writeEthernetHeader(header, destination, sender, etherType);
  return Buffer.concat([header, ...parts]);
}

/** A checksum that is wrong in either form, with the pseudo-header and without. */
export function brokenChecksum(message: Uint8Array, source: IpAddress): Uint8Array {
  const alone = checksumIn(sealedAlone(message));
  const right = checksumIn(sealed(message, source));
  const wrong = [0x5aa5, 0xa55a].map((bits) => right ^ bits).find((one) => one !== alone)!;
  message.set([wrong >> 8, wrong & 0xff], CHECKSUM);
  return message;
}

export function checksumIn(message: Uint8Array): number {
  return (message[CHECKSUM]! << 8) | message[CHECKSUM + 1]!;
}
