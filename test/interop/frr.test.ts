/** FRR's vrrpd 8.4.4 beside ours. */
import t from "tap";
import { CELLS_AT_ONCE, coldStart, killed } from "./events.js";
import { V2_IPV4, V3_IPV4, V3_IPV6 } from "./groups.js";
import { frr } from "./speakers.js";

t.jobs = CELLS_AT_ONCE;

for (const [name, group] of [
  ["frr v3 IPv4", V3_IPV4],
  ["frr v3 IPv6", V3_IPV6],
  ["frr v2 IPv4", V2_IPV4],
] as const) {
  coldStart(name, group, (priority) => frr({ priority }));
  killed(name, group, (priority) => frr({ priority }));
}
