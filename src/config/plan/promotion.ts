/** Virtual addresses whose removal takes others along. */
import { formatWithPrefix, isSingleHost } from "../../base/address.js";
import { shortList } from "../../base/lists.js";
import { virtualTexts } from "../../core/virtual-address.js";
import type { HostFacts } from "./facts.js";
import { isSameSubnet, withStaticsAsOwn } from "./node-address.js";
import type { Plan } from "./types.js";

/**
 * A sentence about virtual addresses of an interface that are, or will be, the primary ones of their subnets; null: there are none.
 * @param promotes whether the kernel makes a secondary address of this interface primary in place of one that goes
 */
export function promotionWarning(
  plan: Plan,
  name: string,
  facts: HostFacts,
  promotes: (interfaceName: string) => boolean,
): string | null {
  // Those that are made for virtual routers promote.
  const virtual = plan.core.routers
    .filter(({ vmacs }) => !vmacs.some((vmac) => vmac.name === name))
    .flatMap(({ virtualAddresses }) => virtualAddresses)
    .filter((entry) => entry.interface === name);
  const texts = virtualTexts(plan.core.routers);
  const { interfaces } = withStaticsAsOwn(facts, plan.core.statics ?? [], texts);
  const nodes = (interfaces.find((one) => one.name === name)?.addresses ?? []).filter(
    ({ address, marked, secondary }) => !marked && !secondary && !texts.has(address.text),
  );
  const primary = virtual.filter((entry) => {
    const hasSubnet = entry.address.family === "ipv4" && !isSingleHost(entry);
    return hasSubnet && !nodes.some((node) => isSameSubnet(node, entry));
  });
  if (primary.length === 0 || plan.promotes.includes(name) || promotes(name)) return null;
  const which = shortList(primary.map(formatWithPrefix));
  return `${which} comes first in its subnet on ${name}, and net.ipv4.conf.${name}.promote_secondaries is 0: when it goes the kernel removes the subnet's other addresses as well, and vrrpd has to put them back. Set it to 1, or give the virtual address no prefix`;
}
