/** Which of the capabilities that vrrpd cannot do without this process lacks. */
import { readFileSync } from "node:fs";

export type Capability = "CAP_KILL" | "CAP_NET_ADMIN" | "CAP_NET_RAW" | "CAP_SETGID" | "CAP_SETUID";

/** linux/capability.h */
const CAPABILITY_BITS: Readonly<Record<Capability, bigint>> = {
  CAP_KILL: 5n,
  CAP_SETGID: 6n,
  CAP_SETUID: 7n,
  CAP_NET_ADMIN: 12n,
  CAP_NET_RAW: 13n,
};
const NEEDED: readonly Capability[] = ["CAP_NET_ADMIN", "CAP_NET_RAW"];

/** @param status the text of /proc/self/status; its CapEff line holds the effective set in hexadecimal. */
export function missingCapabilities(
  status = readFileSync("/proc/self/status", "utf8"),
  needed = NEEDED,
): Capability[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  return needed.filter((name) => (effective & (1n << CAPABILITY_BITS[name])) === 0n);
}
