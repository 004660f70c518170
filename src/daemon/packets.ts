/** Received packets → inputs of the core. A packet like its predecessor (nearly all are) is not decoded again. */
import { addressFromBytes, type Family, type IpAddress } from "../base/address.js";
import type { Advert } from "../core/advert.js";
import type { CoreConfig } from "../core/config.js";
import type { Input, RouterIndex } from "../core/input.js";
import { decodeAdvert } from "../wire/advert.js";

/** What a socket tells of a packet; source and destination may be overwritten after the call. */
export interface PacketMeta {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly ttl: number;
  readonly multicast: boolean;
}

interface Known {
  readonly bytes: Uint8Array;
  readonly destination: Uint8Array;
  readonly source: IpAddress;
  readonly advert: Advert;
}

/** Forged sources make it start over: they cost time, but no memory. */
const KNOWN_KEPT = 1024;

export class PacketReader {
  #routers = new Map<string, { index: RouterIndex; peers: ReadonlySet<string> | null }>();
  #ownSources: ReadonlySet<string> = new Set();
  readonly #known = new Map<string, Known>();

  configure(config: CoreConfig): void {
    this.#routers = new Map(
      config.routers.map((router, index) => {
        const peers = router.unicastPeers.length === 0 ? null : router.unicastPeers.map(({ text }) => text);
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
  }

  /** @param message the VRRP message, without IP header; only valid during the call. */
  read(interfaceName: string, family: Family, message: Uint8Array, meta: PacketMeta): Input {
    const key = sourceKey(interfaceName, meta.source, message[1] ?? 0);
    const known = this.#known.get(key);
    if (known !== undefined && isRepetition(known, message, meta)) {
      return this.#toInput(interfaceName, family, known.source, known.advert);
    }
    const source = addressFromBytes(meta.source);
    const decoded = decodeAdvert(message, { family, ...meta });
    if (this.#ownSources.has(source.text)) {
      return { type: "drop", interface: interfaceName, family, router: null, source, reason: "own-source" };
    }
    if ("reason" in decoded) {
      const router = this.#find(interfaceName, family, decoded.virtualRouterId)?.index ?? null;
      return { type: "drop", interface: interfaceName, family, router, source, reason: decoded.reason };
    }
    this.#remember(key, message, meta, source, decoded.advert);
    return this.#toInput(interfaceName, family, source, decoded.advert);
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

  #remember(key: string, message: Uint8Array, meta: PacketMeta, source: IpAddress, advert: Advert): void {
    if (this.#known.size >= KNOWN_KEPT) this.#known.clear();
    const bytes = Uint8Array.from(message);
    this.#known.set(key, { bytes, destination: Uint8Array.from(meta.destination), source, advert });
  }
}

function routerKey(interfaceName: string, family: Family, virtualRouterId: number): string {
  return `${interfaceName}/${family}/${virtualRouterId}`;
}

function sourceKey(interfaceName: string, source: Uint8Array, virtualRouterId: number): string {
  return `${interfaceName} ${Buffer.from(source.buffer, source.byteOffset, source.length).toString("latin1")} ${virtualRouterId}`;
}

/** A unicast packet may carry any TTL; the rest of what the decoder checks is in the bytes. */
function isRepetition(known: Known, message: Uint8Array, meta: PacketMeta): boolean {
  return (
    (!meta.multicast || meta.ttl === 255) &&
    Buffer.compare(known.bytes, message) === 0 &&
    Buffer.compare(known.destination, meta.destination) === 0
  );
}
