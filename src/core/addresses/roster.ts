/** The virtual addresses of one virtual router, found by whatever is known of them. */
import type { VirtualRouterConfig } from "../config.js";
import type { AddressKey } from "../identity.js";
import { placeOf } from "../virtual-address.js";
import { VirtualAddress } from "./address.js";

export class Roster {
  /** In the order of the configuration. */
  entries: readonly VirtualAddress[];
  /** The virtual router's own; those of `entries` may be others. */
  #routerInterface: string;
  #byKey: ReadonlyMap<AddressKey, VirtualAddress> = new Map();
  /** On any interface, with any prefix length. */
  #byText: ReadonlyMap<string, readonly VirtualAddress[]> = new Map();
  #advertised: ReadonlySet<string> = new Set();
  #interfaces: ReadonlySet<string> = new Set();

  constructor(config: VirtualRouterConfig) {
    this.#routerInterface = config.interface;
    this.entries = config.virtualAddresses.map((address) => new VirtualAddress(address, config));
    this.#index();
  }

  /** Addresses in another order, on another interface of the virtual router, dressed otherwise; new ones, and others gone. */
  configure(config: VirtualRouterConfig): {
    readonly added: readonly VirtualAddress[];
    readonly gone: readonly VirtualAddress[];
  } {
    const { interface: on, virtualAddresses } = config;
    const gone = new Map(this.entries.map((entry) => [placeOf(entry.config, this.#routerInterface), entry]));
    const added: VirtualAddress[] = [];
    this.entries = virtualAddresses.map((address) => {
      const place = placeOf(address, on);
      const known = gone.get(place);
      gone.delete(place);
      if (known !== undefined) return known.configure(address, config);
      const entry = new VirtualAddress(address, config);
      added.push(entry);
      return entry;
    });
    this.#routerInterface = on;
    this.#index();
    return { added, gone: [...gone.values()] };
  }

  entryOf(address: AddressKey): VirtualAddress | undefined {
    return this.#byKey.get(address);
  }

  /** With this address, whatever the prefix length. */
  alike(interfaceName: string, text: string): readonly VirtualAddress[] {
    return this.#byText.get(text)?.filter(({ config }) => config.interface === interfaceName) ?? [];
  }

  /** Adverts may list it. */
  advertises(text: string): boolean {
    return this.#advertised.has(text);
  }

  /** The virtual router or some of its addresses are there. */
  isOn(interfaceName: string): boolean {
    return this.#interfaces.has(interfaceName);
  }

  #index(): void {
    const configs = this.entries.map(({ config }) => config);
    const advertised = configs.filter((config) => config.advertised);
    this.#byKey = new Map(this.entries.map((entry) => [entry.key, entry]));
    this.#byText = byText(this.entries);
    this.#advertised = new Set(advertised.map(({ address }) => address.text));
    this.#interfaces = new Set([this.#routerInterface, ...configs.map((config) => config.interface)]);
  }
}

function byText(entries: readonly VirtualAddress[]): Map<string, VirtualAddress[]> {
  const groups = new Map<string, VirtualAddress[]>();
  for (const entry of entries) {
    const { text } = entry.config.address;
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [entry]);
    else group.push(entry);
  }
  return groups;
}
