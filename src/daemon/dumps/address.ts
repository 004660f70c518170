/** A virtual address as Keepalived writes it: "192.0.2.100/24 dev eth0 scope global label eth0:vip set". */
import { printable } from "../../base/text.js";
import type { VirtualAddressConfig } from "../../core/virtual-address.js";

const SCOPES: Readonly<Record<number, string>> = {
  0: "global",
  200: "site",
  253: "link",
  254: "host",
  255: "nowhere",
};
/** Of the kernel: for ever. */
const FOREVER_SECONDS = 0xffffffff;

/** @param set this node has put it there */
export function addressLine(entry: VirtualAddressConfig, set: boolean): string {
  const { address, prefixLength, broadcast, label, peer, home, nodad, noPrefixRoute, autojoin, tracked } =
    entry;
  const isIpv6 = address.family === "ipv6";
  const length = prefixLength === 8 * address.bytes.length ? "" : `/${prefixLength}`;
  const words = [
    peer === null ? `${address.text}${length}` : address.text,
    broadcast === null ? null : `brd ${broadcast.text}`,
    `dev ${printable(entry.interface)}`,
    `scope ${SCOPES[entry.scope] ?? entry.scope}`,
    label === null ? null : `label ${printable(label)}`,
    peer === null ? null : `peer ${peer.text}/${prefixLength}`,
    home ? "home" : null,
    isIpv6 && !nodad ? "-nodad" : null,
    noPrefixRoute ? "noprefixroute" : null,
    autojoin ? "autojoin" : null,
    tracked ? null : "no_track",
    isIpv6 ? preferred(entry) : null,
    set ? "set" : null,
  ];
  return words.filter((word) => word !== null).join(" ");
}

function preferred({ preferredSeconds, prefixLength }: VirtualAddressConfig): string {
  const until = preferredSeconds ?? (prefixLength === 128 ? 0 : FOREVER_SECONDS);
  if (until === 0) return "deprecated";
  return `preferred_lft ${until >= FOREVER_SECONDS ? "forever" : until}`;
}
