/**
 * What version 2 and version 3 of VRRP have in common: the first four bytes, the place of the checksum and of the
 * addresses (RFC 3768 §5.1, RFC 9568 §5.1), and how either is carried in IP.
 */
import { addressFromBytes, type Family, type IpAddress } from "../base/address.js";
import { assert } from "../base/errors.js";
import type { AddressIndex } from "./address-index.js";
import type { Advert } from "./advert.js";
import { readUint16, writeUint16 } from "./bytes.js";
import { updatedChecksum } from "./checksum.js";

/** IP protocol number (RFC 9568 §5.1.1.4). */
export const VRRP_PROTOCOL = 112;
/** TTL and hop limit, sent and demanded (RFC 9568 §5.1.1.3, §5.1.2.3): the highest, so it has crossed no router. */
export const VRRP_TTL = 255;
/** TOS and traffic class: network control (DSCP CS6), as Keepalived sends. */
export const VRRP_TRAFFIC_CLASS = 0xc0;

/** 224.0.0.18 (RFC 9568 §5.1.1.2). */
export const VRRP_GROUP_IPV4: Uint8Array = Uint8Array.of(224, 0, 0, 18);
/** ff02::12 (RFC 9568 §5.1.2.2). */
export const VRRP_GROUP_IPV6: Uint8Array = Uint8Array.of(
  0xff,
  2,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0x12,
);

/** The same two as addresses. */
export const VRRP_GROUPS: Readonly<Record<Family, IpAddress>> = {
  ipv4: addressFromBytes(VRRP_GROUP_IPV4),
  ipv6: addressFromBytes(VRRP_GROUP_IPV6),
};

export const VERSION_AND_TYPE = 0;
export const VIRTUAL_ROUTER_ID = 1;
export const PRIORITY = 2;
export const ADDRESS_COUNT = 3;
/** Bytes 4 and 5 differ between the versions. */
export const CHECKSUM = 6;
export const ADDRESSES = 8;

/** The only packet type there is (RFC 9568 §5.2.2). */
export const TYPE_ADVERTISEMENT = 1;
/** Enough for a sentence. */
const OTHERS_READ = 4;
/** The count of addresses is one byte. */
const MAX_ADDRESSES = 255;

/** Where a message came from and went to; both are in the pseudo-header of a checksum. */
export interface Carriage {
  readonly family: Family;
  /** 4 or 16 bytes */
  readonly source: Uint8Array;
  /** 4 or 16 bytes: the group or, for unicast, the receiver */
  readonly destination: Uint8Array;
  /** Our virtual addresses: all of them that a message lists are read, and a few others. Left out: all are read. */
  readonly ours?: AddressIndex;
}

/** The fields that both versions have. */
export interface CommonFields {
  /** 1..255 */
  readonly virtualRouterId: number;
  /** 0..255; 0: the sender releases */
  readonly priority: number;
  /** Up to 255 addresses of one family; in version 2 perhaps none. */
  readonly addresses: readonly IpAddress[];
}

export function addressLength(family: Family): 4 | 16 {
  return family === "ipv4" ? 4 : 16;
}

/**
 * Writes all that the versions share: bytes 0..3, zero for the checksum, and the addresses. Returns the offset behind
 * the last address. Fields out of range are a defect of the caller and throw.
 */
export function writeCommon(
  into: Uint8Array,
  version: Advert["version"],
  family: Family,
  fields: CommonFields,
): number {
  const { virtualRouterId, priority, addresses } = fields;
  assert(isWithin(virtualRouterId, 1, 255), `virtual router id ${virtualRouterId} is not within 1..255`);
  assert(isWithin(priority, 0, 255), `priority ${priority} is not within 0..255`);
  assert(addresses.length <= MAX_ADDRESSES, `${addresses.length} addresses are more than ${MAX_ADDRESSES}`);
  into[VERSION_AND_TYPE] = (version << 4) | TYPE_ADVERTISEMENT;
  into[VIRTUAL_ROUTER_ID] = virtualRouterId;
  into[PRIORITY] = priority;
  into[ADDRESS_COUNT] = addresses.length;
  writeUint16(into, CHECKSUM, 0);
  let offset = ADDRESSES;
  for (const address of addresses) {
    assert(address.family === family, `${address.text} cannot be advertised over ${family}`);
    into.set(address.bytes, offset);
    offset += address.bytes.length;
  }
  return offset;
}

/** The addresses of a message whose length has been checked: all, or with `ours` those and the first few others. */
export function readAddresses(
  message: Uint8Array,
  { family, ours }: Pick<Carriage, "family" | "ours">,
): Pick<Advert, "addresses" | "addressCount"> {
  const length = addressLength(family);
  const addressCount = message[ADDRESS_COUNT]!;
  const addresses: IpAddress[] = [];
  let others = 0;
  for (let index = 0; index < addressCount; index += 1) {
    const offset = ADDRESSES + index * length;
    const known = ours?.find(message, offset, length) ?? null;
    if (known !== null) {
      // A list may repeat itself.
      if (addresses.length - others < ours!.size) addresses.push(known);
    } else if (ours === undefined || others < OTHERS_READ) {
      others += 1;
      addresses.push(addressFromBytes(message.subarray(offset, offset + length)));
    }
  }
  return { addresses, addressCount };
}

function isWithin(value: number, lowest: number, highest: number): boolean {
  return Number.isInteger(value) && value >= lowest && value <= highest;
}

/**
 * Gives the message that begins at `start` another priority, 0..255, and its checksum what that makes of it: the same
 * bytes as encoding it anew, whatever its version, its family and the form of its checksum.
 */
export function replacePriority(bytes: Uint8Array, start: number, priority: number): void {
  const before = readUint16(bytes, start + PRIORITY);
  bytes[start + PRIORITY] = priority;
  const after = readUint16(bytes, start + PRIORITY);
  const checksum = readUint16(bytes, start + CHECKSUM);
  writeUint16(bytes, start + CHECKSUM, updatedChecksum(checksum, before, after));
}
