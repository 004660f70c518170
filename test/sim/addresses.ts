/** The addresses of a run, all from the ranges that are kept for documentation. */
import {
  type AddressWithPrefix,
  addressFromBytes,
  type Family,
  type IpAddress,
} from "../../src/base/address.js";

/** The node address of a host on the LAN: 192.0.2.octet, fe80::octet. */
export function hostAddress(family: Family, octet: number): IpAddress {
  return family === "ipv4" ? ipv4(192, 0, 2, octet) : ipv6(0xfe80, octet);
}

/** The nth virtual address of a run; 480 fit for IPv4. */
export function virtualAddress(family: Family, number: number): AddressWithPrefix {
  if (family === "ipv6") return { address: ipv6(0x2001, number), prefixLength: 128 };
  const third = number < 240 ? [198, 51, 100] : [203, 0, 113];
  return { address: ipv4(third[0]!, third[1]!, third[2]!, 1 + (number % 240)), prefixLength: 32 };
}

/** An address that no list of ours holds. */
export function strangeAddress(family: Family): IpAddress {
  return family === "ipv4" ? ipv4(198, 51, 100, 250) : ipv6(0x2001, 0xffff);
}

function ipv4(...bytes: number[]): IpAddress {
  return addressFromBytes(Uint8Array.from(bytes));
}

/** fe80::number or 2001:db8::number */
function ipv6(first: number, number: number): IpAddress {
  const bytes = new Uint8Array(16);
  bytes.set([first >> 8, first & 0xff]);
  if (first === 0x2001) bytes.set([0x0d, 0xb8], 2);
  bytes.set([number >> 8, number & 0xff], 14);
  return addressFromBytes(bytes);
}
