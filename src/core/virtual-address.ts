/** A virtual address as the configuration wants it: which, where, and dressed how. */
import { type AddressWithPrefix, formatWithPrefix, type IpAddress } from "../base/address.js";
import { isSameIn } from "../base/lists.js";

/** How the kernel is to have an address. */
export interface AddressDress {
  /** IPv4, `RT_SCOPE_*`: 0 global, 200 site, 253 link, 254 host, or any other of 0..255. */
  readonly scope: number;
  /** `IFA_LABEL` as a whole, 1..15 bytes; null: the interface's name. IPv4. */
  readonly label: string | null;
  /** IPv4; null: none. */
  readonly broadcast: IpAddress | null;
  /** The other end of a link, of the same family: the prefix is then the peer's. */
  readonly peer: IpAddress | null;
  /**
   * IPv6: so long it is for new connections, but no longer than it is valid (Infinity: as long); null: as long, and a
   * /128 never. An IPv4 address always is.
   */
  readonly preferredSeconds: number | null;
  /** The kernel makes no route of its prefix. */
  readonly noPrefixRoute: boolean;
  /** IPv6: a home address (RFC 6275). */
  readonly home: boolean;
  /** IPv6: without duplicate address detection. */
  readonly nodad: boolean;
  /** A multicast address, which the interface joins. */
  readonly autojoin: boolean;
}

export interface VirtualAddressConfig extends AddressWithPrefix, AddressDress {
  /** Where it is put: the virtual router's interface, or another one. */
  readonly interface: string;
  /** Its interface down is a fault of the virtual router. */
  readonly tracked: boolean;
  /** Adverts list it, as far as there is room; else it is of either family, and the LAN does not hear of it in adverts. */
  readonly advertised: boolean;
}

/** The same before the virtual router's interface is known: null is that one. */
export type VirtualAddressIntent = Omit<VirtualAddressConfig, "interface"> & {
  readonly interface: string | null;
};

/** As the kernel has an address of which nothing else is said. */
export const PLAIN_DRESS: AddressDress = {
  scope: 0,
  label: null,
  broadcast: null,
  peer: null,
  preferredSeconds: null,
  noPrefixRoute: false,
  home: false,
  nodad: true,
  autojoin: false,
};

/** One that is advertised, with nothing special about it. */
export function plainVirtualAddress<On extends string | null>(
  { address, prefixLength }: AddressWithPrefix,
  on: On,
): VirtualAddressIntent & { readonly interface: On } {
  return { ...PLAIN_DRESS, address, prefixLength, interface: on, tracked: false, advertised: true };
}

/** As it is known within its virtual router, whose interface may become another one: unique there. */
export function placeOf(entry: VirtualAddressConfig, routerInterface: string): string {
  const text = formatWithPrefix(entry);
  return entry.interface === routerInterface ? text : `${text} dev ${entry.interface}`;
}

/** Texts of all virtual addresses of these virtual routers, without prefix length. */
export function virtualTexts(
  routers: readonly { readonly virtualAddresses: readonly AddressWithPrefix[] }[],
): ReadonlySet<string> {
  return new Set(routers.flatMap((router) => router.virtualAddresses.map(({ address }) => address.text)));
}

/** What tells that an address of this host is a virtual one that was left behind. */
export interface LeftoverSigns {
  /** The lease that vrrpd gives it; null: none. */
  readonly leaseSeconds: number | null;
  /** With one of these prefix lengths it is one, whatever it looks like (`leftovers: "equal"`). */
  readonly equalPrefixes: readonly number[];
  /** Those of them whose virtual router is on another interface: a node does not live on these, even on the only one. */
  readonly elsewherePrefixes: readonly number[];
}

/** Of what is no virtual address. */
export const NO_SIGNS: LeftoverSigns = { leaseSeconds: null, equalPrefixes: [], elsewherePrefixes: [] };

interface Leaving {
  readonly leaseSeconds: number | null;
  readonly leftovers: "marked" | "equal";
  /** Left out: not known yet. */
  readonly interface?: string;
}

/** null: the virtual router's interface, before that is known. */
type Placed = AddressWithPrefix & { readonly interface: string | null };

export function signsOf(
  { leaseSeconds, leftovers, interface: own }: Leaving,
  { prefixLength, interface: on }: Placed,
): LeftoverSigns {
  const equalPrefixes = leftovers === "equal" ? [prefixLength] : [];
  return { leaseSeconds, equalPrefixes, elsewherePrefixes: on === null || on === own ? [] : equalPrefixes };
}

type Signed = Leaving & { readonly virtualAddresses: readonly Placed[] };

/** Of all virtual addresses of these virtual routers, on whatever interface, by their texts without prefix length. */
export function signsByText(routers: readonly Signed[]): ReadonlyMap<string, LeftoverSigns> {
  const found = new Map<string, LeftoverSigns>();
  for (const router of routers) {
    for (const entry of router.virtualAddresses) {
      const signs = signsOf(router, entry);
      const { text } = entry.address;
      const before = found.get(text) ?? NO_SIGNS;
      found.set(text, {
        ...signs,
        equalPrefixes: [...before.equalPrefixes, ...signs.equalPrefixes],
        elsewherePrefixes: [...before.elsewherePrefixes, ...signs.elsewherePrefixes],
      });
    }
  }
  return found;
}

const SIGNED = ["virtualAddresses", "leaseSeconds", "leftovers", "interface"] as const;

/** The signs of the present configuration, which are made again only where it has other addresses. */
export class Signs {
  #of: readonly Signed[] = [];
  #byText: ReadonlyMap<string, LeftoverSigns> = new Map();

  get byText(): ReadonlyMap<string, LeftoverSigns> {
    return this.#byText;
  }

  configure(routers: readonly Signed[]): void {
    if (!isSameIn(SIGNED, this.#of, routers)) this.#byText = signsByText(routers);
    this.#of = routers;
  }
}
