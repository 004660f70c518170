/** The global definitions in keepalived.data: those that mean something here. */
import { printable } from "../../base/text.js";
import type { DumpSource } from "./source.js";
import { enabled, ids, text } from "./words.js";

export function globalsText({ intent, host, idsOf }: DumpSource): string {
  const { shown, settings } = intent;
  const { startupDelaySeconds: delay } = shown;
  const { realtimePriority, scripts } = settings;
  return text([
    ` Router ID = ${printable(shown.routerId ?? host)}`,
    ` Dynamic interfaces = ${shown.waitsForInterfaces}`,
    ` VRRP notify priority changes = false`,
    ` VRRP IPv4 mcast group = ${shown.multicastGroups.ipv4.text}`,
    ` VRRP IPv6 mcast group = ${shown.multicastGroups.ipv6.text}`,
    ` VRRP default protocol version = ${shown.version}`,
    ` VRRP skip check advert addresses = ${shown.skipsAddressCheck}`,
    ` VRRP strict mode = ${shown.strict}`,
    ` VRRP realtime priority = ${realtimePriority ?? 0}`,
    " SNMP vrrp disabled",
    " SNMP checker disabled",
    " SNMP RFCv2 disabled",
    " SNMP RFCv3 disabled",
    " SNMP traps disabled",
    " DBus disabled",
    ` Script security ${enabled(scripts.security !== "none")}`,
    ` Default script uid:gid ${ids(idsOf(null))}`,
    delay === null ? null : ` vrrp_startup_delay = ${delay}`,
  ]);
}
