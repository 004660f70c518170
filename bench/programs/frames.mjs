/** Adverts as whole frames, and the interface that they leave by. Uses the built daemon's encoders and addon. */
import { readFileSync } from "node:fs";

export const { nowMicros, PacketSocket, Timer } = await import("../../dist/src/host/native.js");
const { prepareAdvert } = await import("../../dist/src/host/adverts/prepare.js");
const { parseAddress } = await import("../../dist/src/base/address.js");

/** 224.0.0.18 on Ethernet (RFC 1112 §6.4). */
const GROUP_MAC = Uint8Array.of(0x01, 0x00, 0x5e, 0x00, 0x00, 0x12);
const GROUP = parseAddress("224.0.0.18");
const ETHER_TYPE_IPV4 = [0x08, 0x00];

/** The one interface of a host of the lab. */
export const INTERFACE = "eth0";

export function interfaceFacts() {
  const read = (name) => readFileSync(`/sys/class/net/${INTERFACE}/${name}`, "latin1").trim();
  return { index: Number(read("ifindex")), mac: bytesOfMac(read("address")) };
}

export function bytesOfMac(text) {
  return Uint8Array.from(text.split(":"), (part) => Number.parseInt(part, 16));
}

/**
 * A frame with an IPv4 advert of version 3.
 * @param {{ id: number, addresses: string[], priority: number, intervalMicros: number, source: string, mac: Uint8Array, to?: Uint8Array }} options
 *   to: MAC address of the receiver, the group's without it
 */
export function advertFrame({ id, addresses, priority, intervalMicros, source, mac, to = GROUP_MAC }) {
  const router = {
    family: "ipv4",
    version: 3,
    virtualRouterId: id,
    advertIntervalMicros: intervalMicros,
    virtualAddresses: addresses.map((address) => ({ address: parseAddress(address), prefixLength: 32 })),
    advertisedCount: addresses.length,
    password: null,
    checksumPseudoHeader: true,
  };
  const packet = prepareAdvert(router, parseAddress(source), GROUP, priority);
  return Uint8Array.of(...to, ...mac, ...ETHER_TYPE_IPV4, ...packet);
}
