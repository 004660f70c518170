/**
 * VRRP version 3, IPv4 and IPv6 (RFC 9568 §5; RFC 5798 §5 for the pseudo-header over IPv4).
 *
 * Over IPv4 two checksums are in use: the message alone (RFC 9568 §5.2.8), and with a pseudo-header (RFC 5798 as
 * Keepalived, FRR and others read it). Either can be sent, and both are accepted. Over IPv6 there is only the one with
 * the pseudo-header.
 */
import type { Family } from "../base/address.js";
import { assert } from "../base/errors.js";
import { MICROS_PER_CENTISECOND, type Micros } from "../base/time.js";
import type { Advert, DropReason } from "./advert.js";
import { readUint16, room, writeUint16 } from "./bytes.js";
import {
  addWords,
  internetChecksum,
  ipv4PseudoHeaderSum,
  ipv6PseudoHeaderSum,
  isRightSum,
  type WordSum,
} from "./checksum.js";
import {
  ADDRESS_COUNT,
  ADDRESSES,
  addressLength,
  type Carriage,
  CHECKSUM,
  type CommonFields,
  PRIORITY,
  readAddresses,
  VIRTUAL_ROUTER_ID,
  VRRP_PROTOCOL,
  writeCommon,
} from "./vrrp.js";

/** 4 reserved bits, 12 bits of interval in centiseconds (RFC 9568 §5.2.6, §5.2.7). */
const RESERVED_AND_INTERVAL = 4;
const INTERVAL_MASK = 0x0fff;
const MAX_INTERVAL_CENTISECONDS = 4095;

export interface Vrrp3Fields extends CommonFields {
  /** Sent in whole centiseconds, 1..4095: rounded, and brought into that range. */
  readonly advertIntervalMicros: Micros;
  /** 4 or 16 bytes: they are the message's family and go into the pseudo-header. */
  readonly source: Uint8Array;
  /** 4 or 16 bytes: the real destination, of unicast too. */
  readonly destination: Uint8Array;
  /** IPv4: whether the checksum covers the pseudo-header. IPv6: always. */
  readonly checksumPseudoHeader: boolean;
}

/** The message, written to the beginning of `into` or into new memory; fields out of range throw. */
export function encodeVrrp3(fields: Vrrp3Fields, into?: Uint8Array): Uint8Array {
  const { source, destination, addresses } = fields;
  const family: Family = source.length === 4 ? "ipv4" : "ipv6";
  const bytesEach = addressLength(family);
  assert(source.length === bytesEach, `a source address has 4 or 16 bytes, not ${source.length}`);
  assert(destination.length === bytesEach, "source and destination are of different families");
  assert(addresses.length > 0, "version 3 has no advert without an address");
  const message = room(into, ADDRESSES + addresses.length * bytesEach);
  writeCommon(message, 3, family, fields);
  writeUint16(message, RESERVED_AND_INTERVAL, toCentiseconds(fields.advertIntervalMicros));
  const covered = family === "ipv6" || fields.checksumPseudoHeader;
  const initial = covered ? pseudoHeaderSum(family, source, destination, message.length) : 0;
  writeUint16(message, CHECKSUM, internetChecksum(message, 0, message.length, initial));
  return message;
}

/**
 * Reads a message whose version and type have been checked: complete length, checksum, then what it says, in the
 * order of RFC 9568 §7.1. Never throws.
 *
 * Bytes behind the last address are refused (`length`). RFC 9568 asks for a complete message and is silent on what
 * follows, but leaves it open whether a checksum covers that; Keepalived and FRR refuse it, and all nodes of an
 * election must agree on which adverts count.
 */
export function decodeVrrp3(message: Uint8Array, carriage: Carriage): Advert | DropReason {
  const { family } = carriage;
  if (message.length < ADDRESSES) return "truncated";
  const expectedLength = ADDRESSES + message[ADDRESS_COUNT]! * addressLength(family);
  if (message.length < expectedLength) return "truncated";
  if (message.length > expectedLength) return "length";

  // The pseudo-header comes first: should both forms fit by chance, the sender is counted to the deployed majority.
  const messageSum = addWords(0, message, 0, message.length);
  const pseudoSum = pseudoHeaderSum(family, carriage.source, carriage.destination, message.length);
  const fitsPseudoHeader = isRightSum(messageSum + pseudoSum);
  if (!fitsPseudoHeader && !isRightSum(messageSum)) return "checksum";
  if (!fitsPseudoHeader && family === "ipv6") return "checksum-without-pseudo-header";

  const interval = readUint16(message, RESERVED_AND_INTERVAL) & INTERVAL_MASK;
  if (message[ADDRESS_COUNT] === 0) return "no-addresses";
  if (interval === 0) return "zero-interval";
  if (message[VIRTUAL_ROUTER_ID] === 0) return "virtual-router-id";
  return {
    version: 3,
    virtualRouterId: message[VIRTUAL_ROUTER_ID]!,
    priority: message[PRIORITY]!,
    advertIntervalMicros: interval * MICROS_PER_CENTISECOND,
    ...readAddresses(message, carriage),
    checksumForm: family === "ipv6" ? null : fitsPseudoHeader ? "pseudo-header" : "message",
    password: null,
  };
}

function toCentiseconds(interval: Micros): number {
  const centiseconds = Math.round(interval / MICROS_PER_CENTISECOND);
  return Math.min(Math.max(centiseconds, 1), MAX_INTERVAL_CENTISECONDS);
}

function pseudoHeaderSum(
  family: Family,
  source: Uint8Array,
  destination: Uint8Array,
  length: number,
): WordSum {
  return family === "ipv4"
    ? ipv4PseudoHeaderSum(source, destination, VRRP_PROTOCOL, length)
    : ipv6PseudoHeaderSum(source, destination, VRRP_PROTOCOL, length);
}
