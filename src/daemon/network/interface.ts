/**
 * One interface as the daemon uses it: its sockets, and all that its virtual routers may have to send, encoded before
 * it is needed. What depends on the interface (index, MAC, source address) is made anew when that changes.
 */
import { isDeepStrictEqual } from "node:util";
import type { Family, IpAddress } from "../../base/address.js";
import { VrrpdError } from "../../base/errors.js";
import { isSameIn } from "../../base/lists.js";
import type { MacAddress } from "../../base/mac.js";
import type { AdvertSource, InterfaceFacts } from "../../config/index.js";
import type { VirtualRouterConfig, Vmac } from "../../core/config.js";
import { type AddressKey, addressKey, type RouterId } from "../../core/identity.js";
import type { LinkState } from "../../core/input.js";
import { type Followed, NOBODY } from "../../core/router/leader.js";
import type { SourceView } from "../../core/router/readiness.js";
import type { VirtualAddressConfig } from "../../core/virtual-address.js";
import { groupsOf, haveSameGroups, MEANT_BY, meantFor, ofFamily } from "../../host/adverts/meant.js";
import { openAdvertSocket } from "../../host/adverts/open.js";
import { type PreparedAdvert, prepareAdverts } from "../../host/adverts/prepare.js";
import type { AdvertSocket } from "../../host/adverts/socket.js";
import { Announcer } from "../../host/announce/announcer.js";
import {
  type PreparedAnnouncements,
  prepareAnnouncements,
  prepareIntroductions,
  prepareProbes,
} from "../../host/announce/frames.js";
import { type PreparedAddresses, prepareAddresses } from "../../host/netlink/requests.js";
import type { Vmacs } from "../vmacs/vmacs.js";
import { ClaimWatches } from "./claim-watches.js";
import { advertHandlers, type HearingHooks } from "./hearing.js";

/** What a virtual router has on one interface: its own, or another one that some of its addresses are on. */
export interface PreparedRouter {
  /** On its own alone; so are `introductions`. */
  readonly adverts: readonly PreparedAdvert[];
  /** Where a virtual address of this interface stands in what is prepared for all of them: `addresses`, `announcements`, `probes`. */
  readonly positions: ReadonlyMap<AddressKey, number>;
  readonly addresses: PreparedAddresses;
  /** null: the interface has no MAC address. */
  readonly announcements: PreparedAnnouncements | null;
  readonly probes: PreparedAnnouncements | null;
  /** What makes this node known to its unicast peers; empty: multicast. */
  readonly introductions: PreparedAnnouncements | null;
}

export interface InterfaceHooks extends HearingHooks {
  /** The interface is no longer known by its name; if it still is there, its virtual addresses must not be. */
  readonly onAbandoned: (name: string, addresses: readonly PreparedAddresses[]) => void;
  /** The kernel's present list. */
  readonly interfaces: () => readonly InterfaceFacts[];
  /** The interfaces that are made for virtual routers. */
  readonly vmacs: Pick<Vmacs, "problemOf" | "stir">;
}

/** What it was made from. */
interface PreparedFrom {
  readonly config: VirtualRouterConfig;
  /** Index and MAC address. */
  readonly link: string;
  readonly source: string | undefined;
}

type PreparedHere = PreparedRouter & { readonly from: PreparedFrom };

type PreparedSpeech = Pick<PreparedRouter, "adverts" | "introductions">;

const SILENT: PreparedSpeech = { adverts: [], introductions: null };

type Source = Required<SourceView>;

const NO_SOURCE = { address: null, detail: null };
const VMAC_HERE = { lacksVmac: false };
/** Descriptors may be short for a while; a socket that could not be opened is tried again after this. */
const REOPEN_MILLIS = 1_000;

export class NetworkInterface {
  announcer: Announcer | null = null;
  #link: LinkState | null = null;
  #planned: ReadonlyMap<RouterId, AdvertSource> = new Map();
  #followed: (family: Family) => Followed = () => NOBODY;
  #routers: ReadonlyMap<RouterId, VirtualRouterConfig> = new Map();
  #openProblem: string | null = null;
  #reopen: NodeJS.Timeout | null = null;
  readonly #sockets = new Map<Family, AdvertSocket>();
  readonly #claimWatches: ClaimWatches;
  #sources: ReadonlyMap<RouterId, Source> = new Map();
  readonly #prepared = new Map<RouterId, PreparedHere>();

  constructor(
    readonly name: string,
    private readonly hooks: InterfaceHooks,
  ) {
    this.#claimWatches = new ClaimWatches(name, hooks);
  }

  socket(family: Family): AdvertSocket | null {
    return this.#sockets.get(family) ?? null;
  }

  prepared(router: RouterId): PreparedRouter | null {
    return this.#prepared.get(router) ?? null;
  }

  /**
   * @param routers those that are on it, or have addresses on it
   * @param sources what their adverts are sent from; left out: as before
   * @returns whether there are virtual addresses that were not here before
   */
  configure(
    routers: ReadonlyMap<RouterId, VirtualRouterConfig>,
    sources: ReadonlyMap<RouterId, AdvertSource> = this.#planned,
  ): boolean {
    const [earlier, speakers] = [[...this.#routers.values()], this.#speakers()];
    const hasOthers = !isSameIn(PLACED, earlier, [...routers.values()]);
    const before = hasOthers ? this.#placesOfAll() : NO_PLACES;
    this.#routers = routers;
    const after = hasOthers ? this.#placesOfAll() : NO_PLACES;
    if (!isSameSet(before, after)) this.#claimWatches.close();
    this.#closeUnused();
    if (!isSameIn(MEANT_HERE, speakers, this.#speakers())) {
      this.#regroup(speakers);
      for (const [family, socket] of this.#sockets) socket.setMeant(this.#meant(family));
    }
    this.#planned = sources;
    this.#refresh();
    return [...after].some((place) => !before.has(place));
  }

  /** What virtual addresses are known by here: a virtual router and a key each. */
  #placesOfAll(): ReadonlySet<string> {
    const entries = [...this.#routers].flatMap(([id, router]) =>
      this.#addressesOf(router).map((entry) => `${id} ${addressKey(this.name, entry)}`),
    );
    return new Set(entries);
  }

  setLink(link: LinkState | null): boolean {
    const another = link?.index !== this.#link?.index;
    this.#link = link;
    if (another) {
      this.catchUp();
      const left = [...this.#prepared.values()].map(({ addresses }) => addresses);
      this.hooks.onAbandoned(this.name, left);
      this.#closeSockets();
    }
    // Its addresses went with it; the plan will say when there are others.
    if (link === null) this.#planned = new Map();
    this.#refresh();
    this.hooks.input({ type: "link", interface: this.name, link: this.#toldOf(link) });
    return another || this.#vmac() === undefined;
  }

  /** Up and down go those that are made for a virtual router with its state: to the core they are there, or not. */
  #toldOf(link: LinkState | null): LinkState | null {
    return link === null || this.#vmac() === undefined ? link : { ...link, up: true, carrier: true };
  }

  /** What adverts are sent from now. */
  setSources(sources: ReadonlyMap<RouterId, AdvertSource>): void {
    this.#planned = sources;
    this.#refresh();
  }

  /** Whom the virtual routers follow, by family: for the room that their adverts have. */
  follow(followed: (family: Family) => Followed): void {
    this.#followed = followed;
    for (const [family, socket] of this.#sockets) socket.follow(followed(family));
  }

  readArrived(): boolean {
    let more = false;
    for (const socket of this.#sockets.values()) more = socket.readArrived() || more;
    return more;
  }

  catchUp(): void {
    for (const socket of this.#sockets.values()) socket.catchUp();
  }

  forget(): void {
    for (const socket of this.#sockets.values()) socket.forget();
  }

  close(): void {
    this.#closeSockets();
    if (this.#reopen !== null) clearTimeout(this.#reopen);
  }

  /** Brings sockets, sources and prepared packets up to date with what is known of the interface. */
  #refresh(): void {
    if (this.#link !== null) this.#openSockets(this.#link);
    const before = this.#sources;
    this.#sources = new Map(this.#residents().map(({ id }) => [id, this.#findSource(id)]));
    this.#prepare();
    for (const { id: router, family } of this.#residents()) {
      const found = this.#sources.get(router)!;
      const old = before.get(router);
      if (old?.source?.text === found.source?.text && old?.detail === found.detail) continue;
      this.hooks.input({ type: "source", interface: this.name, family, router, ...found });
    }
  }

  /** What this interface is, if it is made for a virtual router. */
  #vmac(): Vmac | undefined {
    for (const { vmacs } of this.#routers.values()) {
      const found = vmacs.find(({ name }) => name === this.name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The virtual routers whose adverts are sent or heard here. */
  #speakers(): VirtualRouterConfig[] {
    const speaksBy = ({ name, adverts }: Vmac) => name === this.name && adverts !== "none";
    return [...this.#routers.values()].filter(
      ({ interface: on, vmacs }) => on === this.name || vmacs.some(speaksBy),
    );
  }

  /** The virtual routers that are here. */
  #residents(): VirtualRouterConfig[] {
    return [...this.#routers.values()].filter((router) => router.interface === this.name);
  }

  /** In which adverts are sent and heard. */
  #families(): ReadonlySet<Family> {
    return new Set(this.#speakers().map((router) => router.family));
  }

  #addressesOf({ virtualAddresses }: VirtualRouterConfig): VirtualAddressConfig[] {
    return virtualAddresses.filter((entry) => entry.interface === this.name);
  }

  #findSource(router: RouterId): Source {
    if (this.#openProblem !== null) return { source: null, detail: this.#openProblem, ...VMAC_HERE };
    const lacking = this.hooks.vmacs.problemOf(this.#routers.get(router)!);
    if (lacking !== null) return { source: null, detail: lacking, lacksVmac: true };
    const { address, detail } = this.#planned.get(router) ?? NO_SOURCE;
    return { source: address, detail, ...VMAC_HERE };
  }

  /** What would be the same is kept: to encode it takes longer than a master's adverts may wait. */
  #prepare(): void {
    const before = new Map(this.#prepared);
    this.#prepared.clear();
    if (this.#link === null) return;
    const { index, mac } = this.#link;
    const link = `${index} ${mac?.text}`;
    for (const [router, config] of this.#routers) {
      const resident = config.interface === this.name;
      const known = before.get(router);
      const from = { config, link, source: this.#sources.get(router)?.source?.text };
      if (known !== undefined && isSameOrigin(known.from, from)) {
        this.#prepared.set(router, known.from.config === config ? known : { ...known, from });
        continue;
      }
      const speech = resident ? this.#prepareSpeech(config, keptAdverts(known, index)) : SILENT;
      const addresses = this.#prepareAddresses(this.#addressesOf(config), config.leaseSeconds);
      this.#prepared.set(router, { ...speech, ...addresses, from });
    }
  }

  /** @param kept what was prepared before */
  #prepareSpeech(config: VirtualRouterConfig, kept: readonly PreparedAdvert[]): PreparedSpeech {
    const source = this.#sources.get(config.id)?.source ?? null;
    return {
      // A master whose address has gone releases from it: its backups know no other.
      adverts: source === null ? kept : prepareAdverts(config, source),
      introductions: this.#introductionsOf(this.#link?.mac ?? null, config, source),
    };
  }

  #prepareAddresses(
    entries: readonly VirtualAddressConfig[],
    leaseSeconds: number | null,
  ): Omit<PreparedRouter, keyof PreparedSpeech> {
    const { index, mac } = this.#link!;
    return {
      positions: positionsOf(entries),
      addresses: prepareAddresses(index, entries, leaseSeconds),
      announcements: mac === null ? null : prepareAnnouncements(this.name, mac, entries),
      probes: mac === null ? null : prepareProbes(mac, entries),
    };
  }

  #introductionsOf(
    mac: MacAddress | null,
    { unicastPeers }: VirtualRouterConfig,
    source: IpAddress | null,
  ): PreparedAnnouncements | null {
    if (mac === null || source === null || unicastPeers.length === 0) return null;
    return prepareIntroductions(this.name, mac, source, unicastPeers);
  }

  #openSockets(link: LinkState): void {
    try {
      for (const family of this.#families()) {
        if (!this.#sockets.has(family)) this.#sockets.set(family, this.#open(family, link.index));
      }
      this.#watchClaims(link);
      this.announcer ??= new Announcer(link.index);
      this.#openProblem = null;
    } catch (error) {
      this.#onOpenFailed(error as Error);
    }
  }

  #open(family: Family, interfaceIndex: number): AdvertSocket {
    const vmac = this.#vmac();
    const place = { interface: this.name, interfaceIndex, family };
    const handlers = advertHandlers(this.hooks, { interface: vmac?.on ?? this.name, family });
    const from = vmac === undefined ? {} : { from: vmac.mac };
    // Those in unicast join theirs as well, to know who speaks to it.
    const groups = groupsOf(ofFamily(family, this.#speakers()));
    const socket = openAdvertSocket({ ...place, ...handlers, ...from, groups, meant: this.#meant(family) });
    socket.follow(this.#followed(family));
    return socket;
  }

  #meant(family: Family) {
    return meantFor(ofFamily(family, this.#speakers()));
  }

  /** A socket is a member of the groups that it was opened with: for others there is another one, before it goes. */
  #regroup(before: readonly VirtualRouterConfig[]): void {
    for (const [family, socket] of [...this.#sockets]) {
      const [earlier, present] = [ofFamily(family, before), ofFamily(family, this.#speakers())];
      if (this.#link === null || haveSameGroups(earlier, present)) continue;
      this.#sockets.delete(family);
      this.#openSockets(this.#link);
      socket.readArrived();
      socket.catchUp();
      socket.close();
    }
  }

  #watchClaims({ index }: LinkState): void {
    const watched = [...this.#routers].flatMap(([id, router]) =>
      this.#addressesOf(router).map((entry) => [id, entry] as const),
    );
    this.#claimWatches.open(index, watched);
  }

  #onOpenFailed(error: Error): void {
    const what =
      error instanceof VrrpdError ? error.message : `opening a socket on ${this.name}: ${error.message}`;
    if (this.#openProblem !== what) this.hooks.onProblem(what);
    this.#openProblem = what;
    this.#reopen ??= setTimeout(() => {
      this.#reopen = null;
      this.#refresh();
    }, REOPEN_MILLIS);
  }

  /** Of families in which no virtual router is here any more. */
  #closeUnused(): void {
    const used = this.#families();
    for (const [family, socket] of this.#sockets) {
      if (used.has(family)) continue;
      socket.close();
      this.#sockets.delete(family);
    }
  }

  #closeSockets(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
    this.#claimWatches.close();
    this.announcer?.close();
    this.announcer = null;
  }
}

/** Settings that say which virtual addresses are where, and what adverts are meant. */
const PLACED = ["id", "virtualAddresses"] as const;
const MEANT_HERE = ["family", ...MEANT_BY] as const;
const NO_PLACES: ReadonlySet<string> = new Set();

/** Settings of which nothing that is prepared is made. */
const UNPREPARED: ReadonlySet<string> = new Set(["origins", "tracks", "notify", "preempt", "priority"]);

function isSameOrigin(one: PreparedFrom, other: PreparedFrom): boolean {
  if (one.link !== other.link || one.source !== other.source) return false;
  if (one.config === other.config) return true;
  const keys = Object.keys(other.config) as (keyof VirtualRouterConfig)[];
  return keys.every((key) => UNPREPARED.has(key) || isDeepStrictEqual(one.config[key], other.config[key]));
}

function isSameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((item) => other.has(item));
}

export function positionsOf(entries: readonly VirtualAddressConfig[]): ReadonlyMap<AddressKey, number> {
  return new Map(entries.map((entry, position) => [addressKey(entry.interface, entry), position]));
}

function keptAdverts(before: PreparedRouter | undefined, interfaceIndex: number): readonly PreparedAdvert[] {
  return before?.addresses.interfaceIndex === interfaceIndex ? before.adverts : [];
}
