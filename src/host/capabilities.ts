/** Which of the capabilities that vrrpd cannot do without this process lacks. */
import { readFileSync } from "node:fs";

export type Capability = "CAP_NET_ADMIN" | "CAP_NET_RAW";

/** linux/capability.h */
const CAPABILITY_BITS: readonly (readonly [Capability, bigint])[] = [
  ["CAP_NET_ADMIN", 12n],
  ["CAP_NET_RAW", 13n],
];

/** @param status the text of /proc/self/status; its CapEff line holds the effective set in hexadecimal. */
export function missingCapabilities(status = readFileSync("/proc/self/status", "utf8")): Capability[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  return CAPABILITY_BITS.filter(([, bit]) => (effective & (1n << bit)) === 0n).map(([name]) => name);
}
