/** Received packets → inputs of the core. A packet like its predecessor (nearly all are) is not decoded again. */
import { addressFromBytes, type Family, type IpAddress } from "../base/address.js";
import { type Admission, Audience } from "../core/admission.js";
import type { CoreConfig, VirtualRouterConfig } from "../core/config.js";
import type { Input, RouterIndex } from "../core/input.js";
import { AddressIndex } from "../wire/address-index.js";
import { decodeAdvert } from "../wire/advert.js";
import { VIRTUAL_ROUTER_ID } from "../wire/vrrp.js";
import { type PacketMeta, Repetitions } from "./repetitions.js";

export type { PacketMeta } from "./repetitions.js";

/** A virtual router of ours. */
interface Listener {
  readonly index: RouterIndex;
  readonly audience: Audience;
  /** Its virtual addresses. */
  readonly ours: AddressIndex;
}

/** Where a packet comes from. */
interface From {
  readonly interface: string;
  readonly family: Family;
  readonly source: IpAddress;
}

/** What comes in over one family on one interface. */
interface Stream {
  readonly interface: string;
  readonly family: Family;
  readonly known: Repetitions;
}

/** For the speakers of ids that are not ours, */
const KNOWN_KEPT = 256;
/** and for a master, its rivals and its successor. */
const KNOWN_KEPT_A_ROUTER = 3;

/** Where no virtual router is. */
const MULTICAST: Readonly<Record<Family, Audience>> = {
  ipv4: new Audience({ family: "ipv4", unicastPeers: [], unicastStrict: false }),
  ipv6: new Audience({ family: "ipv6", unicastPeers: [], unicastStrict: false }),
};

export class PacketReader {
  #listeners = new Map<string, Listener>();
  /** For virtual routers that are none of ours, by interface and family: all of ours there hear the same. */
  #audiences = new Map<string, Audience>();
  /** The virtual addresses of all routers. */
  #ours = new AddressIndex([]);
  #ownSources: ReadonlySet<string> = new Set();
  /** Seldom more than two. */
  #streams: Stream[] = [];

  configure(config: CoreConfig): void {
    this.#streams = [];
    this.#listeners = new Map();
    this.#audiences = new Map();
    this.#ours = addressesOf(config.routers);
    for (const [index, router] of config.routers.entries()) {
      const { interface: on, family, virtualRouterId } = router;
      const audience = new Audience(router);
      this.#listeners.set(routerKey(on, family, virtualRouterId), {
        index,
        audience,
        ours: addressesOf([router]),
      });
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
    const before = known.find(message, meta);
    if (before !== null) return before;
    const source = addressFromBytes(meta.source);
    const from = { interface: interfaceName, family, source };
    if (this.#ownSources.has(source.text)) {
      return { type: "drop", ...from, router: null, reason: "own-source" };
    }
    const listener = this.#listeners.get(routerKey(interfaceName, family, message[VIRTUAL_ROUTER_ID] ?? 0));
    const admission = this.#admit(listener, from, meta);
    const decoded = decodeAdvert(message, { family, ours: listener?.ours ?? this.#ours, ...meta });
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
    known.note(message, meta, input);
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
    const most = KNOWN_KEPT + KNOWN_KEPT_A_ROUTER * this.#listeners.size;
    const stream: Stream = { interface: interfaceName, family, known: new Repetitions(most) };
    this.#streams.push(stream);
    return stream;
  }
}

function addressesOf(routers: readonly VirtualRouterConfig[]): AddressIndex {
  return new AddressIndex(
    routers.flatMap(({ virtualAddresses }) => virtualAddresses.map(({ address }) => address)),
  );
}

function routerKey(interfaceName: string, family: Family, virtualRouterId: number): string {
  return `${interfaceName}/${family}/${virtualRouterId}`;
}
