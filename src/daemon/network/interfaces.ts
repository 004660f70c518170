/** The interfaces in use, kept in step with the kernel and with the configuration. */
import type { Family } from "../../base/address.js";
import type { AdvertSource, Plan } from "../../config/index.js";
import type { InterfaceFacts } from "../../config/plan/facts.js";
import { isAlone } from "../../core/addresses/leftover.js";
import { interfacesTracked, routersById, type VirtualRouterConfig } from "../../core/config.js";
import type { Core } from "../../core/core.js";
import type { RouterId } from "../../core/identity.js";
import type { InterfaceAddress, LinkState } from "../../core/input.js";
import { Signs } from "../../core/virtual-address.js";
import type { AddressChange, Author, HostChanges } from "../../host/netlink/table.js";
import { Fixtures } from "./fixtures.js";
import { type InterfaceHooks, NetworkInterface } from "./interface.js";

export interface NetworkHooks extends InterfaceHooks {
  /** A link or an address of any interface changed: called for each, to be acted upon once for all. */
  readonly onHostFact: () => void;
  /** An address of any interface went or came. */
  readonly onAddressMoved: (text: string) => void;
}

export class Network implements HostChanges {
  readonly #interfaces = new Map<string, NetworkInterface>();
  #routers: ReadonlyMap<RouterId, VirtualRouterConfig> = new Map();
  /** Of the virtual addresses, by their texts. */
  readonly #signs = new Signs();
  #planned: Plan["routers"] = new Map();
  /** Those that virtual routers track and are not on: the core is told of their links alone. */
  #tracked: ReadonlySet<string> = new Set();

  readonly fixtures: Fixtures;

  constructor(private readonly hooks: NetworkHooks) {
    this.fixtures = new Fixtures(() => hooks.input({ type: "fixturesDoubted" }));
  }

  /** The interface of a virtual router; null: nothing of it is prepared any more. */
  of(router: RouterId): NetworkInterface | null {
    const on = this.#routers.get(router)?.interface;
    return on === undefined ? null : (this.#interfaces.get(on) ?? null);
  }

  /** Where its adverts leave: the interface with its virtual MAC address; its own, while that one is not there. */
  speakerOf(router: RouterId): NetworkInterface | null {
    const config = this.#routers.get(router);
    if (config === undefined) return null;
    const sent = config.vmacs.find(({ adverts }) => adverts === "sent");
    const speaker = sent === undefined ? undefined : this.#interfaces.get(sent.name);
    return (speaker?.socket(config.family) ?? null) === null ? this.of(router) : speaker!;
  }

  /** null: nothing of ours is to be there. */
  on(interfaceName: string): NetworkInterface | null {
    return this.#interfaces.get(interfaceName) ?? null;
  }

  hasSocket(interfaceName: string, family: Family): boolean {
    return (this.#interfaces.get(interfaceName)?.socket(family) ?? null) !== null;
  }

  /**
   * Applies a plan. The core is told at once of interfaces that were not in use before, and of those that have new
   * virtual addresses what is there.
   * @param leaving virtual routers that are not in the plan, and have something to say still
   */
  configure(
    { core, routers: planned }: Pick<Plan, "core" | "routers">,
    leaving: readonly VirtualRouterConfig[] = [],
  ): void {
    const routers = [...core.routers, ...leaving];
    this.fixtures.configure(core);
    this.#routers = routersById(routers);
    this.#signs.configure(routers);
    this.#planned = planned;
    const names = namesOf(routers);
    for (const [name, gone] of this.#interfaces) {
      if (names.has(name)) continue;
      gone.close();
      this.#interfaces.delete(name);
    }
    this.#configureTracked([...interfacesTracked(routers)].filter((name) => !names.has(name)));
    for (const name of names) this.#configureInterface(name);
  }

  /** After one or many host facts have changed: what adverts are sent from may have, too. */
  refresh({ routers }: Pick<Plan, "routers">): void {
    this.#planned = routers;
    for (const networkInterface of this.#interfaces.values()) this.#setSources(networkInterface);
  }

  /** Hands on whom the core follows. */
  follow(core: Pick<Core, "followed">): void {
    for (const [name, networkInterface] of this.#interfaces) {
      const on = this.#lower(name);
      networkInterface.follow((family) => core.followed(on, family));
    }
  }

  /** Of one that is made for a virtual router: the interface that it is on. */
  #lower(name: string): string {
    for (const { vmacs } of this.#routers.values()) {
      const found = vmacs.find((vmac) => vmac.name === name);
      if (found !== undefined) return found.on;
    }
    return name;
  }

  /** Some of what has arrived, which is told at once, and all that was read before; whether there may be more. */
  readArrived(): boolean {
    let more = false;
    for (const networkInterface of this.#interfaces.values()) more = networkInterface.readArrived() || more;
    this.catchUp();
    return more;
  }

  /** Tells the core of adverts that have been read, and changed nothing by themselves. */
  catchUp(): void {
    for (const networkInterface of this.#interfaces.values()) networkInterface.catchUp();
  }

  /** The same packets may mean something else from now on: before the configuration or the own addresses change. */
  forget(): void {
    for (const networkInterface of this.#interfaces.values()) networkInterface.forget();
  }

  close(): void {
    this.fixtures.close();
    for (const networkInterface of this.#interfaces.values()) networkInterface.close();
  }

  onLink(name: string, link: LinkState | null): void {
    this.fixtures.onLink(name, link);
    // Up and down of those that are made for virtual routers are our own doing, and no plan depends on them.
    const concernsPlan = this.#interfaces.get(name)?.setLink(link) ?? true;
    if (this.#tracked.has(name)) this.hooks.input({ type: "link", interface: name, link });
    this.hooks.vmacs.stir();
    if (concernsPlan) this.hooks.onHostFact();
  }

  onAddress(change: AddressChange, name: string, address: InterfaceAddress, author: Author): void {
    if (author === "us") return;
    if (change !== "changed") this.hooks.onAddressMoved(address.address.text);
    if (this.#interfaces.has(name) && change !== "changed") {
      const alone = change === "added" && this.#isAlone(name, address);
      const takenAlong = author === "kernel";
      this.hooks.input({ type: "addressChanged", interface: name, change, address, alone, takenAlong });
    }
    this.hooks.onHostFact();
  }

  onResync(name: string, addresses: readonly InterfaceAddress[]): void {
    for (const { address } of addresses) this.hooks.onAddressMoved(address.text);
    if (this.#interfaces.has(name)) this.hooks.input({ type: "addresses", interface: name, addresses });
    this.hooks.onHostFact();
  }

  /** Asked for virtual addresses alone: others change in bursts of thousands. */
  #isAlone(name: string, address: InterfaceAddress): boolean {
    if (!this.#signs.byText.has(address.address.text)) return false;
    return isAlone(address, { all: this.#factsOf(name)?.addresses ?? [], signs: this.#signs.byText });
  }

  #setSources(networkInterface: NetworkInterface): void {
    const sources = this.#sourcesOn(networkInterface.name);
    if (sources !== undefined) networkInterface.setSources(sources);
  }

  /** undefined: no virtual router is there. */
  #sourcesOn(name: string): ReadonlyMap<RouterId, AdvertSource> | undefined {
    const sources = new Map<RouterId, AdvertSource>();
    for (const [id, { config, source }] of this.#planned)
      if (config.interface === name) sources.set(id, source);
    return sources.size > 0 ? sources : undefined;
  }

  /** The core is told of those that are new here. */
  #configureTracked(names: readonly string[]): void {
    const before = this.#tracked;
    this.#tracked = new Set(names);
    for (const name of names) {
      if (before.has(name)) continue;
      const link = this.#factsOf(name)?.link ?? null;
      this.hooks.input({ type: "link", interface: name, link });
    }
  }

  #factsOf(name: string): InterfaceFacts | undefined {
    return this.hooks.interfaces().find((candidate) => candidate.name === name);
  }

  #configureInterface(name: string): void {
    const mine = new Map([...this.#routers].filter(([, router]) => isOn(router, name)));
    const known = this.#interfaces.get(name);
    if (known !== undefined) return this.#reconfigureInterface(known, mine);
    this.#openInterface(name, mine);
  }

  #reconfigureInterface(known: NetworkInterface, mine: ReadonlyMap<RouterId, VirtualRouterConfig>): void {
    const hasNews = known.configure(mine, this.#sourcesOn(known.name));
    const facts = this.#factsOf(known.name);
    if (!hasNews || facts === undefined) return;
    this.hooks.input({ type: "addresses", interface: known.name, addresses: facts.addresses });
  }

  #openInterface(name: string, mine: ReadonlyMap<RouterId, VirtualRouterConfig>): void {
    const networkInterface = new NetworkInterface(name, this.hooks);
    this.#interfaces.set(name, networkInterface);
    networkInterface.configure(mine);
    const facts = this.#factsOf(name);
    if (facts === undefined) return this.hooks.input({ type: "link", interface: name, link: null });
    this.hooks.input({ type: "addresses", interface: name, addresses: facts.addresses });
    this.#setSources(networkInterface);
    networkInterface.setLink(facts.link);
  }
}

/** Of all interfaces that they are on, or have addresses on. */
function namesOf(routers: readonly VirtualRouterConfig[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const router of routers) {
    names.add(router.interface);
    for (const entry of router.virtualAddresses) names.add(entry.interface);
    for (const { name } of router.vmacs) names.add(name);
  }
  return names;
}

function isOn({ interface: on, virtualAddresses, vmacs }: VirtualRouterConfig, name: string): boolean {
  const isThere = (entry: { readonly interface: string }) => entry.interface === name;
  return on === name || virtualAddresses.some(isThere) || vmacs.some((vmac) => vmac.name === name);
}
