/** Received packets → inputs of the core. A packet like its predecessor (nearly all are) is not decoded again. */
import type { Family, IpAddress } from "../base/address.js";
import { sameBytes } from "../base/bytes.js";
import type { Advert } from "../core/advert.js";
import type { CoreConfig } from "../core/config.js";
import type { Input, RouterIndex } from "../core/input.js";
import { addressAt } from "../wire/address-cache.js";
import { decodeAdvert } from "../wire/advert.js";
import { VIRTUAL_ROUTER_ID, VRRP_TTL } from "../wire/vrrp.js";

/** What a socket tells of a packet; source and destination may be overwritten after the call. */
export interface PacketMeta {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly ttl: number;
  readonly multicast: boolean;
}

interface Known {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
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

export class PacketReader {
  #routers = new Map<string, { index: RouterIndex; peers: ReadonlySet<string> | null }>();
  #ownSources: ReadonlySet<string> = new Set();
  /** Seldom more than two. */
  #streams: Stream[] = [];

  configure(config: CoreConfig): void {
    this.#streams = [];
    this.#routers = new Map(
      config.routers.map((router, index) => {
        const peers =
          router.unicastPeers.length === 0 ? null : router.unicastPeers.map(({ address }) => address.text);
        return [
          routerKey(router.interface, router.family, router.virtualRouterId),
          { index, peers: peers === null ? null : new Set(peers) },
        ];
      }),
    );
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
    const decoded = decodeAdvert(message, { family, ...meta });
    if (this.#ownSources.has(source.text)) {
      return { type: "drop", interface: interfaceName, family, router: null, source, reason: "own-source" };
    }
    if ("reason" in decoded) {
      const router = this.#find(interfaceName, family, decoded.virtualRouterId)?.index ?? null;
      return { type: "drop", interface: interfaceName, family, router, source, reason: decoded.reason };
    }
    const input = this.#toInput(interfaceName, family, source, decoded.advert);
    if (known.size >= KNOWN_KEPT) known.clear();
    known.set(key, {
      source: Uint8Array.from(meta.source),
      destination: Uint8Array.from(meta.destination),
      message: Uint8Array.from(message),
      input,
    });
    return input;
  }

  #stream(interfaceName: string, family: Family): Stream {
    const found = this.#streams.find((one) => one.interface === interfaceName && one.family === family);
    if (found !== undefined) return found;
    const stream: Stream = { interface: interfaceName, family, known: new Map() };
    this.#streams.push(stream);
    return stream;
  }

  #toInput(interfaceName: string, family: Family, source: IpAddress, advert: Advert): Input {
    const router = this.#find(interfaceName, family, advert.virtualRouterId);
    if (router === undefined)
      return { type: "foreignAdvert", interface: interfaceName, family, source, advert };
    const listed = router.peers === null || router.peers.has(source.text);
    return { type: "advert", router: router.index, source, listed, advert };
  }

  #find(interfaceName: string, family: Family, virtualRouterId: number | null) {
    return virtualRouterId === null
      ? undefined
      : this.#routers.get(routerKey(interfaceName, family, virtualRouterId));
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

/** A unicast packet may carry any TTL; the rest of what the decoder checks is in the bytes. */
function isRepetition(
  known: Known,
  message: Uint8Array,
  { source, destination, ttl, multicast }: PacketMeta,
) {
  return (
    (!multicast || ttl === VRRP_TTL) &&
    sameBytes(known.message, message) &&
    sameBytes(known.source, source) &&
    sameBytes(known.destination, destination)
  );
}
