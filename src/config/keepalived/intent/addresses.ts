/** The addresses of an instance: of which family, and which of them adverts list. */
import type { Family } from "../../../base/address.js";
import { formatWithPrefix } from "../../../base/address.js";
import type { AddressDraft } from "../blocks/virtual-address.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { Report } from "../report.js";

/** Whatever stands first decides, as in Keepalived; excluded addresses never do. */
export function familyOf({ family }: InstanceDraft): Family {
  return family ?? "ipv4";
}

/** In their order, the excluded ones last. */
export function addressesOf(
  { name, interface: own, addresses, excluded }: InstanceDraft,
  family: Family,
  report: Report,
): AddressDraft[] {
  const seen = new Set<string>();
  const onOwn = (entry: AddressDraft) =>
    entry.interface === own?.value ? { ...entry, interface: null } : entry;
  const isNew = (entry: AddressDraft) => {
    const key = `${entry.interface}/${formatWithPrefix(entry)}`;
    const text = `${formatWithPrefix(entry)} stands twice in ${name}, and counts once; Keepalived lists it twice in adverts`;
    if (seen.has(key)) report.warn(entry.origin, text);
    return !seen.has(key) && seen.add(key);
  };
  const isOfFamily = ({ origin, address }: AddressDraft) => {
    const text = `${address.text} is left out, as in Keepalived: the first address makes ${name} one of ${family}; see virtual_ipaddress_excluded`;
    if (address.family !== family) report.warn(origin, text);
    return address.family === family;
  };
  return [...addresses.filter(isOfFamily), ...excluded].map(onOwn).filter(isNew);
}
