/** Groups → virtual routers: one a family, with everything that the core needs of each. */
import type { AddressWithPrefix, Family } from "../../base/address.js";
import type { UnicastPeer, VirtualRouterConfig, VrrpVersion } from "../../core/config.js";
import { routerId } from "../../core/identity.js";
import type { Group } from "../env/groups.js";
import type { Request } from "../env/request.js";

/** An advert counts its addresses in one byte (RFC 9568 §5.2.5). */
const MAX_ADVERTISED = 255;
const ASSUMED_MTU = 1500;
const MAX_LABEL_BYTES = 15;
const VRRP_HEADER_BYTES = 8;
const PASSWORD_BYTES = 8;
const IP_HEADER_BYTES: Readonly<Record<Family, number>> = { ipv4: 20, ipv6: 40 };
const ADDRESS_BYTES: Readonly<Record<Family, number>> = { ipv4: 4, ipv6: 16 };

/** What this host adds to a request. */
export interface HostSide {
  readonly interface: string;
  /** null: not known; that of Ethernet is assumed. */
  readonly mtu: number | null;
  /** One a group; null while open. */
  readonly priorities: readonly (number | null)[];
  readonly peers: readonly UnicastPeer[];
}

/** A group of both families becomes two virtual routers, IPv4 first. */
export function buildRouters(request: Request, host: HostSide): VirtualRouterConfig[] {
  return request.groups.flatMap((group, index) => {
    const families = (["ipv4", "ipv6"] as const).map((family) => ({
      family,
      addresses: group.virtualAddresses.filter((entry) => entry.address.family === family),
    }));
    const mixed = families.every(({ addresses }) => addresses.length > 0);
    return families
      .filter(({ addresses }) => addresses.length > 0)
      .map(({ family, addresses }) => {
        const suffix = mixed && family === "ipv6" ? "_v6" : "";
        const name = `${request.settings.name}_VIP_${group.number}${suffix}`;
        return buildRouter(request, host, {
          name,
          family,
          addresses,
          group,
          priority: host.priorities[index] ?? null,
        });
      });
  });
}

interface RouterParts {
  readonly name: string;
  readonly family: Family;
  readonly addresses: readonly AddressWithPrefix[];
  readonly group: Group;
  readonly priority: number | null;
}

function buildRouter(request: Request, host: HostSide, parts: RouterParts): VirtualRouterConfig {
  const { name, family, addresses, group, priority } = parts;
  const version: VrrpVersion = request.version === 2 && family === "ipv4" ? 2 : 3;
  const yieldsToVersion2 = request.version === "auto" && family === "ipv4";
  return {
    id: routerId(host.interface, family, group.virtualRouterId),
    name,
    interface: host.interface,
    family,
    virtualRouterId: group.virtualRouterId,
    version,
    yieldsToVersion2,
    password: version === 2 || yieldsToVersion2 ? request.password : null,
    priority,
    preempt: request.preempt,
    advertIntervalMicros: request.advertIntervalMicros,
    virtualAddresses: addresses,
    advertisedCount: Math.min(addresses.length, advertCapacity(family, version, host.mtu ?? ASSUMED_MTU)),
    unicastPeers: host.peers
      .filter(({ address }) => address.family === family)
      .map(({ address, gateway, leastTtl, source }) => ({ address, gateway, leastTtl, source })),
    unicastStrict: request.unicastStrict,
    leaseSeconds: request.lease.seconds,
    idConflict: request.idConflict,
    contestedPerMinute: request.contestedPerMinute,
    announceRefreshMicros: request.announceRefreshMicros,
    guardRemove: request.guardRemove,
    addressLabel: family === "ipv4" ? addressLabel(host.interface, request.vipLabel) : null,
    checksumPseudoHeader: request.checksumPseudoHeader,
    checks: request.checks.map((check) => check.name),
    notifyCommand: request.notifyCommand,
  };
}

/** `IFA_LABEL`, with its closing zero as long as an interface's name; null: none is wanted, or it does not fit. */
export function addressLabel(interfaceName: string, suffix: string | null): string | null {
  if (suffix === null) return null;
  const label = `${interfaceName}:${suffix}`;
  return Buffer.byteLength(label) <= MAX_LABEL_BYTES ? label : null;
}

/** Addresses that one advert can carry within the MTU; at least 1. */
function advertCapacity(family: Family, version: VrrpVersion, mtu: number): number {
  const overhead = IP_HEADER_BYTES[family] + VRRP_HEADER_BYTES + (version === 2 ? PASSWORD_BYTES : 0);
  const fitting = Math.floor((mtu - overhead) / ADDRESS_BYTES[family]);
  return Math.max(1, Math.min(MAX_ADVERTISED, fitting));
}
