/** The second of two pure steps: a request and the facts of this host → everything the daemon needs. */
import type { Family, IpAddress } from "../base/address.js";
import type { VirtualRouterConfig } from "../core/config.js";
import { isLeftover } from "../core/leftover.js";
import type { HostFacts } from "./facts.js";
import { chooseInterface, type PlanOptions } from "./interface-choice.js";
import { findNodeAddresses, type NodeAddresses } from "./node-address.js";
import type { Plan } from "./plan-types.js";
import { prioritiesOf } from "./priority.js";
import { allAddresses, type Request } from "./request.js";
import { addressLabel, buildRouters } from "./routers.js";

/** Pure: the same request, facts and options give the same plan. What a missing fact leaves open is null. */
export function plan(request: Request, facts: HostFacts, options: PlanOptions): Plan {
  const choice = chooseInterface(request, facts, options);
  const virtual = new Set(allAddresses(request.groups).map((entry) => entry.address.text));
  const node = findNodeAddresses(facts, choice.facts, virtual);
  const unicast = resolvePeers(request, facts);
  const probeAddress = node.ipv4 ?? node.globalIpv6;
  const routers = buildRouters(request, {
    interface: choice.nameInPlan,
    mtu: choice.facts?.link.mtu ?? null,
    priorities: planPriorities(request, node),
    peers: unicast.peers,
  });
  const warnings = [
    ...request.warnings,
    ...choice.warnings,
    ...openFacts(request, choice.nameInPlan, node, routers),
    ...overfull(routers),
    ...unfitLabel(request, choice.name),
    ...ownVirtualAddresses(facts, virtual),
  ];
  return {
    settings: request.settings,
    interface: choice.name,
    interfaceReason: choice.reason,
    nodeAddress: node.ipv4,
    probe: request.probe === null ? null : { address: probeAddress, ...request.probe },
    script: request.script,
    firewall: request.firewall,
    core: {
      routers,
      checks: request.checks,
      renewIntervalMicros: request.lease.renewIntervalMicros,
      startGraceMicros: request.startGraceMicros,
      linkGraceMicros: request.linkGraceMicros,
    },
    warnings,
    standingProblems: request.standingProblems,
    contradiction: unicast.contradiction,
  };
}

function planPriorities(request: Request, node: NodeAddresses): (number | null)[] {
  const { groups, fixedPriority } = request;
  if (fixedPriority !== null) return groups.map(() => fixedPriority);
  const base = node.ipv4 ?? node.linkLocal;
  if (base === null) return groups.map(() => null);
  return prioritiesOf(groups, base, request.replicaCount, request.preempt);
}

/**
 * The peers without this node's own addresses. A family that has virtual addresses and lists nobody but this node is
 * a contradiction; its list then stays as it is, so that nothing can take it for multicast.
 */
function resolvePeers(
  request: Request,
  facts: HostFacts,
): { peers: readonly IpAddress[]; contradiction: string | null } {
  const own = new Set(facts.interfaces.flatMap((one) => one.addresses.map((entry) => entry.address.text)));
  const peers = request.unicastPeers.filter((peer) => !own.has(peer.text));
  const families = new Set(allAddresses(request.groups).map((entry) => entry.address.family));
  const has = (list: readonly IpAddress[], family: Family) => list.some((peer) => peer.family === family);
  const alone = [...families].filter((family) => has(request.unicastPeers, family) && !has(peers, family));
  if (alone.length === 0) return { peers, contradiction: null };
  const names = alone.map((family) => (family === "ipv4" ? "IPv4" : "IPv6")).join(" and ");
  return {
    peers: [
      ...peers,
      ...request.unicastPeers.filter((peer) => own.has(peer.text) && alone.includes(peer.family)),
    ],
    contradiction: `OPENSHIFT_HA_UNICAST_PEERS lists only this node's own ${names} addresses, so no peer can be reached`,
  };
}

/** What cannot be said yet, and what takes its place. */
function openFacts(
  request: Request,
  interfaceName: string,
  node: NodeAddresses,
  routers: readonly VirtualRouterConfig[],
): string[] {
  const warnings: string[] = [];
  if (routers.some((router) => router.priority === null)) {
    warnings.push(`the priorities are open until ${interfaceName} has an address to make them from`);
  }
  if (node.ipv4 === null && routers.some((router) => router.family === "ipv4")) {
    const meanwhile =
      request.fixedPriority === null && node.linkLocal !== null
        ? `; until then priorities are made from ${node.linkLocal.text}`
        : "";
    warnings.push(
      `the IPv4 virtual routers wait for an IPv4 address of this node on ${interfaceName}${meanwhile}`,
    );
  }
  if (request.probe !== null && node.ipv4 === null && node.globalIpv6 === null) {
    warnings.push(`the address to probe is open until ${interfaceName} has one`);
  }
  return warnings;
}

function unfitLabel({ vipLabel }: Request, interfaceName: string | null): string[] {
  if (vipLabel === null || interfaceName === null || addressLabel(interfaceName, vipLabel) !== null)
    return [];
  return [
    `VRRPD_VIP_LABEL=${vipLabel} does not count: ${interfaceName}:${vipLabel} is longer than the 15 bytes of a label`,
  ];
}

function overfull(routers: readonly VirtualRouterConfig[]): string[] {
  return routers
    .filter((router) => router.advertisedCount < router.virtualAddresses.length)
    .map(
      ({ name, virtualAddresses, advertisedCount }) =>
        `${name} holds ${virtualAddresses.length} addresses, of which an advert carries the first ${advertisedCount}; ` +
        "a larger OPENSHIFT_HA_VIP_GROUPS spreads them over more virtual routers",
    );
}

/** Virtual addresses that this node has of its own, on any interface. */
function ownVirtualAddresses(facts: HostFacts, virtual: ReadonlySet<string>): string[] {
  return facts.interfaces.flatMap((one) =>
    one.addresses
      .filter((entry) => virtual.has(entry.address.text) && !isLeftover(entry, one.addresses))
      .map(
        (entry) =>
          `${entry.address.text} is this node's own address on ${one.name}: it stays as it is, without lease`,
      ),
  );
}
