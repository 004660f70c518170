/** Virtual addresses whose removal takes others along. */
import { formatWithPrefix, isSingleHost } from "../../base/address.js";
import { shortList } from "../../base/lists.js";
import { virtualTexts } from "../../core/config.js";
import type { HostFacts } from "./facts.js";
import { isSameSubnet } from "./node-address.js";
import type { Plan } from "./types.js";

/**
 * A sentence about virtual addresses that are, or will be, the primary ones of their subnets; null: there are none.
 * @param promotes whether the kernel makes a secondary address of this interface primary in place of one that goes
 */
export function promotionWarning(
  { interface: on, core }: Plan,
  { interfaces }: HostFacts,
  promotes: (interfaceName: string) => boolean,
): string | null {
  if (on === null) return null;
  const virtual = core.routers.flatMap(({ virtualAddresses }) => virtualAddresses);
  const texts = virtualTexts(core.routers);
  const nodes = (interfaces.find(({ name }) => name === on)?.addresses ?? []).filter(
    ({ address, marked, secondary }) => !marked && !secondary && !texts.has(address.text),
  );
  const primary = virtual.filter((entry) => {
    const hasSubnet = entry.address.family === "ipv4" && !isSingleHost(entry);
    return hasSubnet && !nodes.some((node) => isSameSubnet(node, entry));
  });
  if (primary.length === 0 || promotes(on)) return null;
  const which = shortList(primary.map(formatWithPrefix));
  return `${which} comes first in its subnet on ${on}, and net.ipv4.conf.${on}.promote_secondaries is 0: when it goes the kernel removes the subnet's other addresses as well, and vrrpd has to put them back. Set it to 1, or give the virtual address no prefix`;
}
