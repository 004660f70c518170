/** What a configuration needs to know of this host before it can be read. */
import { readFileSync } from "node:fs";
import type { Lookups } from "../config/index.js";
import { whyUnknownGroup } from "../host/groups.js";
import { takeSnapshot } from "../host/netlink/dump.js";
import { routingNames } from "../host/netlink/names.js";
import { findIdentity } from "../host/scripts/identity.js";

/** Of this network namespace; two lines of heading, then the services. */
const IPVS_SERVICES = "/proc/net/ip_vs";
const SERVICE = /^(TCP|UDP|SCTP|FWM) /m;

/** For one reading of a configuration: all of its names are asked of the same list. */
export function makeLookups(): Lookups {
  let names: ReadonlyMap<string, string> | null = null;
  return {
    whyUnknown: (user) => {
      const identity = findIdentity(user);
      return typeof identity === "string" ? identity : null;
    },
    whyUnknownGroup,
    interfaceNamed: (name) => {
      names ??= interfaceNames();
      return names.get(name) ?? null;
    },
    routingNames: routingNames(),
    hasIpvsServices: () => {
      try {
        return SERVICE.test(readFileSync(IPVS_SERVICES, "utf8"));
      } catch {
        // The kernel has no IPVS.
        return false;
      }
    },
  };
}

/** Names proper and alternative ones, with the name that the interface has. */
function interfaceNames(): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { name, alternativeNames } of takeSnapshot().links)
    if (name !== null) for (const one of [...alternativeNames, name]) names.set(one, name);
  return names;
}
