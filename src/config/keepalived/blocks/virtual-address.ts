/** A line of `virtual_ipaddress` and `virtual_ipaddress_excluded`: an address, where it goes, and how. */

import { addressFromBytes, type IpAddress, parseAddress } from "../../../base/address.js";
import type { Writable } from "../../../base/writable.js";
import type { FileOrigin } from "../../../core/origin.js";
import { plainVirtualAddress, type VirtualAddressIntent } from "../../../core/virtual-address.js";
import type { Class } from "../keyword.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";

/** `interface` null: the instance's; `vmac`: on one with a virtual MAC address, above that. */
export type AddressDraft = { readonly origin: FileOrigin; vmac: boolean } & Writable<VirtualAddressIntent>;
/** `preferred_lft forever`, beside /128, which is never preferred otherwise (INFINITY_LIFE_TIME of the kernel). */
const FOREVER_SECONDS = 0xffffffff;
const SCOPES: Readonly<Record<string, number>> = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 };
const MAX_LABEL_BYTES = 15;
/** Options that have a value. */
const OPTIONS = ["dev", "scope", "label", "brd", "broadcast", "peer", "preferred_lft"];
const FLAGS = ["no_track", "noprefixroute", "autojoin", "mcautojoin", "home", "-nodad", "use_vmac"];

export const ADDRESS_WORDS: Readonly<Record<string, Class>> = Object.fromEntries(
  [...OPTIONS, ...FLAGS].map((word) => [word, "works" as const]),
);

/** An option that makes the line unusable: the end of a sentence. */
class Unusable extends Error {}

/** @returns null: the line is dropped, as in Keepalived, and that has been said */
export function readVirtualAddress(statement: Statement, report: Report): AddressDraft | null {
  const line = [statement.keyword, ...statement.words].join(" ");
  const draft = readAddress(statement, report);
  if (draft === null) return null;
  try {
    const words = [...statement.words];
    const seen = new Set<string>();
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      if (!OPTIONS.includes(word)) readFlag(draft, word, statement, report);
      else {
        if (seen.has(word)) throw new Unusable(`${word} stands twice`);
        seen.add(word);
        readOption(draft, word, words.shift(), report);
      }
    }
    return draft;
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    report.warn(statement.origin, `${line}: ${error.message}; the address is left out, as in Keepalived`);
    return null;
  }
}

function readAddress({ keyword, origin }: Statement, report: Report): AddressDraft | null {
  const [text = "", length] = keyword.split("/", 2);
  const address = parseAddress(text);
  if (address === null) {
    report.warn(origin, `“${keyword}” is no address, and is left out, as in Keepalived`);
    return null;
  }
  const whole = 8 * address.bytes.length;
  const known = length === undefined || (/^\d+$/.test(length) && Number(length) <= whole);
  if (!known)
    report.warn(origin, `${keyword}: /${length} is no prefix length from 0 to ${whole}; /${whole} counts`);
  const prefixLength = length !== undefined && known ? Number(length) : whole;
  const plain = plainVirtualAddress({ address, prefixLength }, null);
  return { ...plain, origin, tracked: true, vmac: false };
}

function readOption(draft: AddressDraft, option: string, value: string | undefined, report: Report): void {
  if (value === undefined) throw new Unusable(`${option} has no value`);
  if (option === "dev") draft.interface = value;
  else if (option === "scope") readScope(draft, value, report);
  else if (option === "label") readLabel(draft, value, report);
  else if (option === "peer") readPeer(draft, value);
  else if (option === "preferred_lft") readPreferred(draft, value, report);
  else draft.broadcast = broadcastOf(draft, value);
}

function readScope(draft: AddressDraft, value: string, report: Report): void {
  const { origin, address } = draft;
  const scope = SCOPES[value] ?? (/^\d{1,3}$/.test(value) ? Number(value) : 256);
  if (scope > 255) throw new Unusable(`scope ${value} is none of link, host, site, global and 0 to 255`);
  if (address.family === "ipv4") draft.scope = scope;
  else
    report.warn(
      origin,
      `${address.text} scope ${value}: IPv6 addresses have the scope that they have; it is ignored`,
    );
}

function readLabel(draft: AddressDraft, value: string, report: Report): void {
  const { origin, address } = draft;
  if (Buffer.byteLength(value) > MAX_LABEL_BYTES)
    throw new Unusable(`label ${value} is longer than ${MAX_LABEL_BYTES} bytes`);
  if (address.family === "ipv4") draft.label = value;
  else report.warn(origin, `${address.text} label ${value}: IPv6 addresses have no label; it is ignored`);
}

function readPeer(draft: AddressDraft, value: string): void {
  const peer = parseAddress(value.split("/", 1)[0]!);
  if (peer === null || peer.family !== draft.address.family)
    throw new Unusable(`peer ${value} is no ${draft.address.family} address`);
  draft.peer = peer;
}

function readPreferred(draft: AddressDraft, value: string, report: Report): void {
  const isForever = value === "forever" || value === "infinity";
  if (!isForever && !/^\d{1,10}$/.test(value))
    throw new Unusable(`preferred_lft ${value} is neither seconds nor forever`);
  if (draft.address.family === "ipv4" && !isForever)
    report.warn(draft.origin, `preferred_lft ${value} counts for IPv6 alone, and is ignored`);
  draft.preferredSeconds = isForever ? FOREVER_SECONDS : Number(value);
}

/** `+`: all bits of the host set; `-`: none. */
function broadcastOf({ address, prefixLength }: AddressDraft, value: string): IpAddress {
  if (address.family === "ipv6")
    throw new Unusable(`${value} is a broadcast address, which IPv6 does not have`);
  if (value !== "+" && value !== "-") {
    const broadcast = parseAddress(value);
    if (broadcast?.family !== "ipv4") throw new Unusable(`brd ${value} is neither an IPv4 address, + nor -`);
    return broadcast;
  }
  if (prefixLength > 30) throw new Unusable(`brd ${value} needs a prefix length of at most 30`);
  return addressFromBytes(
    address.bytes.map((byte, index) => {
      const hostBits = 0xff >> Math.min(8, Math.max(0, prefixLength - 8 * index));
      return value === "+" ? byte | hostBits : byte & ~hostBits & 0xff;
    }),
  );
}

function readFlag(draft: AddressDraft, word: string, { origin, keyword }: Statement, report: Report): void {
  const isIpv6 = draft.address.family === "ipv6";
  if (word === "no_track") draft.tracked = false;
  else if (word === "noprefixroute") draft.noPrefixRoute = true;
  else if (word === "autojoin" || word === "mcautojoin") draft.autojoin = true;
  else if (word === "home" && isIpv6) draft.home = true;
  else if (word === "-nodad" && isIpv6) draft.nodad = false;
  else if (word === "use_vmac") draft.vmac = true;
  else
    report.warn(
      origin,
      `${keyword} ${word}: the word is not known and is ignored; the address stays, as in Keepalived`,
    );
}
