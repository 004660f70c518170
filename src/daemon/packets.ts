/** Received packets → inputs of the core. A packet like its predecessor (nearly all are) is not decoded again. */
import type { Family, IpAddress } from "../base/address.js";
import { sameBytes } from "../base/bytes.js";
import { type Admission, Audience } from "../core/admission.js";
import type { CoreConfig } from "../core/config.js";
import type { Input, RouterIndex } from "../core/input.js";
import { addressAt } from "../wire/address-cache.js";
import { decodeAdvert } from "../wire/advert.js";
import { VIRTUAL_ROUTER_ID } from "../wire/vrrp.js";

/** What a socket tells of a packet; source and destination may be overwritten after the call. */
export interface PacketMeta {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly ttl: number;
}

interface Listener {
  readonly index: RouterIndex;
  readonly audience: Audience;
}

/** Where a packet comes from. */
interface From {
  readonly interface: string;
  readonly family: Family;
  readonly source: IpAddress;
}

interface Known {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly ttl: number;
  readonly message: Uint8Array;
  readonly input: Input;
}

/** What comes in over one family on one interface. */
interface Stream {
  readonly interface: string;
  readonly family: Family;
  /** By source and virtual router id. */
  readonly known: Map<number, Known>;
}

/** Forged sources make it start over: they cost time, but no memory. */
const KNOWN_KEPT = 1024;

/** Where no virtual router is. */
const MULTICAST: Readonly<Record<Family, Audience>> = {
  ipv4: new Audience({ family: "ipv4", unicastPeers: [], unicastStrict: false }),
  ipv6: new Audience({ family: "ipv6", unicastPeers: [], unicastStrict: false }),
};

export class PacketReader {
  #listeners = new Map<string, Listener>();
  /** For virtual routers that are none of ours, by interface and family: all of ours there hear the same. */
  #audiences = new Map<string, Audience>();
  #ownSources: ReadonlySet<string> = new Set();
  /** Seldom more than two. */
  #streams: Stream[] = [];

  configure(config: CoreConfig): void {
    this.#streams = [];
    this.#listeners = new Map();
    this.#audiences = new Map();
    for (const [index, router] of config.routers.entries()) {
      const { interface: on, family, virtualRouterId } = router;
      const audience = new Audience(router);
      this.#listeners.set(routerKey(on, family, virtualRouterId), { index, audience });
      this.#audiences.set(`${on}/${family}`, audience);
    }
  }

  /** This host's own addresses: what comes from them is our own echo, or a forgery. */
  setOwnSources(addresses: Iterable<string>): void {
    this.#ownSources = new Set(addresses);
    this.#streams = [];
  }

  /** @param message the VRRP message, without IP header; only valid during the call. */
  read(interfaceName: string, family: Family, message: Uint8Array, meta: PacketMeta): Input {
    const { known } = this.#stream(interfaceName, family);
    const key = keyOf(meta.source, message);
    const before = known.get(key);
    if (before !== undefined && isRepetition(before, message, meta)) return before.input;
    const source = addressAt(meta.source, 0, meta.source.length === 4 ? 4 : 16);
    const from = { interface: interfaceName, family, source };
    if (this.#ownSources.has(source.text)) {
      return { type: "drop", ...from, router: null, reason: "own-source" };
    }
    const listener = this.#listeners.get(routerKey(interfaceName, family, message[VIRTUAL_ROUTER_ID] ?? 0));
    const admission = this.#admit(listener, from, meta);
    const decoded = decodeAdvert(message, { family, ...meta });
    const router = listener?.index ?? null;
    if ("reason" in admission) {
      const drop = { type: "drop", ...from, router, reason: admission.reason } as const;
      return "advert" in decoded ? { ...drop, advert: decoded.advert } : drop;
    }
    if ("reason" in decoded) return { type: "drop", ...from, router, reason: decoded.reason };
    const { advert } = decoded;
    const input: Input =
      router === null
        ? { type: "foreignAdvert", ...from, advert }
        : { type: "advert", router, source, listed: admission.listed, advert };
    if (known.size >= KNOWN_KEPT) known.clear();
    known.set(key, {
      source: Uint8Array.from(meta.source),
      destination: Uint8Array.from(meta.destination),
      ttl: meta.ttl,
      message: Uint8Array.from(message),
      input,
    });
    return input;
  }

  #admit(
    listener: Listener | undefined,
    { interface: on, family, source }: From,
    meta: PacketMeta,
  ): Admission {
    const arrival = { source, destination: meta.destination, ttl: meta.ttl };
    if (listener !== undefined) return listener.audience.admit(arrival);
    const audience = this.#audiences.get(`${on}/${family}`) ?? MULTICAST[family];
    return audience.admitForeign(arrival);
  }

  #stream(interfaceName: string, family: Family): Stream {
    const found = this.#streams.find((one) => one.interface === interfaceName && one.family === family);
    if (found !== undefined) return found;
    const stream: Stream = { interface: interfaceName, family, known: new Map() };
    this.#streams.push(stream);
    return stream;
  }
}

function routerKey(interfaceName: string, family: Family, virtualRouterId: number): string {
  return `${interfaceName}/${family}/${virtualRouterId}`;
}

/** Two IPv6 sources may have the same: the bytes decide. */
function keyOf(source: Uint8Array, message: Uint8Array): number {
  let hash = 0;
  for (let at = 0; at < source.length; at += 1) hash = (Math.imul(hash, 257) + source[at]!) | 0;
  return hash * 256 + (message[VIRTUAL_ROUTER_ID] ?? 0);
}

/** Neither what it says nor how it came is another. */
function isRepetition(known: Known, message: Uint8Array, { source, destination, ttl }: PacketMeta) {
  return (
    known.ttl === ttl &&
    sameBytes(known.message, message) &&
    sameBytes(known.source, source) &&
    sameBytes(known.destination, destination)
  );
}
