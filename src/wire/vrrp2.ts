/**
 * VRRP version 2, IPv4 alone (RFC 3768 §5.3; simple passwords RFC 2338 §5.3.6, §10.2).
 *
 * Eight bytes of authentication data follow the addresses, whether there is a password or not, and the checksum
 * covers them: that is what Keepalived and FRR send, and what they demand of a peer.
 */
import { assert } from "../base/errors.js";
import { MICROS_PER_SECOND, type Micros } from "../base/time.js";
import type { Advert, DropReason } from "./advert.js";
import { room, writeUint16 } from "./bytes.js";
import { addWords, internetChecksum, isRightSum } from "./checksum.js";
import {
  ADDRESS_COUNT,
  ADDRESSES,
  type Carriage,
  CHECKSUM,
  type CommonFields,
  PRIORITY,
  readAddresses,
  VIRTUAL_ROUTER_ID,
  writeCommon,
} from "./vrrp.js";

const AUTHENTICATION_TYPE = 4;
/** Whole seconds. */
const INTERVAL = 5;
const ADDRESS_LENGTH = 4;
const MAX_INTERVAL_SECONDS = 255;

const AUTHENTICATION_NONE = 0;
const AUTHENTICATION_SIMPLE_PASSWORD = 1;

export const AUTHENTICATION_DATA_LENGTH = 8;

export interface Vrrp2Fields extends CommonFields {
  /** Sent in whole seconds, 1..255: rounded, and brought into that range. */
  readonly advertIntervalMicros: Micros;
  /** 8 bytes, zero-padded; null: no authentication. */
  readonly password: Uint8Array | null;
}

/** The message, written to the beginning of `into` or into new memory; fields out of range throw. */
export function encodeVrrp2(fields: Vrrp2Fields, into?: Uint8Array): Uint8Array {
  const { addresses, password } = fields;
  assert(
    password === null || password.length === AUTHENTICATION_DATA_LENGTH,
    `a version 2 password has 8 bytes, not ${password?.length}`,
  );
  const message = room(into, ADDRESSES + addresses.length * ADDRESS_LENGTH + AUTHENTICATION_DATA_LENGTH);
  const authenticationData = writeCommon(message, 2, "ipv4", fields);
  message[AUTHENTICATION_TYPE] = password === null ? AUTHENTICATION_NONE : AUTHENTICATION_SIMPLE_PASSWORD;
  message[INTERVAL] = toWholeSeconds(fields.advertIntervalMicros);
  if (password === null) message.fill(0, authenticationData);
  else message.set(password, authenticationData);
  writeUint16(message, CHECKSUM, internetChecksum(message));
  return message;
}

/**
 * Reads a message whose version and type have been checked, in the order of RFC 3768 §7.1. Never throws.
 *
 * Exactly 8 + 4n + 8 bytes are accepted. Shorter is `truncated` (a speaker that leaves the authentication data out
 * is refused by Keepalived and FRR as well), longer is `length`. What stands in the authentication data of type 0 is
 * ignored (RFC 3768 §5.3.10). Type 2 (IPSEC AH) and all others are `authentication-type`.
 */
export function decodeVrrp2(
  message: Uint8Array,
  carriage: Pick<Carriage, "family" | "ours"> = { family: "ipv4" },
): Advert | DropReason {
  if (message.length < ADDRESSES) return "truncated";
  const authenticationData = ADDRESSES + message[ADDRESS_COUNT]! * ADDRESS_LENGTH;
  const expectedLength = authenticationData + AUTHENTICATION_DATA_LENGTH;
  if (message.length < expectedLength) return "truncated";
  if (message.length > expectedLength) return "length";
  if (!isRightSum(addWords(0, message, 0, expectedLength))) return "checksum";
  // Keepalived runs virtual routers of version 2 without an address: for such a one its peers have none either.
  if (message[ADDRESS_COUNT] === 0 && carriage.ours?.size !== 0) return "no-addresses";
  if (message[INTERVAL] === 0) return "zero-interval";
  if (message[VIRTUAL_ROUTER_ID] === 0) return "virtual-router-id";
  const authenticationType = message[AUTHENTICATION_TYPE]!;
  if (authenticationType > AUTHENTICATION_SIMPLE_PASSWORD) return "authentication-type";
  return {
    version: 2,
    virtualRouterId: message[VIRTUAL_ROUTER_ID]!,
    priority: message[PRIORITY]!,
    advertIntervalMicros: message[INTERVAL]! * MICROS_PER_SECOND,
    ...readAddresses(message, carriage),
    checksumForm: null,
    // A copy: the receive buffer is used again for the next packet.
    password:
      authenticationType === AUTHENTICATION_SIMPLE_PASSWORD
        ? Uint8Array.from(message.subarray(authenticationData, expectedLength))
        : null,
  };
}

function toWholeSeconds(interval: Micros): number {
  return Math.min(Math.max(Math.round(interval / MICROS_PER_SECOND), 1), MAX_INTERVAL_SECONDS);
}
