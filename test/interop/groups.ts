/** The virtual router of the cells, in each version and family. */
import type { Group } from "./speakers.js";

const COMMON = { virtualRouterId: 5, intervalSeconds: 1, password: null } as const;

export const V3_IPV4: Group = { ...COMMON, family: "ipv4", version: 3, virtualAddress: "192.0.2.101" };
export const V3_IPV6: Group = { ...COMMON, family: "ipv6", version: 3, virtualAddress: "2001:db8::101" };
export const V2_IPV4: Group = { ...V3_IPV4, version: 2 };
export const V2_IPV4_PASS: Group = { ...V2_IPV4, password: "ipfailover" };
