/** The accept rule that this daemon has made, and somebody else removes. */
import type { StatusDocument } from "../types.js";
import { type Found, plain } from "./found.js";

/** A rule that was removed once and stayed since is no news any more. */
const RECENT_MILLIS = 3_600_000;

export function firewallProblems({ firewall }: Pick<StatusDocument, "firewall">, now: number): Found[] {
  if (firewall === null || firewall.lastRestoredAt === null) return [];
  const { restored, lastRestoredAt } = firewall;
  if (now - Date.parse(lastRestoredAt) > RECENT_MILLIS) return [];
  const times = restored === 1 ? "once" : `${restored} times`;
  return [
    plain(
      "warning",
      "firewall-flushed",
      null,
      `the firewall rule that accepts VRRP was gone ${times}, the last time at ${lastRestoredAt}, and was put back: until then this node may have heard nobody`,
      "Find what flushes the rules (a reload of firewalld or nftables.service, iptables -F in a script), and have it accept protocol 112 itself.",
    ),
  ];
}
