/** Socket options by number, as Linux has them on the architectures that Node supports (ip(7), ipv6(7), socket(7)). */
import type { RawSocket } from "./raw-socket.js";

const SOL_SOCKET = 1;
const SO_PRIORITY = 12;
const SO_BINDTODEVICE = 25;

export const IPPROTO_IP = 0;
export const IP_HDRINCL = 3;
export const IP_MULTICAST_IF = 32;
export const IP_MULTICAST_LOOP = 34;

export const IPPROTO_IPV6 = 41;
export const IPV6_MULTICAST_IF = 17;
export const IPV6_MULTICAST_LOOP = 19;
export const IPV6_HDRINCL = 36;

/** `TC_PRIO_INTERACTIVE`, as Keepalived: under congestion adverts leave before best effort. */
const PRIORITY = 6;

export function bindToInterface(socket: RawSocket, name: string): void {
  socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(`${name}\0`));
  socket.setOption(SOL_SOCKET, SO_PRIORITY, PRIORITY);
}
