/** Interfaces by their alternative names (`ip link property add dev eth0 altname uplink`), as later versions of Keepalived have it. */
import type { Lookups } from "../../source.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { FileDraft } from "../file.js";

/** The same file, with the name that an interface has in the place of an alternative one. */
export function withRealNames(file: FileDraft, { interfaceNamed }: Lookups): FileDraft {
  const real = (name: string) => interfaceNamed(name) ?? name;
  const placed = <T extends { readonly interface: string | null }>(entry: T): T => {
    return entry.interface === null ? entry : { ...entry, interface: real(entry.interface) };
  };
  const named = <T extends { readonly name: string }>(track: T): T => ({ ...track, name: real(track.name) });
  const instanceOf = (instance: InstanceDraft): InstanceDraft => ({
    ...instance,
    interface: instance.interface && { ...instance.interface, value: real(instance.interface.value) },
    addresses: instance.addresses.map(placed),
    excluded: instance.excluded.map(placed),
    trackedInterfaces: instance.trackedInterfaces.map(named),
  });
  return {
    ...file,
    instances: mapped(file.instances, instanceOf),
    groups: mapped(file.groups, (group) => ({
      ...group,
      trackedInterfaces: group.trackedInterfaces.map(named),
    })),
  };
}

function mapped<T>(all: ReadonlyMap<string, T>, change: (one: T) => T): Map<string, T> {
  return new Map([...all].map(([name, one]) => [name, change(one)]));
}
