/** Settings of the kernel that keep interfaces with virtual MAC addresses from answering, and that only sysctl changes. */
import type { Vmac } from "../../core/config.js";
import type { Warning } from "../problem.js";
import type { Plan } from "./types.js";

/** Of all interfaces: what counts is the higher of it and the interface's own. The most that lets an interface answer. */
const MOST = { arp_filter: 0, arp_ignore: 1 } as const;
type Setting = keyof typeof MOST;

/** @param read net.ipv4.conf.all.KEY; null: it cannot be read */
export function vmacWarnings({ core }: Plan, read: (key: Setting) => number | null): Warning[] {
  const isConcerned = ({ family }: Vmac) => family === "ipv4";
  const router = core.routers.find(({ vmacs }) => vmacs.some(isConcerned));
  if (router === undefined) return [];
  const { name } = router.vmacs.find(isConcerned)!;
  return (Object.keys(MOST) as Setting[]).flatMap((key) => {
    const value = read(key) ?? 0;
    if (value <= MOST[key]) return [];
    const text = `net.ipv4.conf.all.${key} is ${value}: interfaces with virtual MAC addresses (${name}) do not answer for their addresses; set it to ${MOST[key]}, and where it is needed on single interfaces`;
    return [{ origin: router.origins.virtualAddresses, text }];
  });
}
