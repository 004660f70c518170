/** Where the settings of an instance stand in the file, or would stand. */
import type { FileOrigin, SettingOrigins } from "../../../core/origin.js";
import { ORIGINS } from "../../env/table.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { Placed } from "../values.js";

/** What no keyword says is said by variables, beside a file as well. */
export function originsOf(instance: InstanceDraft): SettingOrigins {
  const at = (placed: Placed<unknown> | null, keyword: string): FileOrigin =>
    placed?.origin ?? { ...instance.statement.origin, keyword };
  const { authentication, addressesAt, priority, peersAt } = instance;
  return {
    ...ORIGINS,
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
