/** Keepalived 2.2.7, version 3 over IPv4 multicast: the elections. */
import t from "tap";
import { CELLS_AT_ONCE, coldStart, killed, stopped } from "./events.js";
import { V3_IPV4 } from "./groups.js";
import { keepalived } from "./speakers.js";

t.jobs = CELLS_AT_ONCE;

const peer = (priority: number) => keepalived({ priority });
coldStart("keepalived v3 IPv4", V3_IPV4, peer);
killed("keepalived v3 IPv4", V3_IPV4, peer);
stopped("keepalived v3 IPv4", V3_IPV4, peer);

const TENTH = { ...V3_IPV4, intervalSeconds: 0.1 };
coldStart("keepalived v3 IPv4, 0.1 s", TENTH, peer);
killed("keepalived v3 IPv4, 0.1 s", TENTH, peer);
