/**
 * IP addresses as values: parsed once by `ip-address`, then compared and encoded as bytes.
 * Two addresses are the same when their `text` (canonical: RFC 5952 for IPv6) is.
 */
import { Address4, Address6 } from "ip-address";

export type Family = "ipv4" | "ipv6";

export interface IpAddress {
  readonly family: Family;
  /** Canonical text, without prefix length or zone. */
  readonly text: string;
  /** 4 or 16 bytes, network byte order. */
  readonly bytes: Uint8Array;
}

/** An address together with the length of its prefix, as it is put on an interface. */
export interface AddressWithPrefix {
  readonly address: IpAddress;
  readonly prefixLength: number;
}

/** The address that `text` spells, or null. Accepts neither prefix lengths nor zones. */
export function parseAddress(text: string): IpAddress | null {
  if (text.includes("/") || text.includes("%")) return null;
  if (Address4.isValid(text)) return addressFromBytes(Uint8Array.from(new Address4(text).toArray()));
  if (Address6.isValid(text)) return addressFromBytes(bytesOf(new Address6(text)));
  return null;
}

/** The address of 4 or 16 bytes; the bytes are copied. Throws RangeError on any other length. */
export function addressFromBytes(bytes: Uint8Array): IpAddress {
  const copy = Uint8Array.from(bytes);
  if (copy.length === 4) return { family: "ipv4", text: copy.join("."), bytes: copy };
  if (copy.length !== 16) throw new RangeError(`an address has 4 or 16 bytes, not ${copy.length}`);
  return { family: "ipv6", text: Address6.fromByteArray(Array.from(copy)).correctForm(), bytes: copy };
}

/** < 0, 0 or > 0: addresses of one family as unsigned numbers in network byte order (RFC 9568 §6.4.3). */
export function compareAddresses(a: IpAddress, b: IpAddress): number {
  return Buffer.compare(a.bytes, b.bytes);
}

/** fe80::/10 (RFC 4291 §2.5.6). */
export function isLinkLocal6(address: IpAddress): boolean {
  return address.family === "ipv6" && address.bytes[0] === 0xfe && (address.bytes[1]! & 0xc0) === 0x80;
}

/** 169.254/16 (RFC 3927). */
export function isLinkLocal4(address: IpAddress): boolean {
  return address.family === "ipv4" && address.bytes[0] === 169 && address.bytes[1] === 254;
}

/** As it stands before a port: an IPv6 address in brackets. */
export function hostOfUrl({ family, text }: IpAddress): string {
  return family === "ipv6" ? `[${text}]` : text;
}

/** The prefix is that of one address alone: /32 or /128. */
export function isSingleHost({ address, prefixLength }: AddressWithPrefix): boolean {
  return prefixLength === 8 * address.bytes.length;
}

export function formatWithPrefix(entry: AddressWithPrefix): string {
  return `${entry.address.text}/${entry.prefixLength}`;
}

function bytesOf(address: Address6): Uint8Array {
  const bytes = address.toUnsignedByteArray();
  const padded = new Uint8Array(16);
  padded.set(bytes, 16 - bytes.length);
  return padded;
}
