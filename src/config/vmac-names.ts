/** What interfaces with virtual MAC addresses are called, and which address they have. */
import type { Family } from "../base/address.js";
import { type MacAddress, macFromBytes } from "../base/mac.js";

/** `IFNAMSIZ`, without its closing zero. */
export const MAX_INTERFACE_NAME_BYTES = 15;
export const VMAC_PREFIX = "vrrp";
const FAMILY_BYTES: Readonly<Record<Family, number>> = { ipv4: 1, ipv6: 2 };

/** 00-00-5E-00-01-{id} over IPv4, 00-00-5E-00-02-{id} over IPv6 (RFC 9568 §7.3). */
export function virtualMac(family: Family, virtualRouterId: number): MacAddress {
  return macFromBytes(Uint8Array.of(0, 0, 0x5e, 0, FAMILY_BYTES[family], virtualRouterId));
}

/** One of those of RFC 9568, whichever id it is of. */
export function isVirtualMac({ bytes }: MacAddress): boolean {
  const first = virtualMac("ipv4", 0).bytes;
  return first.subarray(0, 4).every((byte, index) => byte === bytes[index]) && [1, 2].includes(bytes[4]!);
}

export class VmacNames {
  readonly #taken: Set<string>;

  /** @param reserved names that are given already */
  constructor(reserved: Iterable<string>) {
    this.#taken = new Set(reserved);
  }

  /** `vrrp.51`; where that is taken, with a number before the dot, as Keepalived does it: over IPv6 `vrrp6.51` first. */
  next(family: Family, virtualRouterId: number, prefix = VMAC_PREFIX): string {
    const suffix = `.${virtualRouterId}`;
    const preferred = family === "ipv6" ? ["", "6"] : [""];
    for (let number = 0; ; number += 1) {
      const middle = preferred[number] ?? String(number - preferred.length + 1);
      const name = `${shortened(prefix, `${middle}${suffix}`)}${middle}${suffix}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}

function shortened(prefix: string, rest: string): string {
  return prefix.slice(0, MAX_INTERFACE_NAME_BYTES - rest.length);
}
