/** The kinds of hostile packets, each with what vrrpd must count it as. */
import { type Family, type IpAddress, parseAddress } from "../../src/base/address.js";
import { encodeVrrp2 } from "../../src/wire/vrrp2.js";
import { encodeVrrp3 } from "../../src/wire/vrrp3.js";
import { Prng } from "../sim/prng.js";
import { VIPS, VIRTUAL_ROUTER_ID } from "./field.js";
import { type Around, brokenChecksum, checksumIn, frameOf, sealed, sealedAlone } from "./packets.js";

export interface Hostile {
  readonly frame: Uint8Array;
  /** Counters that it raises by one, on each node that it reaches; none: the kernel keeps it to itself. */
  readonly counts: readonly string[];
  /** Only this node gets it; null: both. */
  readonly to: "a" | "b" | null;
}

/** What one packet, or a group that belongs together, is made from. */
export interface Draw {
  readonly rng: Prng;
  readonly family: Family;
  /** How many of this kind and family were made before. */
  readonly index: number;
}

export type Kind = (draw: Draw) => readonly Hostile[];

const STRANGERS = { ipv4: "203.0.113.", ipv6: "2001:db8:1::" };
/** So few that the daemon remembers each of them. */
const SPEAKERS = 40;
const ROUTER_ALERT = Uint8Array.of(0x94, 4, 0, 0);
const MORE_FRAGMENTS = 0x2000;

/** Where a refused packet is counted: with our virtual router, or with the interface. */
export function dropped(family: Family, reason: string, ours = true): string[] {
  return [`${ours ? family : "unclaimed"} ${reason}`];
}

/** Well-formed adverts count as received, whatever becomes of them. */
export function received(family: Family, ...more: readonly string[]): string[] {
  return [`${family} received`, ...more.map((reason) => `${family} ${reason}`)];
}

/** Forged: on the LAN, and nobody's. */
export function sourceOf({ rng, family }: Draw, hosts = 130): IpAddress {
  const host = rng.int(1, hosts);
  if (family === "ipv4") return parseAddress(`192.0.2.${110 + host}`)!;
  return parseAddress(`fe80::bad:${host.toString(16)}`)!;
}

function strangersOf(draw: Draw, count: number): IpAddress[] {
  const first = draw.rng.int(1, 255 - count + 1);
  return Array.from({ length: count }, (_, index) => {
    const host = first + index;
    return parseAddress(STRANGERS[draw.family] + (draw.family === "ipv4" ? host : host.toString(16)))!;
  });
}

function oursOf({ family }: Draw): IpAddress {
  return parseAddress(VIPS[family])!;
}

/** A right advert that then goes wrong. */
function advertFrom(
  draw: Draw,
  source: IpAddress,
  addresses: readonly IpAddress[],
  priority = 255,
): Uint8Array {
  return encodeVrrp3({
    virtualRouterId: VIRTUAL_ROUTER_ID,
    priority,
    advertIntervalMicros: 1_000_000,
    addresses,
    source: source.bytes,
    destination: parseAddress(draw.family === "ipv4" ? "224.0.0.18" : "ff02::12")!.bytes,
    checksumPseudoHeader: true,
  });
}

/** @param spoil alters the message, or makes another one; its checksum is right again unless it is left alone */
function spoiled(
  counts: (draw: Draw) => readonly string[],
  spoil: (message: Uint8Array, draw: Draw, source: IpAddress) => Uint8Array,
  around: (draw: Draw) => Around = () => ({}),
): Kind {
  return (draw) => {
    const source = sourceOf(draw);
    const message = spoil(advertFrom(draw, source, [oursOf(draw)]), draw, source);
    return [{ frame: frameOf(message, source, around(draw)), counts: counts(draw), to: null }];
  };
}

function withByte(offset: number, value: (draw: Draw) => number) {
  return (message: Uint8Array, draw: Draw, source: IpAddress) => {
    message[offset] = value(draw);
    return sealed(message, source);
  };
}

function drop(reason: string, ours = true) {
  return ({ family }: Draw) => dropped(family, reason, ours);
}

const kernel = () => [];
const untouched = (message: Uint8Array) => message;
const broken = (message: Uint8Array, _draw: Draw, source: IpAddress) => brokenChecksum(message, source);

/** Of every length, the empty one included; the first byte says the version, the second whose it is. */
const truncated: Kind = (draw) => {
  const source = sourceOf(draw);
  const whole = advertFrom(draw, source, [oursOf(draw), ...strangersOf(draw, 9)]);
  const message = whole.subarray(0, draw.index % whole.length);
  const counts = dropped(draw.family, "truncated", message.length > 1);
  return [{ frame: frameOf(message, source), counts, to: null }];
};

/** What the first check says that fails; no random bytes are let through to a checksum that might fit. */
const random: Kind = (draw) => {
  const { rng, family } = draw;
  const message = Uint8Array.from({ length: rng.int(0, 90) }, () => rng.int(0, 255));
  if (message.length > 1 && rng.chance(0.5)) message[1] = VIRTUAL_ROUTER_ID;
  if (message.length > 0 && rng.chance(0.3)) message[0] = rng.pick([0x21, 0x31]);
  const bytes =
    message.length === expectedLength(message, family) ? Buffer.concat([message, message]) : message;
  const counts = dropped(family, reasonOf(bytes, family), bytes.length > 1 && bytes[1] === VIRTUAL_ROUTER_ID);
  return [{ frame: frameOf(bytes, sourceOf(draw)), counts, to: null }];
};

function reasonOf(message: Uint8Array, family: Family): string {
  if (message.length === 0) return "truncated";
  const version = message[0]! >> 4;
  if (version !== 3 && !(version === 2 && family === "ipv4")) return "version";
  if ((message[0]! & 15) !== 1) return "type";
  return message.length < expectedLength(message, family) ? "truncated" : "length";
}

/** Not less than 8: shorter ones are truncated whatever they say. */
function expectedLength(message: Uint8Array, family: Family): number {
  if (message.length < 8) return 8;
  const authentication = message[0]! >> 4 === 2 ? 8 : 0;
  return 8 + message[3]! * (family === "ipv4" ? 4 : 16) + authentication;
}

/** A right advert of somebody else's addresses under our id. @param addresses 1..255 */
function stranger(addresses: (draw: Draw) => number): Kind {
  return (draw) => {
    const source = sourceOf(draw, SPEAKERS);
    const message = advertFrom(draw, source, strangersOf(draw, addresses(draw)));
    return [{ frame: frameOf(message, source), counts: received(draw.family, "strangers"), to: null }];
  };
}

/** Everything is right with it, and it has the lower priority: a master answers, a backup waits for better. */
const outranked: Kind = (draw) => {
  const source = sourceOf(draw, SPEAKERS);
  const message = advertFrom(draw, source, [oursOf(draw)], draw.rng.int(1, 50));
  return [{ frame: frameOf(message, source), counts: received(draw.family), to: null }];
};

/** Two fragments of one wrong advert, which the kernel puts together; or the first one alone. */
function fragments(complete: boolean): Kind {
  return (draw) => {
    const source = sourceOf(draw);
    const message = brokenChecksum(advertFrom(draw, source, [oursOf(draw), ...strangersOf(draw, 2)]), source);
    // Two ranges, so that a lone first fragment never gets the second of another.
    const id = (complete ? 0 : 0x8000) + draw.index;
    const first = fragment(message.subarray(0, 16), source, { id, offset: 0, more: true });
    if (!complete) return [{ frame: first, counts: [], to: null }];
    const last = fragment(message.subarray(16), source, { id, offset: 16, more: false });
    return [
      { frame: first, counts: [], to: null },
      { frame: last, counts: dropped(draw.family, "checksum"), to: null },
    ];
  };
}

/** @param place `offset` in bytes, a multiple of 8 */
function fragment(
  part: Uint8Array,
  source: IpAddress,
  place: { id: number; offset: number; more: boolean },
): Uint8Array {
  const { id, offset, more } = place;
  if (source.family === "ipv4") {
    return frameOf(part, source, {
      identification: id,
      fragment: (more ? MORE_FRAGMENTS : 0) | (offset / 8),
    });
  }
  const header = new Uint8Array(8);
  header[0] = 112;
  const view = new DataView(header.buffer);
  view.setUint16(2, offset | (more ? 1 : 0));
  view.setUint32(4, id);
  return frameOf(part, source, { options: header, nextHeader: 44 });
}

/** From the very address that a node sends from, to that node. */
function ownSource(family: Family, to: "a" | "b", text: string, mac: Uint8Array): Kind {
  return (draw) => {
    const source = parseAddress(text)!;
    const message = advertFrom({ ...draw, family }, source, [parseAddress(VIPS[family])!]);
    return [{ frame: frameOf(message, source, { mac }), counts: dropped(family, "own-source", false), to }];
  };
}

export function ownSources(
  nodes: readonly { name: "a" | "b"; mac: Uint8Array; sources: Readonly<Record<Family, string>> }[],
): Record<Family, Kind[]> {
  const of = (family: Family) =>
    nodes.map(({ name, mac, sources }) => ownSource(family, name, sources[family], mac));
  return { ipv4: of("ipv4"), ipv6: of("ipv6") };
}

/** Nothing is wrong with these. */
export function advertsOf(priority: number): Hostile[] {
  return (["ipv4", "ipv6"] as const).map((family) => {
    const draw = { rng: new Prng(1), family, index: 0 };
    const source = sourceOf(draw);
    return {
      frame: frameOf(advertFrom(draw, source, [oursOf(draw)], priority), source),
      counts: [],
      to: null,
    };
  });
}

/** Of both families. */
export const COMMON: Record<string, Kind> = {
  "random bytes": random,
  "truncated at every length": truncated,
  "wrong TTL": spoiled(drop("ttl"), untouched, ({ rng }) => ({ ttl: rng.pick([1, 64, 254]) })),
  "wrong checksum": spoiled(drop("checksum"), broken),
  "id 0": spoiled(
    drop("virtual-router-id", false),
    withByte(1, () => 0),
  ),
  "count 0": spoiled(drop("no-addresses"), (message, _draw, source) => {
    message[3] = 0;
    return sealed(message.slice(0, 8), source);
  }),
  "count 0 and an address": spoiled(
    drop("length"),
    withByte(3, () => 0),
  ),
  "count 255 and one address": spoiled(
    drop("truncated"),
    withByte(3, () => 255),
  ),
  "255 addresses of a stranger": stranger(({ family }) => (family === "ipv4" ? 255 : 80)),
  "interval 0": spoiled(drop("zero-interval"), (message, _draw, source) => {
    message.set([0xf0, 0], 4);
    return sealed(message, source);
  }),
  "other versions": spoiled(
    drop("version"),
    withByte(0, ({ rng }) => (rng.pick([0, 1, 4, 7, 15]) << 4) | 1),
  ),
  "other types": spoiled(
    drop("type"),
    withByte(0, ({ rng }) => 0x30 | rng.pick([0, 2, 15])),
  ),
  "trailing bytes": spoiled(drop("length"), (message, { rng }, source) =>
    sealed(Buffer.concat([message, new Uint8Array(rng.int(1, 20))]), source),
  ),
  "a stranger's addresses": stranger(({ rng }) => rng.int(1, 5)),
  "another id for our address": spoiled(
    drop("unknown-virtual-router", false),
    withByte(1, ({ rng }) => rng.int(2, 255)),
  ),
  "a lower priority": outranked,
  "fragments of a wrong advert": fragments(true),
  "a first fragment alone": fragments(false),
};

export const IPV4: Record<string, Kind> = {
  "version 2 with a wrong password": versionTwo("another", ({ family }) =>
    received(family, "authentication-mismatch"),
  ),
  "IP options before a wrong advert": spoiled(drop("checksum"), broken, () => ({ options: ROUTER_ALERT })),
  "a wrong header checksum": spoiled(kernel, untouched, () => ({ headerChecksum: 0x1234 })),
  "a total length beyond the frame": spoiled(kernel, untouched, () => ({ totalLength: 1400 })),
};

export const IPV6: Record<string, Kind> = {
  "a checksum without pseudo-header": (draw) => {
    const source = sourceOf(draw);
    const message = advertFrom(draw, source, [oursOf(draw)]);
    const right = checksumIn(message);
    // For one source in 65535 both are the same.
    const reason = checksumIn(sealedAlone(message)) === right ? "received" : "checksum-without-pseudo-header";
    return [{ frame: frameOf(message, source), counts: dropped("ipv6", reason), to: null }];
  },
  "version 2 over IPv6": spoiled(
    drop("version"),
    withByte(0, () => 0x21),
  ),
  "destination options before a wrong advert": spoiled(drop("checksum"), broken, () => ({
    options: Uint8Array.of(112, 0, 1, 4, 0, 0, 0, 0),
    nextHeader: 60,
  })),
};

/** Well-formed but for the password, the kind of authentication, or the interval. */
export function versionTwo(
  password: string | null,
  counts: (draw: Draw) => readonly string[],
  change: { seconds?: number; authenticationType?: number } = {},
): Kind {
  return (draw) => {
    const source = sourceOf(draw, SPEAKERS);
    const padded = password === null ? null : Uint8Array.from(Buffer.from(password.padEnd(8, "\0")));
    const message = encodeVrrp2({
      virtualRouterId: VIRTUAL_ROUTER_ID,
      priority: 255,
      advertIntervalMicros: (change.seconds ?? 1) * 1_000_000,
      addresses: [oursOf(draw)],
      password: padded,
    });
    if (change.authenticationType !== undefined) {
      message[4] = change.authenticationType;
      sealedAlone(message);
    }
    return [{ frame: frameOf(message, source), counts: counts(draw), to: null }];
  };
}
