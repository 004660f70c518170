/** Virtual addresses spread over virtual routers, and the ids of these. */
import type { AddressWithPrefix } from "../../base/address.js";

export const MAX_VIRTUAL_ROUTER_ID = 255;

/** One instance of the original: its number, its id, and its addresses of either family. */
export interface Group {
  /** From 1; part of the instance's name, and what priorities are spread by. */
  readonly number: number;
  readonly virtualRouterId: number;
  readonly virtualAddresses: readonly AddressWithPrefix[];
}

/**
 * The addresses in order, over `groupCount` groups of which the first ones are larger by one; 0, or more groups than
 * addresses: one address a group. Ids may lie above 255, which the caller refuses.
 */
export function spreadOverGroups(
  addresses: readonly AddressWithPrefix[],
  groupCount: number,
  idOffset: number,
  excludedIds: ReadonlySet<number>,
): Group[] {
  const count = groupCount === 0 ? addresses.length : Math.min(groupCount, addresses.length);
  const size = Math.floor(addresses.length / count);
  const larger = addresses.length % count;
  const ids = assignIds(count, idOffset, excludedIds);
  return ids.map((virtualRouterId, index) => {
    const start = index * size + Math.min(index, larger);
    const end = start + size + (index < larger ? 1 : 0);
    return { number: index + 1, virtualRouterId, virtualAddresses: addresses.slice(start, end) };
  });
}

/** Offset + number; an excluded id raises the offset for every later number too, as in the original. */
function assignIds(count: number, idOffset: number, excludedIds: ReadonlySet<number>): number[] {
  const ids: number[] = [];
  let offset = idOffset;
  for (let number = 1; number <= count; number++) {
    while (excludedIds.has(offset + number)) offset += 1;
    ids.push(offset + number);
  }
  return ids;
}

/** "1-3, 6": ascending ids as a person writes them. */
export function formatIds(ids: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const id of ids) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === id - 1) last[1] = id;
    else runs.push([id, id]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
}
