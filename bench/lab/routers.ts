/** Which virtual routers a measurement has, the same ones for every daemon. */
import type { VirtualRouter } from "../../test/lab/daemons/daemon.js";

/** Number of the first host, as in 192.0.2.41. */
export const FIRST_HOST_NUMBER = 41;

function addresses(prefix: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `${prefix}${from + index}`);
}

/** The ranges for documentation, but for those addresses that hosts have. */
const IPV4_POOLS = [
  addresses("198.51.100.", 1, 254),
  addresses("203.0.113.", 1, 254),
  addresses("192.0.2.", 51, 250),
];

/** Virtual routers with one address each. @param count 1..255 */
export function singles(count: number): VirtualRouter[] {
  const pool = IPV4_POOLS.flat();
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    family: "ipv4",
    addresses: [pool[index]!],
  }));
}

/** One virtual router. @param count 1..254 */
export function oneWith(count: number): VirtualRouter[] {
  return [{ id: 1, family: "ipv4", addresses: IPV4_POOLS[0]!.slice(0, count) }];
}

/** Five with 200 each. The ranges for documentation have no room for so many IPv4 addresses: two are IPv6. */
export function fiveWithThousand(): VirtualRouter[] {
  const ipv4 = IPV4_POOLS.map((pool) => pool.slice(0, 200));
  const ipv6 = [0x1000, 0x2000].map((from) =>
    Array.from({ length: 200 }, (_, index) => `2001:db8::${(from + index).toString(16)}`),
  );
  return [...ipv4, ...ipv6].map((own, index) => ({
    id: index + 1,
    family: own[0]!.includes(":") ? "ipv6" : "ipv4",
    addresses: own,
  }));
}
