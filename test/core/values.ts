/** Values that the scenarios are made of: addresses of the documentation ranges, a link, configurations. */
import { type AddressWithPrefix, type IpAddress, parseAddress } from "../../src/base/address.js";
import { macFromBytes } from "../../src/base/mac.js";
import { secondsToMicros } from "../../src/base/time.js";
import { type AddressKey, addressKey, type RouterId, routerId } from "../../src/core/identity.js";
import type { InterfaceAddress, LinkState } from "../../src/core/input.js";
import type { Advert } from "../../src/wire/advert.js";

/** Our own address: .2; so .1 is a smaller and .3 a greater one. */
export const OUR_SOURCE = "192.0.2.2";
export const VIRTUAL_ADDRESS = "192.0.2.10";

export const LINK: LinkState = {
  index: 2,
  up: true,
  carrier: true,
  mac: macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, 2)),
  mtu: 1500,
};

export function ip(text: string): IpAddress {
  const address = parseAddress(text);
  if (address === null) throw new Error(`not an address: ${text}`);
  return address;
}

/** @param text with or without a prefix length, which is then that of a single address */
export function withPrefix(text: string): AddressWithPrefix {
  const [address, prefix] = text.split("/") as [string, string | undefined];
  const parsed = ip(address);
  return {
    address: parsed,
    prefixLength: prefix === undefined ? parsed.bytes.length * 8 : Number(prefix),
  };
}

/** What the kernel reports of an address beside itself: global, for ever, not marked by vrrpd. */
export const PLAIN: Omit<InterfaceAddress, "address" | "prefixLength"> = {
  scope: "global",
  secondary: false,
  tentative: false,
  nodad: false,
  temporary: false,
  deprecated: false,
  label: null,
  validSeconds: null,
  marked: false,
};

/** An address as the kernel reports it. @param text as of `withPrefix` */
export function kernelAddress(text: string, overrides: Partial<InterfaceAddress> = {}): InterfaceAddress {
  return { ...withPrefix(text), ...PLAIN, ...overrides };
}

/** The one of `routerConfig`. */
export const ROUTER = routerId("eth0", "ipv4", 1);

/** Of an address on eth0. */
export function keyOf(text: string): AddressKey {
  return addressKey("eth0", withPrefix(text));
}

/** What another router says; by default the same virtual address every second at priority 100. */
export interface Heard extends Partial<Omit<Advert, "addresses">> {
  readonly from?: string;
  readonly listed?: boolean;
  readonly addresses?: readonly string[];
  readonly router?: RouterId;
}

export function advertOf(heard: Heard): Advert {
  const { from: _from, listed: _listed, router: _router, addresses, ...fields } = heard;
  return {
    version: 3,
    virtualRouterId: 1,
    priority: 100,
    advertIntervalMicros: secondsToMicros(1),
    checksumForm: "pseudo-header",
    password: null,
    addressCount: (addresses ?? [VIRTUAL_ADDRESS]).length,
    ...fields,
    addresses: (addresses ?? [VIRTUAL_ADDRESS]).map(ip),
  };
}
