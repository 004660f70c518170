/** Where the settings of an instance stand in the file, or would stand. */
import type { FileOrigin, SettingOrigins } from "../../../core/origin.js";
import { ORIGINS } from "../../env/table.js";
import type { GlobalDefs } from "../blocks/global-defs.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { Placed } from "../values.js";

/** What no keyword says is said by variables, beside a file as well. */
export function originsOfAll(globals: GlobalDefs): SettingOrigins {
  const { scriptUser, scriptSecurity, startupDelay } = globals;
  return {
    ...ORIGINS,
    scriptUser: scriptUser?.origin ?? ORIGINS.scriptUser,
    scriptSecurity: scriptSecurity?.origin ?? ORIGINS.scriptSecurity,
    startGrace: startupDelay?.origin ?? ORIGINS.startGrace,
  };
}

export function originsOf(instance: InstanceDraft, globals: GlobalDefs): SettingOrigins {
  const at = (placed: Placed<unknown> | null, keyword: string): FileOrigin =>
    placed?.origin ?? { ...instance.statement.origin, keyword };
  const { authentication, addressesAt, priority, peersAt } = instance;
  return {
    ...originsOfAll(globals),
    virtualAddresses: at(addressesAt, "virtual_ipaddress"),
    groups: at(addressesAt, "virtual_ipaddress"),
    virtualRouterId: at(instance.virtualRouterId, "virtual_router_id"),
    interface: at(instance.interface, "interface"),
    unicastPeers: at(peersAt, "unicast_peer"),
    unicastMinTtl: at(peersAt, "unicast_peer"),
    priority: at(priority, "priority"),
    replicaCount: at(priority, "priority"),
    advertInterval: at(instance.advertInterval, "advert_int"),
    version: at(instance.version, "version"),
    authentication: at(authentication.type, "authentication"),
    password: at(authentication.password, "auth_pass"),
    announceRefresh: at(null, "garp_master_refresh"),
  };
}
