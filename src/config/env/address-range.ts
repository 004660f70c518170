/** One entry of the list of virtual addresses: an address or a range, with or without a prefix length. */
import {
  type AddressWithPrefix,
  addressFromBytes,
  type IpAddress,
  parseAddress,
} from "../../base/address.js";

export interface AddressRange {
  readonly first: IpAddress;
  /** 1..65536 */
  readonly count: number;
  readonly prefixLength: number;
  /** The end was written as a whole address. */
  readonly endIsAddress: boolean;
}

/** `reason` ends the sentence "NAME=entry …". */
export interface Refused {
  readonly reason: string;
}

/** The range that `entry` spells, or why it spells none. An address alone is a range of one. */
export function parseRange(entry: string): AddressRange | Refused {
  const [body = "", prefixText, ...moreSlashes] = entry.split("/");
  const [startText = "", endText, ...moreDashes] = body.split("-");
  if (moreSlashes.length > 0 || moreDashes.length > 0) return { reason: "is not an address or a range" };
  const first = parseUnicastAddress(startText);
  if ("reason" in first) return first;
  const prefixLength = prefixText === undefined ? first.bytes.length * 8 : parsePrefix(prefixText, first);
  if (prefixLength === null) return { reason: `has a prefix length outside 1..${first.bytes.length * 8}` };
  if (endText === undefined) return { first, count: 1, prefixLength, endIsAddress: false };
  if (first.family === "ipv6" && startText.includes(".")) {
    return { reason: "is a range that begins with a dotted IPv6 address" };
  }
  const end = lastNumberOf(first, endText);
  if ("reason" in end) return end;
  const count = end.number - lastNumber(first) + 1;
  if (count < 1) return { reason: "is a range that runs backwards" };
  const range = { first, count, prefixLength, endIsAddress: end.isAddress };
  return whyNotHeld(addressAt(range, count - 1)) ?? range;
}

/** Every address of the range, in order. */
export function expandRange(range: AddressRange): AddressWithPrefix[] {
  return Array.from({ length: range.count }, (_, offset) => ({
    address: addressAt(range, offset),
    prefixLength: range.prefixLength,
  }));
}

/** A single address that an interface can hold and a packet be sent to, or why it is none. */
export function parseUnicastAddress(text: string): IpAddress | Refused {
  if (text.includes("%")) return { reason: "carries a zone; the interface has a variable of its own" };
  const address = parseAddress(text);
  if (address !== null) return whyNotHeld(address) ?? address;
  if (!/^\d+(\.\d+){3}$/.test(text)) return { reason: "is not an address" };
  return text.split(".").some(hasLeadingZero)
    ? { reason: "has a number with a leading zero, which some read as octal" }
    : { reason: "has a number above 255" };
}

/** Why no interface can hold this address beside others, or null. */
function whyNotHeld(address: IpAddress): Refused | null {
  const bytes = address.bytes;
  const zeros = (from: number, to: number) => bytes.subarray(from, to).every((byte) => byte === 0);
  if (address.family === "ipv4") {
    if (bytes[0] === 127) return { reason: "is a loopback address" };
    if (bytes[0]! >= 224 && bytes[0]! <= 239) return { reason: "is a multicast address" };
    if (bytes.every((byte) => byte === 255)) return { reason: "holds the broadcast address" };
    return zeros(0, 4) ? { reason: "is the unspecified address" } : null;
  }
  if (zeros(0, 10) && bytes[10] === 255 && bytes[11] === 255) {
    return { reason: "is an IPv4-mapped address; the IPv4 address itself is meant" };
  }
  if (bytes[0] === 255) return { reason: "is a multicast address" };
  if (zeros(0, 15) && bytes[15] === 1) return { reason: "is the loopback address" };
  return zeros(0, 16) ? { reason: "is the unspecified address" } : null;
}

function parsePrefix(text: string, address: IpAddress): number | null {
  const length = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : Number.NaN;
  return length <= address.bytes.length * 8 ? length : null;
}

/** The last octet or group that the end of a range gives to an address that otherwise equals `first`. */
function lastNumberOf(first: IpAddress, endText: string): { number: number; isAddress: boolean } | Refused {
  const ipv4 = first.family === "ipv4";
  if ((ipv4 ? /^\d+$/ : /^[0-9a-f]+$/i).test(endText)) {
    if (ipv4 && hasLeadingZero(endText)) {
      return { reason: "has a number with a leading zero, which some read as octal" };
    }
    const number = Number.parseInt(endText, ipv4 ? 10 : 16);
    if (number <= (ipv4 ? 0xff : 0xffff)) return { number, isAddress: false };
    return {
      reason: ipv4 ? "is a range that runs out of its octet" : "is a range that runs out of its group",
    };
  }
  const end = parseUnicastAddress(endText);
  if ("reason" in end || (!ipv4 && endText.includes(".")))
    return { reason: "is a range without a readable end" };
  const common = first.bytes.length - (ipv4 ? 1 : 2);
  const sameNetwork =
    end.family === first.family && first.bytes.subarray(0, common).every((byte, i) => byte === end.bytes[i]);
  if (!sameNetwork)
    return { reason: `is a range that ends outside the ${ipv4 ? "/24" : "/112"} of its start` };
  return { number: lastNumber(end), isAddress: true };
}

function hasLeadingZero(digits: string): boolean {
  return digits.length > 1 && digits.startsWith("0");
}

/** The last octet of an IPv4 address, the last group of an IPv6 address. */
function lastNumber(address: IpAddress): number {
  const bytes = address.bytes;
  return address.family === "ipv4" ? bytes[3]! : bytes[14]! * 256 + bytes[15]!;
}

function addressAt(range: AddressRange, offset: number): IpAddress {
  const bytes = Uint8Array.from(range.first.bytes);
  const number = lastNumber(range.first) + offset;
  bytes[bytes.length - 1] = number & 0xff;
  if (range.first.family === "ipv6") bytes[14] = number >> 8;
  return addressFromBytes(bytes);
}
