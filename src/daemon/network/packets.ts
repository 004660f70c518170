/** Received packets → inputs of the core. A packet like its predecessor (nearly all are) is not decoded again. */
import { addressFromBytes, type Family } from "../../base/address.js";
import { isSameIn } from "../../base/lists.js";
import type { CoreConfig, VirtualRouterConfig } from "../../core/config.js";
import type { RouterId } from "../../core/identity.js";
import type { Input } from "../../core/input.js";
import { Audience, admitForeign } from "../../core/peers/admission.js";
import { AddressIndex } from "../../wire/address-index.js";
import { decodeAdvert } from "../../wire/decoder.js";
import { VIRTUAL_ROUTER_ID } from "../../wire/vrrp.js";
import { type PacketMeta, Repetitions } from "./repetitions.js";

export type { PacketMeta } from "./repetitions.js";

/** A virtual router of ours. */
interface Listener {
  readonly router: RouterId;
  readonly audience: Audience;
  /** The virtual addresses that its adverts list. */
  readonly ours: AddressIndex;
}

/** What comes in over one family on one interface. */
interface Stream {
  readonly interface: string;
  readonly family: Family;
  known: Repetitions;
  /** By virtual router id, the byte of the message. */
  readonly listeners: (Listener | undefined)[];
  /** Of all of ours there, one of a kind: for virtual routers that are none of ours. */
  readonly audiences: Map<string, Audience>;
}

/** Settings that say what packets mean. */
const LISTENED_FOR = [
  "id",
  "interface",
  "family",
  "virtualRouterId",
  "unicastPeers",
  "unicastStrict",
  "multicastGroup",
  "virtualAddresses",
] as const;

/** The virtual router id is one byte. */
const IDS = 256;
/** For the speakers of ids that are not ours, */
const KNOWN_KEPT = 256;
/** and for a master, its rivals and its successor. */
const KNOWN_KEPT_A_ROUTER = 3;

/** Of those that use multicast, one for each group. */
function kindOf({ unicastPeers, multicastGroup }: VirtualRouterConfig): string {
  return unicastPeers.length > 0 ? "unicast" : multicastGroup.text;
}

export class PacketReader {
  /** Those of all virtual routers. */
  #ours = new AddressIndex([]);
  #ownSources: ReadonlySet<string> = new Set();
  /** Seldom more than two. */
  #streams: Stream[] = [];
  /** How many packets a stream recognises. */
  #most = KNOWN_KEPT;
  #routers: readonly VirtualRouterConfig[] = [];
  #listeners: ReadonlyMap<RouterId, Listener> = new Map();

  /** Where nothing of it changes what a packet means, what is recognised stays. */
  configure({ routers }: CoreConfig): void {
    const before = new Map(this.#routers.map((router) => [router.id, router]));
    const isSame = isSameIn(LISTENED_FOR, this.#routers, routers);
    this.#routers = routers;
    if (isSame) return;
    this.#streams = [];
    this.#most = KNOWN_KEPT + KNOWN_KEPT_A_ROUTER * routers.length;
    this.#ours = addressesOf(routers);
    this.#listeners = new Map(
      routers.map((router) => [router.id, this.#listener(router, before.get(router.id))]),
    );
    for (const router of routers) {
      const stream = this.#stream(router.interface, router.family);
      const listener = this.#listeners.get(router.id)!;
      stream.audiences.set(kindOf(router), listener.audience);
      stream.listeners[router.virtualRouterId] = listener;
    }
  }

  #listener(router: VirtualRouterConfig, before: VirtualRouterConfig | undefined): Listener {
    if (before !== undefined && isSameIn(LISTENED_FOR, [before], [router]))
      return this.#listeners.get(router.id)!;
    return { router: router.id, audience: new Audience(router), ours: addressesOf([router]) };
  }

  /** This host's own addresses: what comes from them is our own echo, or a forgery. */
  setOwnSources(addresses: Iterable<string>): void {
    this.#ownSources = new Set(addresses);
    for (const stream of this.#streams) stream.known = new Repetitions(this.#most);
  }

  /** @param message the VRRP message, without IP header; only valid during the call. */
  read(interfaceName: string, family: Family, message: Uint8Array, meta: PacketMeta): Input {
    const { known, listeners, audiences } = this.#stream(interfaceName, family);
    const before = known.find(message, meta);
    if (before !== null) return before;
    const source = addressFromBytes(meta.source);
    const from = { interface: interfaceName, family, source };
    if (this.#ownSources.has(source.text)) {
      return { type: "drop", ...from, router: null, reason: "own-source" };
    }
    const listener = listeners[message[VIRTUAL_ROUTER_ID] ?? 0];
    const arrival = { source, destination: meta.destination, ttl: meta.ttl };
    const admission = listener?.audience.admit(arrival) ?? admitForeign(audiences.values(), arrival);
    const decoded = decodeAdvert(message, { family, ours: listener?.ours ?? this.#ours, ...meta });
    const router = listener?.router ?? null;
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

  #stream(interfaceName: string, family: Family): Stream {
    const found = this.#streams.find((one) => one.interface === interfaceName && one.family === family);
    if (found !== undefined) return found;
    const known = new Repetitions(this.#most);
    const listeners = new Array<Listener | undefined>(IDS).fill(undefined);
    const stream = { interface: interfaceName, family, known, listeners, audiences: new Map() };
    this.#streams.push(stream);
    return stream;
  }
}

function addressesOf(routers: readonly VirtualRouterConfig[]): AddressIndex {
  return new AddressIndex(
    routers.flatMap(({ virtualAddresses }) =>
      virtualAddresses.filter(({ advertised }) => advertised).map(({ address }) => address),
    ),
  );
}
