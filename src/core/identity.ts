/**
 * What virtual routers and virtual addresses are known by, wherever they are spoken of: never by their position in a
 * list, which another configuration may change.
 */
import { type AddressWithPrefix, type Family, formatWithPrefix, parseAddress } from "../base/address.js";
import { assert } from "../base/errors.js";

declare const brand: unique symbol;

/** A virtual router: interface, family and virtual router id, as the configuration named them when its life began. */
export type RouterId = `${string}/${Family}/${number}` & { readonly [brand]: "RouterId" };

/** A virtual address where it is: interface, address, prefix length. No interface has a slash in its name. */
export type AddressKey = `${string}/${string}/${number}` & { readonly [brand]: "AddressKey" };

export function routerId(interfaceName: string, family: Family, virtualRouterId: number): RouterId {
  return `${interfaceName}/${family}/${virtualRouterId}` as RouterId;
}

export function addressKey(interfaceName: string, entry: AddressWithPrefix): AddressKey {
  return `${interfaceName}/${formatWithPrefix(entry)}` as AddressKey;
}

export function interfaceOf(key: AddressKey): string {
  return key.slice(0, key.indexOf("/"));
}

/** Without its interface. */
export function addressOf(key: AddressKey): AddressWithPrefix {
  const [text, prefix] = addressTextOf(key).split("/");
  const address = parseAddress(text!);
  assert(address !== null, `${key} has no address`);
  return { address, prefixLength: Number(prefix) };
}

/** "address/prefix length" of it. */
export function addressTextOf(key: AddressKey): string {
  return key.slice(key.indexOf("/") + 1);
}
