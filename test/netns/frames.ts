/** What a capture shows: frames as values, and conditions on them. */
import { addressFromBytes, type Family } from "../../src/base/address.js";
import { macFromBytes } from "../../src/base/mac.js";
import type { Advert } from "../../src/wire/advert.js";
import { ARP_REPLY, ARP_REQUEST, decodeArp } from "../../src/wire/arp.js";
import { decodeAdvert } from "../../src/wire/decoder.js";
import { ETHER_TYPE_ARP, ETHERNET_HEADER_LENGTH, etherTypeOf } from "../../src/wire/ethernet.js";
import { decodeIpv4 } from "../../src/wire/ipv4.js";
import { decodeIpv6 } from "../../src/wire/ipv6.js";
import { decodeNeighborAdvertisement } from "../../src/wire/ndisc.js";
import { VRRP_PROTOCOL, VRRP_TTL } from "../../src/wire/vrrp.js";
import type { PcapRecord } from "./pcap.js";

interface Frame {
  /** The kernel's timestamp: wall clock, in whole microseconds. */
  readonly atMicros: number;
  /** Lower-case, colon-separated. */
  readonly sourceMac: string;
  /** Name of the host whose MAC address sent it; null: a virtual or foreign one. */
  readonly from: string | null;
  readonly bytes: Uint8Array;
}

export interface CapturedAdvert extends Frame {
  readonly kind: "advert";
  readonly family: Family;
  readonly source: string;
  readonly destination: string;
  /** TTL or hop limit. */
  readonly ttl: number;
  readonly advert: Advert;
}

export interface CapturedArp extends Frame {
  readonly kind: "arp";
  readonly operation: "request" | "reply" | number;
  readonly senderMac: string;
  readonly sender: string;
  readonly target: string;
  /** Sender and target are the same address. */
  readonly gratuitous: boolean;
}

export interface CapturedNeighborAdvertisement extends Frame {
  readonly kind: "neighbor-advertisement";
  readonly source: string;
  readonly target: string;
  /** The link-layer address that it announces. */
  readonly targetMac: string | null;
  readonly router: boolean;
  readonly solicited: boolean;
  readonly override: boolean;
}

/** A frame that fails a check of its protocol; `reason` is the decoder's. */
export interface CapturedRefusal extends Frame {
  readonly kind: "refused";
  readonly protocol: "vrrp" | "arp" | "neighbor-advertisement";
  readonly reason: string;
}

export type CapturedFrame = CapturedAdvert | CapturedArp | CapturedNeighborAdvertisement | CapturedRefusal;

/** @param nameOf the host that has this MAC address, or null */
export function readFrame(record: PcapRecord, nameOf: (mac: string) => string | null): CapturedFrame {
  const bytes = record.frame;
  const sourceMac = macFromBytes(bytes.subarray(6, 12)).text;
  const frame: Frame = { atMicros: record.atMicros, sourceMac, from: nameOf(sourceMac), bytes };
  if (etherTypeOf(bytes) === ETHER_TYPE_ARP) return readArp(frame);
  const packet = bytes.subarray(ETHERNET_HEADER_LENGTH);
  const ipv6 = decodeIpv6(packet);
  if (ipv6 && ipv6.nextHeader !== VRRP_PROTOCOL) return readNeighborAdvertisement(frame);
  if (ipv6) return readAdvert(frame, "ipv6", { ...ipv6, ttl: ipv6.hopLimit });
  const ipv4 = decodeIpv4(packet);
  if ("reason" in ipv4) return { ...frame, kind: "refused", protocol: "vrrp", reason: ipv4.reason };
  return readAdvert(frame, "ipv4", ipv4);
}

interface Packet {
  readonly ttl: number;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly payload: Uint8Array;
}

function readAdvert(frame: Frame, family: Family, packet: Packet): CapturedFrame {
  const { ttl, source, destination, payload } = packet;
  const multicast = family === "ipv4" ? destination[0]! >> 4 === 0xe : destination[0] === 0xff;
  if (multicast && ttl !== VRRP_TTL) return { ...frame, kind: "refused", protocol: "vrrp", reason: "ttl" };
  const decoded = decodeAdvert(payload, { family, source, destination });
  if ("reason" in decoded) return { ...frame, kind: "refused", protocol: "vrrp", reason: decoded.reason };
  const ends = { source: text(source), destination: text(destination) };
  return { ...frame, kind: "advert", family, ...ends, ttl, advert: decoded.advert };
}

function readArp(frame: Frame): CapturedFrame {
  const arp = decodeArp(frame.bytes);
  if ("reason" in arp) return { ...frame, kind: "refused", protocol: "arp", reason: arp.reason };
  const sender = text(arp.senderAddress);
  const target = text(arp.targetAddress);
  const names: Record<number, "request" | "reply"> = { [ARP_REQUEST]: "request", [ARP_REPLY]: "reply" };
  const operation = names[arp.operation] ?? arp.operation;
  const senderMac = macFromBytes(arp.senderMac).text;
  return { ...frame, kind: "arp", operation, senderMac, sender, target, gratuitous: sender === target };
}

function readNeighborAdvertisement(frame: Frame): CapturedFrame {
  const decoded = decodeNeighborAdvertisement(frame.bytes);
  if ("reason" in decoded) {
    return { ...frame, kind: "refused", protocol: "neighbor-advertisement", reason: decoded.reason };
  }
  const { router, solicited, override } = decoded;
  const targetMac = decoded.mac ? macFromBytes(decoded.mac).text : null;
  const ends = { source: text(decoded.source), target: text(decoded.address) };
  return { ...frame, kind: "neighbor-advertisement", ...ends, targetMac, router, solicited, override };
}

function text(address: Uint8Array): string {
  return addressFromBytes(address).text;
}

/** Every field that is given must hold. `afterMicros`: seen later than this. */
interface FrameFilter {
  readonly from?: string;
  readonly afterMicros?: number;
}

export interface AdvertFilter extends FrameFilter {
  readonly virtualRouterId?: number;
  readonly priority?: number;
  readonly family?: Family;
  readonly version?: 2 | 3;
  readonly source?: string;
  readonly destination?: string;
}

export interface ArpFilter extends FrameFilter {
  readonly sender?: string;
  readonly target?: string;
  readonly operation?: "request" | "reply";
  readonly gratuitous?: boolean;
}

export interface NeighborAdvertisementFilter extends FrameFilter {
  readonly target?: string;
  readonly solicited?: boolean;
  readonly override?: boolean;
}

/** Conditions for `capture.select` and `capture.waitFor`. */
export function advert(filter: AdvertFilter = {}): (frame: CapturedFrame) => frame is CapturedAdvert {
  return (frame): frame is CapturedAdvert =>
    frame.kind === "advert" && fits({ ...frame.advert, ...frame }, filter as Record<string, unknown>);
}

export function arp(filter: ArpFilter = {}): (frame: CapturedFrame) => frame is CapturedArp {
  return (frame): frame is CapturedArp => frame.kind === "arp" && fits({ ...frame }, { ...filter });
}

export function neighborAdvertisement(
  filter: NeighborAdvertisementFilter = {},
): (frame: CapturedFrame) => frame is CapturedNeighborAdvertisement {
  return (frame): frame is CapturedNeighborAdvertisement =>
    frame.kind === "neighbor-advertisement" && fits({ ...frame }, { ...filter });
}

function fits(frame: Record<string, unknown>, filter: Record<string, unknown>): boolean {
  return Object.entries(filter).every(([field, wanted]) =>
    field === "afterMicros" ? (frame.atMicros as number) > (wanted as number) : frame[field] === wanted,
  );
}
