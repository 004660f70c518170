/**
 * Adverts going out: whole packets through a raw socket, so that source, TTL and traffic class are what was prepared.
 */
import type { Family } from "../../base/address.js";
import { VRRP_GROUP_IPV4 } from "../../wire/vrrp.js";
import { openSendingSocket } from "./sending-socket.js";
import type { AdvertSocketOptions, SendingSocket } from "./socket.js";

/** Socket options by number, as Linux has them on the architectures that Node supports (ip(7), ipv6(7), socket(7)). */
const SOL_SOCKET = 1;
const SO_PRIORITY = 12;
const SO_BINDTODEVICE = 25;

const IPPROTO_IP = 0;
const IP_HDRINCL = 3;
const IP_MULTICAST_IF = 32;
const IP_MULTICAST_LOOP = 34;

const IPPROTO_IPV6 = 41;
const IPV6_MULTICAST_IF = 17;
const IPV6_MULTICAST_LOOP = 19;
const IPV6_HDRINCL = 36;

/** `TC_PRIO_INTERACTIVE`, as Keepalived: under congestion adverts leave before best effort. */
const PRIORITY = 6;

const SET_OPTIONS: Readonly<Record<Family, (socket: SendingSocket, interfaceIndex: number) => void>> = {
  ipv4: (socket, interfaceIndex) => {
    socket.setOption(IPPROTO_IP, IP_HDRINCL, integer(1));
    socket.setOption(IPPROTO_IP, IP_MULTICAST_LOOP, integer(0));
    socket.setOption(IPPROTO_IP, IP_MULTICAST_IF, multicastRequest(VRRP_GROUP_IPV4, interfaceIndex));
  },
  ipv6: (socket, interfaceIndex) => {
    socket.setOption(IPPROTO_IPV6, IPV6_HDRINCL, integer(1));
    socket.setOption(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, integer(0));
    socket.setOption(IPPROTO_IPV6, IPV6_MULTICAST_IF, integer(interfaceIndex));
  },
};

/** Throws an Error with `code`, or one whose message is strerror's text. */
export function openSender({ family, interface: name, interfaceIndex }: AdvertSocketOptions): SendingSocket {
  const socket = openSendingSocket(family);
  try {
    bindToInterface(socket, name);
    SET_OPTIONS[family](socket, interfaceIndex);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** `struct ip_mreqn`: the group, no local address, the interface's index. */
function multicastRequest(group: Uint8Array, interfaceIndex: number): Uint8Array {
  const request = new Uint8Array(12);
  request.set(group, 0);
  request.set(integer(interfaceIndex), 8);
  return request;
}

/** An `int` of C. */
function integer(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}

function bindToInterface(socket: SendingSocket, name: string): void {
  socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(`${name}\0`));
  socket.setOption(SOL_SOCKET, SO_PRIORITY, integer(PRIORITY));
}
