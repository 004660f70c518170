/** Adverts from their bytes as the oracle shows them: the first of each source, destination, id and version. */
import { Buffer } from "node:buffer";
import { addressFromBytes } from "../../../src/base/address.js";
import type { SeenAdvert } from "../../config/keepalived/corpus.js";
import type { CapturedFrame } from "../../netns/frames.js";
import { byText, isOwnLinkLocal } from "./run.js";

const ETHERNET = 14;

/** @param frames of one host; priority 0 is left out */
export function advertsIn(frames: readonly CapturedFrame[]): SeenAdvert[] {
  const seen = new Map<string, SeenAdvert>();
  for (const { bytes } of frames) {
    const advert = advertOf(Buffer.from(bytes.subarray(ETHERNET)));
    if (advert === null || advert.priority === 0) continue;
    const { source, destination, virtual_router_id, version } = advert;
    const key = [source, destination, virtual_router_id, version].join();
    if (!seen.has(key)) seen.set(key, advert);
  }
  return [...seen.values()].sort(byText);
}

function advertOf(packet: Buffer): SeenAdvert | null {
  const ipv6 = packet[0]! >> 4 === 6;
  const header = ipv6 ? 40 : (packet[0]! & 15) * 4;
  if (packet[ipv6 ? 6 : 9] !== 112) return null;
  const [length, sources] = ipv6 ? [16, 8] : [4, 12];
  const end = ipv6 ? header + packet.readUInt16BE(4) : packet.readUInt16BE(2);
  const address = (at: number) => addressFromBytes(packet.subarray(at, at + length)).text;
  const vrrp = packet.subarray(header, end);
  const version = vrrp[0]! >> 4;
  const source = address(sources);
  const rest = 8 + length * vrrp[3]!;
  return {
    source: isOwnLinkLocal(source) ? "link-local" : source,
    destination: address(sources + length),
    ttl: packet[ipv6 ? 7 : 8]!,
    version,
    virtual_router_id: vrrp[1]!,
    priority: vrrp[2]!,
    addresses: Array.from({ length: vrrp[3]! }, (_, index) => address(header + 8 + index * length)),
    ...(version === 2
      ? { auth_type: vrrp[4]!, advert_int_s: vrrp[5]!, ...authOf(vrrp[4]!, vrrp.subarray(rest, rest + 8)) }
      : { max_advert_int_cs: vrrp.readUInt16BE(4) & 0xfff }),
  };
}

function authOf(type: number, data: Buffer): { auth_data?: string } {
  return type === 1 ? { auth_data: data.toString("latin1").replace(/\0+$/, "") } : {};
}
