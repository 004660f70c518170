/** Who else says to have the virtual addresses of one interface, by family. */
import type { Family, IpAddress } from "../../base/address.js";
import type { MacAddress } from "../../base/mac.js";
import type { InterfaceFacts } from "../../config/index.js";
import { type AddressKey, addressKey, type RouterId } from "../../core/identity.js";
import type { Input } from "../../core/input.js";
import type { VirtualAddressConfig } from "../../core/virtual-address.js";
import { ClaimWatch } from "../../host/claims/watch.js";

export interface ClaimWatchesHooks {
  readonly input: (input: Input) => void;
  /** The kernel's present list. */
  readonly interfaces: () => readonly InterfaceFacts[];
}

/** A virtual address, and the virtual router that it is of. */
export type Watched = readonly [RouterId, VirtualAddressConfig];

export class ClaimWatches {
  readonly #watches = new Map<Family, ClaimWatch>();

  constructor(
    private readonly interfaceName: string,
    private readonly hooks: ClaimWatchesHooks,
  ) {}

  /** Those that are not open yet. Throws an Error with `code`. */
  open(interfaceIndex: number, watched: readonly Watched[]): void {
    for (const family of new Set(watched.map(([, { address }]) => address.family))) {
      if (!this.#watches.has(family)) this.#watches.set(family, this.#watch(family, interfaceIndex, watched));
    }
  }

  /** They are opened again for the addresses of then. */
  close(): void {
    for (const watch of this.#watches.values()) watch.close();
    this.#watches.clear();
  }

  #watch(family: Family, interfaceIndex: number, watched: readonly Watched[]): ClaimWatch {
    const places = new Map<string, { router: RouterId; address: AddressKey }>();
    const addresses: IpAddress[] = [];
    for (const [router, entry] of watched) {
      const { address } = entry;
      if (address.family !== family) continue;
      places.set(address.text, { router, address: addressKey(this.interfaceName, entry) });
      addresses.push(address);
    }
    const onHeard = (address: string, what: "has" | "asks", mac: MacAddress) => {
      const place = places.get(address);
      if (place === undefined || this.#isOwn(mac)) return;
      if (what === "has") this.hooks.input({ type: "addressConflict", ...place, mac });
      else this.hooks.input({ type: "addressProbed", ...place, mac });
    };
    return new ClaimWatch({ interfaceIndex, family, addresses, onHeard });
  }

  /** Another interface of this host on the same LAN answers for all of its addresses (arp_ignore 0). */
  #isOwn({ text }: MacAddress): boolean {
    return this.hooks.interfaces().some(({ link }) => link.mac?.text === text);
  }
}
