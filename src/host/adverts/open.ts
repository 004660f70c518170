/** Opens the socket for adverts of a family. */
import { openIpv4AdvertSocket } from "./ipv4.js";
import { openIpv6AdvertSocket } from "./ipv6.js";
import type { AdvertSocket, AdvertSocketOptions } from "./socket.js";

/**
 * The membership in the VRRP group outlives the link's going down and up, but not the interface: one that is made
 * again, with another index, needs another socket.
 * Throws VrrpdError with the errno's name as its code (`EPERM` exits 4).
 */
export function openAdvertSocket(options: AdvertSocketOptions): AdvertSocket {
  return options.family === "ipv4" ? openIpv4AdvertSocket(options) : openIpv6AdvertSocket(options);
}
