/**
 * Cleaning up without a configuration, as OpenShift's removal Job asks for it: what carries vrrpd's mark in this
 * network namespace goes, whichever configuration it was of. IPv6 addresses cannot be told by their mark: they end with
 * their lease.
 */
import { readFileSync } from "node:fs";
import { formatWithPrefix } from "../base/address.js";
import { shortList } from "../base/lists.js";
import { sweepFirewall } from "../host/firewall/sweep.js";
import { gatherHostFacts } from "../host/netlink/facts.js";
import { OwnChanges } from "../host/netlink/own-changes.js";
import { AddressRequests, prepareAddresses } from "../host/netlink/requests.js";
import { describeHolder, LockHolders } from "./locks/holders.js";
import { LOCK_PREFIX } from "./locks/locks.js";
import { describePutBack } from "./put-back.js";

/** One holder is enough, and any user can bind thousands of names. */
const LOOKED_AT = 16;

/** Returns sentences: what was done, or why nothing was. */
export async function sweep(): Promise<string[]> {
  const held = heldLocks();
  if (held.length > 0) {
    return [
      `vrrpd runs in this network namespace (${shortList(held)}): nothing was removed; stop it first, or give its variables`,
    ];
  }
  return [...removeMarked(), ...(await sweepFirewall())];
}

/**
 * The virtual routers that a daemon runs, as their locks are called, and who it is. Without its variables a daemon of
 * another user cannot be told from somebody who merely holds the name: either is left alone.
 */
function heldLocks(): string[] {
  const names =
    readFileSync("/proc/self/net/unix", "utf8").match(new RegExp(`@${LOCK_PREFIX}\\S+`, "g")) ?? [];
  const unique = [...new Set(names.map((name) => name.slice(1)))].slice(0, LOOKED_AT);
  const holders = new LockHolders().of(unique);
  return holders.map((holder) => `${holder.name.slice(LOCK_PREFIX.length)} by ${describeHolder(holder)}`);
}

function removeMarked(): string[] {
  const also: string[] = [];
  const { interfaces } = gatherHostFacts();
  const requests = new AddressRequests(new OwnChanges(), (results) =>
    also.push(...results.map((one) => describePutBack(one, interfaces))),
  );
  try {
    const removed = interfaces.flatMap(({ name, link, addresses }) => {
      const marked = addresses.filter((address) => address.marked);
      const plain = marked.map(({ address, prefixLength, peer = null }) => ({ address, prefixLength, peer }));
      const prepared = prepareAddresses(link.index, plain, null);
      const [outcomes] = requests.remove([{ prepared, addresses: [...marked.keys()] }]);
      return outcomes!.map((outcome) => {
        const address = formatWithPrefix(marked[outcome.address]!);
        const what =
          outcome.result === "done" ? "was removed from" : `could not be removed (${outcome.code}) from`;
        return `${address} ${what} ${name}`;
      });
    });
    return [...removed, ...also];
  } finally {
    requests.close();
  }
}
