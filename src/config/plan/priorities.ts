/** Priorities that spread the virtual routers over the nodes, as the original image derives them. */
import type { IpAddress } from "../../base/address.js";
import type { Preempt } from "../../core/config.js";

/** Virtual routers that the nodes share as one. */
export interface PriorityGroup {
  /** From 1. */
  readonly number: number;
  readonly virtualRouterId: number;
}

const SLOTS = 128;
const SPREAD = 32;

/**
 * The priority of every group in order, 1..254. With s the node's slot: a node's own groups, those whose number is
 * divisible by (s mod replicas) + 1, take 255 − s and s + 1 in turn, under `nopreempt` always 255 − s; the others take
 * (s mod 64) + r, r of 0..31 from a stable hash (random in the original, so that a restart reshuffled them).
 * @param node the node address, or the link-local address of a node without an IPv4 address.
 */
export function prioritiesOf(
  groups: readonly PriorityGroup[],
  node: IpAddress,
  replicaCount: number,
  preempt: Preempt,
): number[] {
  const slot = slotOf(node);
  const divisor = (slot % replicaCount) + 1;
  let ownGroups = 0;
  return groups.map((group) => {
    if (group.number % divisor !== 0) {
      return clamp((slot % 64) + stableHash([...node.bytes, group.virtualRouterId], SPREAD));
    }
    ownGroups += 1;
    const high = preempt.mode === "never" || ownGroups % 2 === 1;
    return clamp(high ? 255 - slot : slot + 1);
  });
}

/** 0..127: the last octet of an IPv4 address modulo 128, a stable hash of an IPv6 address. */
function slotOf(node: IpAddress): number {
  return node.family === "ipv4" ? node.bytes[3]! % SLOTS : stableHash(node.bytes, SLOTS);
}

/** 0 (releasing) and 255 (the owner) mean something else (RFC 9568 §5.2.4). */
function clamp(priority: number): number {
  return Math.min(254, Math.max(1, priority));
}

/**
 * The same after every restart and on every machine: FNV-1a of 32 bits, its halves folded into each other so that low
 * bits depend on every byte; modulo `range`.
 */
function stableHash(bytes: Iterable<number>, range: number): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return ((hash >>> 16) ^ (hash & 0xffff)) % range;
}
