/**
 * Adverts going out with a MAC address of their own, as whole frames: an interface that has just come up, and has no
 * address yet, cannot route an IPv6 packet. To groups alone, whose MAC addresses follow from theirs.
 */
import type { Family } from "../../base/address.js";
import type { MacAddress } from "../../base/mac.js";
import {
  ETHER_TYPE_IPV4,
  ETHER_TYPE_IPV6,
  ETHERNET_HEADER_LENGTH,
  groupMac,
  writeEthernetHeader,
} from "../../wire/ethernet.js";
import { PacketSocket } from "../native.js";
import type { SendingSocket } from "./socket.js";

/** Sends nothing but whole frames, and receives nothing. */
const SEND_ONLY = 0;
const ETHER_TYPES: Readonly<Record<Family, number>> = { ipv4: ETHER_TYPE_IPV4, ipv6: ETHER_TYPE_IPV6 };
/** Where a packet's destination is: offset and length. */
const DESTINATIONS: Readonly<Record<Family, readonly [number, number]>> = { ipv4: [16, 4], ipv6: [24, 16] };

/** Throws an Error with `code`. */
export function openFrameSender(family: Family, interfaceIndex: number, from: MacAddress): SendingSocket {
  const socket = new PacketSocket({ interfaceIndex, etherType: SEND_ONLY, onReadable: null });
  const [at, length] = DESTINATIONS[family];
  return {
    setOption: () => {},
    send: (packet) => {
      const frame = new Uint8Array(ETHERNET_HEADER_LENGTH + packet.length);
      const group = groupMac(packet.subarray(at, at + length));
      writeEthernetHeader(frame, group, from.bytes, ETHER_TYPES[family]);
      frame.set(packet, ETHERNET_HEADER_LENGTH);
      return socket.send([frame]) === 1 ? 0 : -socket.lastErrno;
    },
    close: () => socket.close(),
  };
}
