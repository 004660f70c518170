/** The packet that is put to the rules: an advert, or an ARP question or answer. */
import { type Family, parseAddress } from "../../base/address.js";
import { VRRP_PROTOCOL } from "../../wire/vrrp.js";
import type { Matching } from "./model.js";

export interface FilterPacket {
  readonly kind: Family | "arp";
  readonly direction: "in" | "out";
  readonly interface: string;
  /** Text; null: any of the peers. */
  readonly destination: string | null;
  readonly source: string | null;
}

/** IP protocol number of VRRP, as rules name it. */
export const VRRP_NAMES: readonly string[] = [String(VRRP_PROTOCOL), "vrrp"];

/** Whether an address lies in what a rule names: an address, or one with a prefix length. */
export function isWithin(address: string | null, network: string): Matching {
  if (address === null) return null;
  const [base, length] = network.split("/");
  const [wanted, actual] = [parseAddress(base ?? ""), parseAddress(address)];
  if (wanted === null || actual === null) return null;
  if (wanted.family !== actual.family) return false;
  const bits = length === undefined ? wanted.bytes.length * 8 : Number(length);
  if (!Number.isInteger(bits)) return null;
  return wanted.bytes.every((byte, index) => {
    const compared = Math.min(8, Math.max(0, bits - 8 * index));
    const mask = (0xff << (8 - compared)) & 0xff;
    return (byte & mask) === (actual.bytes[index]! & mask);
  });
}

/** Whether `name` is what a rule calls an interface: `ens3`, or with a wildcard at its end (`ens+`, `ens*`). */
export function isInterface(name: string, pattern: string): boolean {
  return /[+*]$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** A group is never answered, so that connection tracking takes every advert for a new connection. */
export function isNewConnection(states: readonly string[]): Matching {
  const wanted = states.map((state) => state.toLowerCase());
  return wanted.includes("new") || wanted.includes("untracked");
}
