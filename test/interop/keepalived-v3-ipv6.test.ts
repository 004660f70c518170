/** Keepalived 2.2.7, version 3 over IPv6 multicast. */
import t from "tap";
import { CELLS_AT_ONCE, coldStart, killed, stopped } from "./events.js";
import { V3_IPV6 } from "./groups.js";
import { keepalived } from "./speakers.js";

t.jobs = CELLS_AT_ONCE;

const peer = (priority: number) => keepalived({ priority });
coldStart("keepalived v3 IPv6", V3_IPV6, peer);
killed("keepalived v3 IPv6", V3_IPV6, peer);
stopped("keepalived v3 IPv6", V3_IPV6, peer);
