/**
 * Keepalived 2.2.7, version 3 over IPv4 multicast, every 0.01 s: the down timer ends after 36 ms. Nothing else runs
 * beside it.
 */
import { coldStart, killed } from "./events.js";
import { V3_IPV4 } from "./groups.js";
import { keepalived } from "./speakers.js";

const HUNDREDTH = { ...V3_IPV4, intervalSeconds: 0.01 };
const peer = (priority: number) => keepalived({ priority });
coldStart("keepalived v3 IPv4, 0.01 s", HUNDREDTH, peer);
killed("keepalived v3 IPv4, 0.01 s", HUNDREDTH, peer);
