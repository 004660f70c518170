/** The second of two pure steps: a request and the facts of this host → everything the daemon needs. */
import type { Family } from "../../base/address.js";
import type { VirtualRouterConfig } from "../../core/config.js";
import { allAddresses, type Request } from "../env/request.js";
import type { HostFacts } from "./facts.js";
import { chooseInterface, type PlanOptions } from "./interfaces.js";
import {
  type AdvertSource,
  findNodeAddresses,
  isNodesOwn,
  multicastSource,
  type NodeAddresses,
  type SourceFacts,
} from "./node-address.js";
import { planPeer, resolvePeers, routeWarnings } from "./peers.js";
import { prioritiesOf } from "./priorities.js";
import { addressLabel, buildRouters } from "./routers.js";
import type { Plan, PlannedPeer } from "./types.js";

/** Pure: the same request, facts and options give the same plan. What a missing fact leaves open is null. */
export function plan(request: Request, facts: HostFacts, options: PlanOptions): Plan {
  const choice = chooseInterface(request, facts, options);
  const virtual = new Set(allAddresses(request.groups).map((entry) => entry.address.text));
  const sourceFacts: SourceFacts = {
    interface: choice.nameInPlan,
    addresses: choice.facts?.addresses ?? [],
    virtual,
    leaseSeconds: request.lease.seconds,
    listed: new Set(request.unicastPeers.map(({ text }) => text)),
    defaultRouteSource: facts.defaultRoute?.source ?? null,
    asked: request.asked,
  };
  const node = findNodeAddresses(sourceFacts);
  const unicast = resolvePeers(request, facts);
  const peers = unicast.peers.map((peer) => planPeer(peer, request, facts.routes, sourceFacts));
  const probeAddress = node.ipv4 ?? node.globalIpv6;
  const routers = buildRouters(request, {
    interface: choice.nameInPlan,
    mtu: choice.facts?.link.mtu ?? null,
    priorities: planPriorities(request, node),
    peers,
  });
  const warnings = [
    ...request.warnings,
    ...choice.warnings,
    ...openFacts(request, choice.nameInPlan, node, routers),
    ...overfull(routers),
    ...unfitLabel(request, choice.name),
    ...ownVirtualAddresses(facts, virtual, request.lease.seconds),
    ...routeWarnings(peers, request, choice.nameInPlan),
  ];
  return {
    settings: request.settings,
    interface: choice.name,
    interfaceReason: choice.reason,
    nodeAddress: node.ipv4,
    sources: { ipv4: planSource("ipv4", peers, sourceFacts), ipv6: planSource("ipv6", peers, sourceFacts) },
    peers,
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

/** What the adverts of a family come from; with several peers all must have a source, since all must hear us. */
function planSource(family: Family, peers: readonly PlannedPeer[], facts: SourceFacts): AdvertSource {
  const own = peers.filter(({ address }) => address.family === family).map(({ from }) => from);
  return own.find(({ address }) => address === null) ?? own[0] ?? multicastSource(facts, family);
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
function ownVirtualAddresses(
  facts: HostFacts,
  virtual: ReadonlySet<string>,
  leaseSeconds: number | null,
): string[] {
  return facts.interfaces.flatMap(({ name, addresses }) =>
    addresses
      .filter(
        (entry) => virtual.has(entry.address.text) && isNodesOwn({ addresses, virtual, leaseSeconds }, entry),
      )
      .map(
        (entry) =>
          `${entry.address.text} is this node's own address on ${name}: it stays as it is, without lease`,
      ),
  );
}
