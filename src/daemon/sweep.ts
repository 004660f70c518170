/**
 * Cleaning up without a configuration, as OpenShift's removal Job asks for it: what carries vrrpd's mark in this
 * network namespace goes, whichever configuration it was of. IPv6 addresses cannot be told by their mark: they end with
 * their lease.
 */
import { readFileSync } from "node:fs";
import { formatWithPrefix } from "../base/address.js";
import { sweepFirewall } from "../host/firewall/sweep.js";
import { gatherHostFacts } from "../host/netlink/facts.js";
import { OwnChanges } from "../host/netlink/own-changes.js";
import { AddressRequests, prepareAddresses } from "../host/netlink/requests.js";
import { LockHolders, mayHold } from "./lock-holders.js";
import { LOCK_PREFIX } from "./locks.js";

/** Returns sentences: what was done, or why nothing was. */
export async function sweep(): Promise<string[]> {
  const held = heldLocks();
  if (held.length > 0) {
    return [
      `vrrpd runs in this network namespace (${held.join(", ")}): nothing was removed; stop it first, or give its variables`,
    ];
  }
  return [...removeMarked(), ...(await sweepFirewall())];
}

/** The virtual routers that a daemon runs, as their locks are called. */
function heldLocks(): string[] {
  const names =
    readFileSync("/proc/self/net/unix", "utf8").match(new RegExp(`@${LOCK_PREFIX}\\S+`, "g")) ?? [];
  const unique = [...new Set(names.map((name) => name.slice(1)))];
  // Anybody may have bound such a name; who is root or unknown may be a daemon.
  const rightful = new LockHolders().of(unique).filter(({ uid }) => uid === null || mayHold(uid, []));
  return rightful.map(({ name }) => name.slice(LOCK_PREFIX.length));
}

function removeMarked(): string[] {
  const requests = new AddressRequests(new OwnChanges());
  try {
    return gatherHostFacts().interfaces.flatMap(({ name, link, addresses }) => {
      const marked = addresses.filter((address) => address.marked);
      const prepared = prepareAddresses(link.index, marked, null);
      const [outcomes] = requests.remove([{ prepared, addresses: [...marked.keys()] }]);
      return outcomes!.map((outcome) => {
        const address = formatWithPrefix(marked[outcome.address]!);
        const what =
          outcome.result === "done" ? "was removed from" : `could not be removed (${outcome.code}) from`;
        return `${address} ${what} ${name}`;
      });
    });
  } finally {
    requests.close();
  }
}
