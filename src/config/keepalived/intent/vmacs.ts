/** Which interfaces with virtual MAC addresses an instance asks for, and which of its addresses are on which. */
import type { Family } from "../../../base/address.js";
import { type MacAddress, macFromBytes } from "../../../base/mac.js";
import type { VirtualAddressIntent } from "../../../core/virtual-address.js";
import type { VmacIntent } from "../../intent.js";
import { VMAC_PREFIX, VmacNames, virtualMac } from "../../vmac-names.js";
import type { GlobalDefs } from "../blocks/global-defs.js";
import type { VmacDraft } from "../blocks/use-vmac.js";
import type { AddressDraft } from "../blocks/virtual-address.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { Report } from "../report.js";

/** The names of a whole file. */
export interface FileVmacs {
  readonly names: VmacNames;
  /** Whose a name is that stands in the file: the first one's. */
  readonly owners: ReadonlyMap<string, InstanceDraft>;
}

export function fileVmacsOf(instances: Iterable<InstanceDraft>): FileVmacs {
  const owners = new Map<string, InstanceDraft>();
  for (const instance of instances) {
    const name = instance.vmac?.name ?? null;
    if (name !== null && !owners.has(name)) owners.set(name, instance);
  }
  return { names: new VmacNames(owners.keys()), owners };
}

export interface Placing {
  readonly vmacs: readonly VmacIntent[];
  readonly virtualAddresses: readonly VirtualAddressIntent[];
}

interface Asking {
  readonly family: Family;
  readonly virtualRouterId: number;
  readonly strict: boolean;
  readonly unicast: boolean;
  readonly globals: GlobalDefs;
  readonly vmacs: FileVmacs;
}

/** @param entries its addresses, in their order */
export function placeOnVmacs(
  instance: InstanceDraft,
  entries: readonly AddressDraft[],
  asking: Asking,
  report: Report,
): Placing {
  const { family, globals, vmacs: file, virtualRouterId } = asking;
  const mac = instance.vmac === null ? null : macOf(instance.vmac, asking, report);
  const vmacs = mainOf(instance, mac, asking, report);
  const [main] = vmacs;
  const place = (entry: AddressDraft): string | null => {
    const { interface: on, address, vmac: asked } = entry;
    if (on === null && main !== undefined && address.family === family) return main.name;
    const isElsewhere = on !== null || address.family !== family;
    if (!asked && !(instance.vmacsForAddresses && isElsewhere)) return on;
    const known = vmacs.find((one) => one.on === on && one.family === address.family);
    if (known !== undefined) return known.name;
    const prefix = globals.vmacAddressPrefix ?? globals.vmacPrefix ?? VMAC_PREFIX;
    const made: VmacIntent = {
      name: file.names.next(address.family, virtualRouterId, prefix),
      on,
      mac: mac ?? virtualMac(address.family, virtualRouterId),
      family: address.family,
      adverts: "none",
    };
    vmacs.push(made);
    return made.name;
  };
  const virtualAddresses = entries.map((entry) => {
    const { origin: _, vmac: __, ...rest } = entry;
    return { ...rest, interface: place(entry) };
  });
  return { vmacs, virtualAddresses };
}

/** That of the instance itself, or none. */
function mainOf(
  instance: InstanceDraft,
  mac: MacAddress | null,
  { family, virtualRouterId, strict, unicast, globals, vmacs }: Asking,
  report: Report,
): VmacIntent[] {
  const { vmac, xmitBase, name } = instance;
  if (vmac === null) {
    if (xmitBase !== null)
      report.warn(xmitBase.origin, `vmac_xmit_base is ignored, as in Keepalived: ${name} has no use_vmac`);
    return [];
  }
  if (strict && xmitBase !== null)
    report.warn(xmitBase.origin, "vmac_xmit_base is ignored in strict mode, as in Keepalived");
  const fromBase = unicast || (xmitBase !== null && !strict);
  if (unicast && xmitBase === null)
    report.warn(
      vmac.origin,
      `use_vmac: adverts of ${name} leave from its interface, as in Keepalived (vmac_xmit_base), since it has unicast peers`,
    );
  const owner = vmac.name === null ? undefined : vmacs.owners.get(vmac.name);
  if (owner !== undefined && owner !== instance)
    report.warn(
      vmac.origin,
      `use_vmac ${vmac.name}: the name is ignored, as in Keepalived: ${owner.name} has it`,
    );
  return [
    {
      name:
        owner === instance
          ? vmac.name!
          : vmacs.names.next(family, virtualRouterId, globals.vmacPrefix ?? VMAC_PREFIX),
      on: null,
      mac: mac ?? virtualMac(family, virtualRouterId),
      family,
      adverts: fromBase ? "heard" : "sent",
    },
  ];
}

/** As it stands in the file; null: that of RFC 9568. */
function macOf(
  { mac, origin }: VmacDraft,
  { virtualRouterId, strict }: Asking,
  report: Report,
): MacAddress | null {
  if (mac === null) return null;
  if (!strict) return macFromBytes(mac.length === 5 ? Uint8Array.of(...mac, virtualRouterId) : mac);
  report.warn(origin, "use_vmac: a MAC address of its own is ignored in strict mode, as in Keepalived");
  return null;
}
