/** An instance and this host → a virtual router, with everything that the core needs of it. */
import type { Family } from "../../base/address.js";
import type { Track, UnicastPeer, VirtualRouterConfig, Vmac } from "../../core/config.js";
import { addressKey, routerId } from "../../core/identity.js";
import type { VirtualAddressConfig } from "../../core/virtual-address.js";
import type { VrrpVersion } from "../../wire/advert.js";
import { IPV4_HEADER_LENGTH } from "../../wire/ipv4.js";
import { IPV6_HEADER_LENGTH } from "../../wire/ipv6.js";
import { ADDRESSES } from "../../wire/vrrp.js";
import { AUTHENTICATION_DATA_LENGTH } from "../../wire/vrrp2.js";
import type { InstanceIntent } from "../intent.js";

/** An advert counts its addresses in one byte (RFC 9568 §5.2.5). */
const MAX_ADVERTISED = 255;
const ASSUMED_MTU = 1500;
const MAX_LABEL_BYTES = 15;
const IP_HEADER_BYTES: Readonly<Record<Family, number>> = {
  ipv4: IPV4_HEADER_LENGTH,
  ipv6: IPV6_HEADER_LENGTH,
};
const ADDRESS_BYTES: Readonly<Record<Family, number>> = { ipv4: 4, ipv6: 16 };

/** What this host adds to an instance. */
export interface HostSide {
  readonly interface: string;
  /** What its identity has for it. */
  readonly interfaceInId: string;
  /** null: not known; that of Ethernet is assumed. */
  readonly mtu: number | null;
  /** null while open. */
  readonly priority: number | null;
  /** Of either family. */
  readonly peers: readonly UnicastPeer[];
  /** null: none. */
  readonly contradiction: string | null;
}

export function buildRouter(instance: InstanceIntent, host: HostSide): VirtualRouterConfig {
  const { router } = instance;
  const { family, version } = router;
  const virtualAddresses = addressesOf(instance, host.interface);
  const vmacs = instance.vmacs.map((vmac) => ({ ...vmac, on: vmac.on ?? host.interface }));
  const capacity = advertCapacity(family, version, host.mtu ?? ASSUMED_MTU);
  return {
    ...router,
    id: routerId(host.interfaceInId, family, router.virtualRouterId),
    interface: host.interface,
    priority: host.priority,
    contradiction: host.contradiction,
    virtualAddresses,
    vmacs,
    tracks: [...router.tracks, ...tracksOf(instance, virtualAddresses, vmacs, host.interface)],
    advertisedCount: Math.min(virtualAddresses.filter((entry) => entry.advertised).length, capacity),
    unicastPeers: host.peers
      .filter(({ address }) => address.family === family)
      .map(({ address, gateway, leastTtl, source }) => ({ address, gateway, leastTtl, source })),
  };
}

/**
 * An address or a route on another interface fails with that one, which may be tracked by name already; with the virtual
 * router's, the virtual router does anyway. Of one that is made for it, the interface below counts.
 */
function tracksOf(
  { router, trackedByStatics }: InstanceIntent,
  entries: readonly VirtualAddressConfig[],
  vmacs: readonly Vmac[],
  routerInterface: string,
): Track[] {
  const isKnown = (name: string) =>
    router.tracks.some(
      ({ on, effect, reversed }) =>
        "interface" in on && on.interface === name && effect === "fault" && !reversed,
    );
  const lower = new Map(vmacs.map(({ name, on }) => [name, on]));
  const needed = [
    ...entries.filter((entry) => entry.tracked).map((entry) => entry.interface),
    ...router.fixtures.flatMap(({ trackedInterfaces }) => trackedInterfaces),
    ...trackedByStatics,
  ].map((name) => lower.get(name) ?? name);
  const names = new Set(needed.filter((name) => name !== routerInterface && !isKnown(name)));
  return [...names].map((name) => ({ on: { interface: name }, effect: "fault", reversed: false }));
}

/** Each once, the advertised ones first. */
function addressesOf({ router, label }: InstanceIntent, routerInterface: string): VirtualAddressConfig[] {
  const placed = router.virtualAddresses.map((entry): VirtualAddressConfig => {
    const on = entry.interface ?? routerInterface;
    const { family } = entry.address;
    const common = family === "ipv4" ? addressLabel(on, label.value) : null;
    const advertised = entry.advertised && family === router.family;
    return { ...entry, interface: on, label: entry.label ?? common, advertised };
  });
  const ordered = [...placed.filter((one) => one.advertised), ...placed.filter((one) => !one.advertised)];
  return [...new Map(ordered.map((entry) => [addressKey(entry.interface, entry), entry])).values()];
}

/** `IFA_LABEL`, with its closing zero as long as an interface's name; null: none is wanted, or it does not fit. */
export function addressLabel(interfaceName: string, suffix: string | null): string | null {
  if (suffix === null) return null;
  const label = `${interfaceName}:${suffix}`;
  return Buffer.byteLength(label) <= MAX_LABEL_BYTES ? label : null;
}

/** Addresses that one advert can carry within the MTU; at least 1. */
function advertCapacity(family: Family, version: VrrpVersion, mtu: number): number {
  const overhead = IP_HEADER_BYTES[family] + ADDRESSES + (version === 2 ? AUTHENTICATION_DATA_LENGTH : 0);
  const fitting = Math.floor((mtu - overhead) / ADDRESS_BYTES[family]);
  return Math.max(1, Math.min(MAX_ADVERTISED, fitting));
}
