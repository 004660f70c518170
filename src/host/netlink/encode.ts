/** What is asked of the kernel, as rtnetlink messages: adding and removing a virtual address, and dumps. */

import {
  type AddressAttrs,
  type AddressFlags,
  formatAddress,
  formatAddressAttrs,
  formatLink,
  formatRoute,
  MessageType,
} from "netlink/dist/rt/gen_structs.js";
import { AttrStream, formatMessage } from "netlink/dist/structs.js";
import type { AddressWithPrefix, IpAddress } from "../../base/address.js";
import { LITTLE_ENDIAN } from "../../base/bytes.js";
import { type AddressDress, PLAIN_DRESS } from "../../core/virtual-address.js";
import {
  ADD_FLAGS,
  ADDRESS_MARK,
  AddressAttribute,
  AF_INET,
  AF_INET6,
  DUMP_FLAGS,
  EXCLUSIVE_FLAGS,
  Flags,
  FOREVER,
  LinkAttribute,
  MAIN_TABLE,
  REMOVE_FLAGS,
  RouteAttribute,
  SKIP_STATISTICS,
} from "./constants.js";

/** Whatever of its dress is left out is plain. */
export type DressedAddress = AddressWithPrefix & Partial<AddressDress>;

/** `RT_SCOPE_UNIVERSE` */
const GLOBAL_SCOPE = 0;
/** Where a message's flags (16 bits) and sequence number (32 bits) lie, in the order of the machine's bytes. */
export const FLAGS_OFFSET = 6;
export const SEQUENCE_OFFSET = 8;

/**
 * `RTM_NEWADDR` that adds the address or, where it is there, renews its lifetime. What is not said of its dress is as
 * Keepalived has it: scope global, IPv6 without duplicate address detection and, as /128, deprecated, so that it is not
 * chosen as a source.
 * @param leaseSeconds until the kernel removes it by itself; null: never.
 */
export function encodeAddAddress(
  interfaceIndex: number,
  entry: DressedAddress,
  leaseSeconds: number | null,
): Uint8Array {
  const ipv6 = entry.address.family === "ipv6";
  const dress = { ...PLAIN_DRESS, ...entry };
  const valid = leaseSeconds ?? FOREVER;
  const flags = ipv6 ? ipv6Flags(dress) : {};
  const stream = addressStream(interfaceIndex, entry, { flags, scope: ipv6 ? GLOBAL_SCOPE : dress.scope });
  if (!ipv6) stream.emit(formatAddressAttrs(ipv4Dress(dress)));
  // They do not fit into the header, whose flags the kernel then does not read.
  if (dress.noPrefixRoute || dress.autojoin) {
    stream.emit(formatAddressAttrs({ flags: { ...flags, ...wideFlags(dress) } }));
  }
  const ifaPrefered = ipv6 ? preferredSeconds(entry.prefixLength, dress, valid) : valid;
  stream.emit(formatAddressAttrs({ cacheInfo: { ifaPrefered, ifaValid: valid } }));
  stream.push(AddressAttribute.protocol, Uint8Array.of(ADDRESS_MARK));
  return messageOf(MessageType.NEWADDR, ADD_FLAGS, stream);
}

/** `RTM_DELADDR` of exactly this address and prefix length; `peer` has to be the same as well. */
export function encodeRemoveAddress(
  interfaceIndex: number,
  entry: AddressWithPrefix & Partial<Pick<AddressDress, "peer">>,
): Uint8Array {
  return messageOf(MessageType.DELADDR, REMOVE_FLAGS, addressStream(interfaceIndex, entry, {}));
}

/** An address that has no lease, and is refused (EEXIST) where it is there; and its removal. */
export function encodeFixedAddress(
  interfaceIndex: number,
  entry: DressedAddress,
): { readonly add: Uint8Array; readonly remove: Uint8Array } {
  const add = Uint8Array.from(encodeAddAddress(interfaceIndex, entry, null));
  new DataView(add.buffer).setUint16(FLAGS_OFFSET, EXCLUSIVE_FLAGS & ~Flags.ACK, LITTLE_ENDIAN);
  return { add, remove: encodeRemoveAddress(interfaceIndex, entry) };
}

export function encodeLinkDump(): Uint8Array {
  const stream = new AttrStream();
  stream.emit(formatLink({}));
  const mask = new Uint8Array(Uint32Array.of(SKIP_STATISTICS).buffer);
  stream.push(LinkAttribute.extMask, mask);
  return messageOf(MessageType.GETLINK, DUMP_FLAGS, stream);
}

/** @param family `AF_INET` or `AF_INET6` */
export function encodeAddressDump(family: number): Uint8Array {
  const stream = new AttrStream();
  stream.emit(formatAddress({ family }));
  return messageOf(MessageType.GETADDR, DUMP_FLAGS, stream);
}

/** The IPv4 routes of the main table; a kernel that does not filter sends those of all tables. */
export function encodeRouteDump(): Uint8Array {
  const stream = new AttrStream();
  stream.emit(formatRoute({ family: AF_INET }));
  stream.push(RouteAttribute.table, new Uint8Array(Uint32Array.of(MAIN_TABLE).buffer));
  return messageOf(MessageType.GETROUTE, DUMP_FLAGS, stream);
}

/** Asks how one destination would be reached. */
export function encodeRouteQuestion(destination: IpAddress): Uint8Array {
  const stream = new AttrStream();
  const family = destination.family === "ipv6" ? AF_INET6 : AF_INET;
  stream.emit(formatRoute({ family, dstLen: 8 * destination.bytes.length }));
  stream.push(RouteAttribute.destination, destination.bytes);
  return messageOf(MessageType.GETROUTE, Flags.REQUEST, stream);
}

function addressStream(
  index: number,
  { address, prefixLength, peer }: AddressWithPrefix & Partial<Pick<AddressDress, "peer">>,
  header: { readonly scope?: number; readonly flags?: AddressFlags },
): AttrStream {
  const family = address.family === "ipv6" ? AF_INET6 : AF_INET;
  const stream = new AttrStream();
  stream.emit(formatAddress({ family, prefixlen: prefixLength, index, ...header }));
  // The kernel's words: "address" is the other end, of a link that has two.
  const ends = { address: Buffer.from((peer ?? address).bytes), local: Buffer.from(address.bytes) };
  stream.emit(formatAddressAttrs(ends));
  return stream;
}

function ipv4Dress({ label, broadcast }: AddressDress): AddressAttrs {
  return {
    ...(label === null ? {} : { label }),
    ...(broadcast === null ? {} : { broadcast: Buffer.from(broadcast.bytes) }),
  };
}

function ipv6Flags({ home, nodad }: AddressDress): AddressFlags {
  return { ...(home ? { homeaddress: true } : {}), ...(nodad ? { nodad: true } : {}) };
}

function wideFlags({ noPrefixRoute, autojoin }: AddressDress): AddressFlags {
  return {
    ...(noPrefixRoute ? { noprefixroute: true } : {}),
    ...(autojoin ? { mcautojoin: true } : {}),
  };
}

function preferredSeconds(prefixLength: number, dress: AddressDress, valid: number): number {
  if (dress.preferredSeconds === null) return prefixLength === 128 ? 0 : valid;
  return Math.min(dress.preferredSeconds, valid);
}

/** One message, padded to the four bytes at which the next one may begin. Port and sequence number are left zero. */
export function messageOf(type: MessageType, flags: number, stream: AttrStream): Uint8Array {
  const whole = Buffer.concat(formatMessage({ type, flags, seq: 0, port: 0, data: stream.bufs }));
  return Buffer.concat([whole], (whole.length + 3) & ~3);
}
