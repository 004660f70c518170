/** Packets that found no room in the sockets for adverts of this process: the kernel drops them without a word. */
import type { Family } from "../../base/address.js";

/** `unread`: adverts that were meant for us, or might have been. `sampledOut`: what cannot matter (sampling.ts). */
export type DropKind = "unread" | "sampledOut";

interface CountedSocket {
  readonly family: Family;
  readonly kind: DropKind;
  /** Since its socket was opened. */
  readonly drops: () => number;
}

const open = new Set<CountedSocket>();
/** Of sockets that are closed. */
const closed: Record<DropKind, Record<Family, number>> = {
  unread: { ipv4: 0, ipv6: 0 },
  sampledOut: { ipv4: 0, ipv6: 0 },
};

/** Counts this socket's from now on; call what is returned right before it is closed. */
export function countDrops(counted: CountedSocket): () => void {
  open.add(counted);
  return () => {
    if (open.delete(counted)) closed[counted.kind][counted.family] += counted.drops();
  };
}

/** By family, since the process started. */
export function receiveDrops(kind: DropKind): Record<Family, number> {
  const sum = { ...closed[kind] };
  for (const one of open) if (one.kind === kind) sum[one.family] += one.drops();
  return sum;
}
