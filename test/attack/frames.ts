/** Adverts that somebody forged, as whole frames, and the program that sends them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressFromBytes, type IpAddress, parseAddress } from "../../src/base/address.js";
import { VRRP_GROUP_IPV4, VRRP_GROUP_IPV6 } from "../../src/wire/vrrp.js";
import { encodeVrrp2 } from "../../src/wire/vrrp2.js";
import { encodeVrrp3 } from "../../src/wire/vrrp3.js";
import { type Around, frameOf } from "../hostile-packets/packets.js";
import { VIP } from "../lab/environment.js";
import type { HostProcess } from "../netns/index.js";
import { type Site, VIRTUAL_ROUTER_ID } from "./site.js";

export interface Forged {
  readonly source: string;
  /** Default: the group. */
  readonly destination?: string;
  readonly version?: 2 | 3;
  readonly virtualRouterId?: number;
  readonly priority: number;
  /** Default: the one virtual address. */
  readonly addresses?: readonly string[];
  /** Default 1; the longest are the worst. */
  readonly intervalSeconds?: number;
  /** What lies around the message. */
  readonly around?: Omit<Around, "destination">;
  /** Alters the finished message. */
  readonly spoil?: (message: Uint8Array) => void;
}

/** A right advert but for what `forged` says. */
export function forge(forged: Forged): Uint8Array {
  const { virtualRouterId = VIRTUAL_ROUTER_ID, priority, addresses = [VIP], intervalSeconds = 1 } = forged;
  const source = address(forged.source);
  const group = addressFromBytes(source.family === "ipv4" ? VRRP_GROUP_IPV4 : VRRP_GROUP_IPV6);
  const destination = forged.destination === undefined ? group : address(forged.destination);
  const common = {
    virtualRouterId,
    priority,
    advertIntervalMicros: intervalSeconds * 1e6,
    addresses: addresses.map(address),
  };
  const ends = { source: source.bytes, destination: destination.bytes };
  const message =
    forged.version === 2
      ? encodeVrrp2({ ...common, password: null })
      : encodeVrrp3({ ...common, ...ends, checksumPseudoHeader: true });
  forged.spoil?.(message);
  return frameOf(message, source, { ...forged.around, destination });
}

export interface Stream {
  /** Sent in this order, again and again. */
  readonly frames: readonly Uint8Array[];
  readonly perSecond: number;
  readonly seconds: number;
}

/** Resolves with the packets a second when all is sent. @param onStarted when the first ones are on their way */
export async function send(
  site: Site,
  from: string,
  stream: Stream,
  onStarted?: () => void,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "vrrpd-attack-"));
  const { perSecond, seconds } = stream;
  let sender: HostProcess;
  try {
    const file = join(folder, "frames");
    writeFileSync(file, Buffer.concat(stream.frames.flatMap((frame) => [lengthOf(frame), frame])));
    sender = await site.program(from, "sender.mjs", { file, perSecond, seconds });
  } finally {
    // It has read them.
    rmSync(folder, { recursive: true, force: true });
  }
  onStarted?.();
  const { text } = await sender.waitForLine(/^sent/, { timeoutMs: (seconds + 60) * 1000 });
  return Number(text.split(" ")[1]);
}

/** Each frame once. */
export async function sendOnce(site: Site, from: string, frames: readonly Uint8Array[]): Promise<void> {
  await send(site, from, { frames, perSecond: frames.length * 100, seconds: 0.01 });
}

/** MAC addresses that nobody has, one for each number. */
export function forgedMac(number: number): Uint8Array {
  return Uint8Array.of(2, 0x66, 0, (number >> 16) & 255, (number >> 8) & 255, number & 255);
}

/** One of 65,536 hosts that nobody is, of the network for benchmarks (RFC 2544). */
export function forgedSource(number: number): string {
  return `198.18.${(number >> 8) & 255}.${number & 255}`;
}

function address(text: string): IpAddress {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(`${text} is no address`);
  return parsed;
}

function lengthOf(frame: Uint8Array): Uint8Array {
  return new Uint8Array(Uint16Array.of(frame.length).buffer);
}
