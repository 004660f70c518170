/** Interfaces with virtual MAC addresses that nobody looks after any more, and what they changed below them. */
import { LinkRequests, readLink, readLinks } from "../../host/netlink/link-requests.js";
import { encodeRemoveLink, type Macvlan } from "../../host/netlink/macvlan.js";
import { beforeOf, needsBase, ownerOf, restoreBase } from "../../host/netlink/vmac-base.js";
import { LOCK_PREFIX } from "../locks/locks.js";

/**
 * Removes those that carry vrrpd's mark and are of a virtual router that no daemon runs.
 * @param isRun whether a daemon, this one included, runs the virtual router whose lock has this name
 * @returns sentences: what was done
 */
export function removeLeftVmacs(isRun: (lock: string) => boolean): string[] {
  const left = readLinks().filter((link) => {
    const owner = ownerOf(link, LOCK_PREFIX);
    return link.isPrivate && owner !== null && !isRun(owner);
  });
  if (left.length === 0) return [];
  const requests = new LinkRequests();
  try {
    const done = left.map(({ index, name }) => {
      const refused = requests.request(encodeRemoveLink(index));
      return refused === null ? `${name} was removed` : `${name} could not be removed (${refused})`;
    });
    restoreUnused(requests, left);
    return done;
  } finally {
    requests.close();
  }
}

/** Of the interfaces below those that were removed: where no other one is left, their settings are as before. */
export function restoreUnused(requests: LinkRequests, removed: readonly Macvlan[]): void {
  const rest = readLinks().filter((link) => ownerOf(link, LOCK_PREFIX) !== null && needsBase(link));
  for (const lower of new Set(removed.filter(needsBase).map(({ lowerIndex }) => lowerIndex))) {
    if (lower === null || rest.some(({ lowerIndex }) => lowerIndex === lower)) continue;
    const base = readLink(lower);
    if (base !== null) restoreBase(requests, base, beforeOf(base, removed));
  }
}
