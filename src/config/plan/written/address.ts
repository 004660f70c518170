/** An address as a line of `virtual_ipaddress` or `static_ipaddress`. */
import { formatWithPrefix } from "../../../base/address.js";
import type { Vmac } from "../../../core/config.js";
import type { VirtualAddressConfig } from "../../../core/virtual-address.js";
import { comment, word } from "./text.js";

/** Of an IPv6 address that is preferred for as long as it is valid (INFINITY_LIFE_TIME of the kernel). */
const FOREVER_SECONDS = 0xffffffff;

/** @param own the interface that need not be named */
export function addressOf(entry: VirtualAddressConfig, own: string, vmacs: readonly Vmac[] = []): string {
  const { address, scope, label, broadcast, peer, preferredSeconds } = entry;
  const vmac = vmacs.find(({ name }) => name === entry.interface);
  const on = vmac?.on ?? entry.interface;
  const isElsewhere = on !== own;
  const [device, name] = [word(on), label === null ? null : word(label)];
  const text = formatWithPrefix(entry);
  if (device === null || (label !== null && name === null))
    return comment(`Keepalived cannot be told the names of ${text} on ${on}`);
  const options = [
    isElsewhere && `dev ${device}`,
    scope !== 0 && `scope ${scope}`,
    name !== null && `label ${name}`,
    broadcast !== null && `brd ${broadcast.text}`,
    peer !== null && `peer ${peer.text}`,
    preferredSeconds !== null &&
      address.family === "ipv6" &&
      `preferred_lft ${preferredSeconds >= FOREVER_SECONDS ? "forever" : preferredSeconds}`,
    vmac?.adverts === "none" && "use_vmac",
    isElsewhere && !entry.tracked && "no_track",
    entry.noPrefixRoute && "noprefixroute",
    entry.autojoin && "autojoin",
    entry.home && "home",
    address.family === "ipv6" && !entry.nodad && "-nodad",
  ];
  return [text, ...options.filter((option) => option !== false)].join(" ");
}
