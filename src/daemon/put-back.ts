/** What went with an address of ours and was put back, in words. */
import type { InterfaceFacts } from "../config/plan/facts.js";
import type { PutBack } from "../host/netlink/companions.js";

/** A sentence without its full stop. */
export function describePutBack(
  { interfaceIndex, name, refusal }: PutBack,
  interfaces: readonly InterfaceFacts[],
): string {
  const on =
    interfaces.find(({ link }) => link.index === interfaceIndex)?.name ?? `interface ${interfaceIndex}`;
  const what = `${name} on ${on} went with a virtual address of its subnet, since net.ipv4.conf.${on}.promote_secondaries is 0`;
  return `${what}; it ${refusal === null ? "was put back" : `could not be put back (${refusal})`}`;
}
