/**
 * Cleaning up without a configuration, as OpenShift's removal Job asks for it: what carries vrrpd's mark in this
 * network namespace goes, whichever configuration it was of. IPv6 addresses cannot be told by their mark: they end with
 * their lease.
 */
import { readFileSync } from "node:fs";
import { shortList } from "../base/lists.js";
import { sweepFirewall } from "../host/firewall/sweep.js";
import { gatherHostFacts } from "../host/netlink/facts.js";
import { describeHolder, LockHolders } from "./locks/holders.js";
import { LOCK_PREFIX } from "./locks/locks.js";
import { removeAddresses } from "./removal.js";
import { removeLeftVmacs } from "./vmacs/left.js";

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
  return [...removeMarked(), ...removeLeftVmacs(() => false), ...(await sweepFirewall())];
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
  const { interfaces } = gatherHostFacts();
  const removals = interfaces.map((on) => {
    const marked = on.addresses.filter((address) => address.marked);
    const addresses = marked.map(({ address, prefixLength, peer = null }) => ({
      address,
      prefixLength,
      peer,
    }));
    return { on, addresses };
  });
  return removeAddresses(removals, interfaces);
}
