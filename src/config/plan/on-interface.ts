/** One interface and the instances that ask for it → their virtual routers. */
import type { Family, IpAddress } from "../../base/address.js";
import type { VirtualRouterConfig } from "../../core/config.js";
import { settingOf } from "../../core/origin.js";
import type { InstanceIntent } from "../intent.js";
import type { Warning } from "../problem.js";
import type { HostFacts } from "./facts.js";
import { chooseInterface, type InterfaceChoice, type PlanOptions } from "./interfaces.js";
import {
  type AdvertSource,
  findNodeAddresses,
  multicastSource,
  type NodeAddresses,
  type SourceFacts,
} from "./node-address.js";
import { planPeer, resolvePeers, routeWarnings } from "./peers.js";
import { type PriorityGroup, prioritiesOf } from "./priorities.js";
import { addressLabel, buildRouter } from "./routers.js";
import type { InterfacePlan, PlannedPeer, RouterPlan } from "./types.js";

type Instances = readonly [InstanceIntent, ...InstanceIntent[]];

export interface PlannedInterface {
  readonly on: InterfacePlan;
  readonly routers: readonly RouterPlan[];
  /** What a probe of this node connects to. */
  readonly probeAddress: IpAddress | null;
  /** About the interface and what is open; about the virtual routers; about the ways to peers. */
  readonly openFacts: readonly Warning[];
  readonly unfitting: readonly Warning[];
  readonly routeWarnings: readonly Warning[];
}

/** In parts of equals, in their order. */
export function groupBy(
  instances: readonly InstanceIntent[],
  keyOf: (instance: InstanceIntent) => unknown,
): Instances[] {
  const groups = new Map<unknown, [InstanceIntent, ...InstanceIntent[]]>();
  for (const instance of instances) {
    const group = groups.get(keyOf(instance));
    if (group === undefined) groups.set(keyOf(instance), [instance]);
    else group.push(instance);
  }
  return [...groups.values()];
}

/** In steps, a virtual router each. @param instances all of them ask for the same interface */
export function* planInterface(
  instances: Instances,
  signs: SourceFacts["signs"],
  facts: HostFacts,
  options: PlanOptions,
): Generator<undefined, PlannedInterface> {
  const [first] = instances;
  const choice = chooseInterface(first.interface, facts, options);
  const own = new Set(facts.interfaces.flatMap((one) => one.addresses.map((entry) => entry.address.text)));
  const parts: Part[] = [];
  for (const part of groupBy(instances, ({ unicastPeers }) => unicastPeers)) {
    parts.push(reachPeers(part, sourceFactsOf(part, choice, signs, facts), own, facts.routes));
    yield;
  }
  const [foremost] = parts as [Part];
  const partOf = (family: Family) =>
    parts.find(({ part }) => part.some(({ router }) => router.family === family)) ?? foremost;
  const node = findNodeAddresses(foremost.sourceFacts);
  const on: InterfacePlan = {
    asked: first.interface.name,
    name: choice.name,
    nameInPlan: choice.nameInPlan,
    nameInIds:
      options.before.find(({ asked }) => asked === first.interface.name)?.nameInIds ?? choice.nameInPlan,
    reason: choice.reason,
    nodeAddress: node.ipv4,
    sources: { ipv4: planSource("ipv4", partOf("ipv4")), ipv6: planSource("ipv6", partOf("ipv6")) },
  };
  const priorityOf = prioritiesFor(instances, node);
  const mtu = choice.facts?.link.mtu ?? null;
  const routers: RouterPlan[] = [];
  for (const one of parts) {
    const { part, peers, contradiction } = one;
    const host = { interface: on.nameInPlan, interfaceInId: on.nameInIds, mtu, peers };
    for (const instance of part) {
      const config = buildRouter(instance, { ...host, contradiction, priority: priorityOf(instance) });
      routers.push({ config, on, peers, contradiction, source: planSource(config.family, one) });
      yield;
    }
  }
  const configs = routers.map(({ config }) => config);
  return {
    on,
    routers,
    probeAddress: node.ipv4 ?? node.globalIpv6,
    openFacts: [
      ...choice.warnings.map((text) => ({ origin: first.interface.origin, text })),
      ...openFacts(on.nameInPlan, node, configs, instances),
    ],
    unfitting: [
      ...overfull(
        configs,
        parts.flatMap(({ part }) => part),
      ),
      ...unfitLabels(instances, choice.name),
    ],
    routeWarnings: parts.flatMap(({ part, peers }) => routeWarnings(peers, part[0], on.nameInPlan)),
  };
}

/** Instances of one interface that ask for the same peers. */
interface Part {
  readonly part: Instances;
  readonly sourceFacts: SourceFacts;
  readonly peers: readonly PlannedPeer[];
  readonly contradiction: string | null;
}

function sourceFactsOf(
  [first]: Instances,
  choice: InterfaceChoice,
  signs: SourceFacts["signs"],
  facts: HostFacts,
): SourceFacts {
  return {
    interface: choice.nameInPlan,
    addresses: choice.facts?.addresses ?? [],
    signs,
    listed: new Set(first.unicastPeers.value.map(({ text }) => text)),
    defaultRouteSource: facts.defaultRoute?.source ?? null,
    asked: first.sources,
    rule: first.sourceRule,
    elsewhere:
      first.sourcesOn === "host" ? facts.interfaces.filter(({ name }) => name !== choice.nameInPlan) : [],
  };
}

function reachPeers(
  part: Instances,
  sourceFacts: SourceFacts,
  own: ReadonlySet<string>,
  routes: HostFacts["routes"],
): Part {
  const [first] = part;
  const families = new Set(part.map(({ router }) => router.family));
  const { peers, contradiction } = resolvePeers(first.unicastPeers, families, own);
  const planned = peers.map((peer) => planPeer(peer, first, routes, sourceFacts));
  return { part, sourceFacts, peers: planned, contradiction: first.contradiction ?? contradiction };
}

/** null while what they are made from is not known. */
function prioritiesFor(
  instances: Instances,
  node: NodeAddresses,
): (instance: InstanceIntent) => number | null {
  const groups = new Map<number, PriorityGroup>();
  let replicaCount = 1;
  for (const { priority, router } of instances) {
    if ("fixed" in priority) continue;
    groups.set(priority.group, { number: priority.group, virtualRouterId: router.virtualRouterId });
    replicaCount = priority.replicaCount;
  }
  const base = node.ipv4 ?? node.linkLocal;
  const [first] = instances;
  const made =
    base === null ? [] : prioritiesOf([...groups.values()], base, replicaCount, first.router.preempt);
  const byGroup = new Map([...groups.keys()].map((group, index) => [group, made[index] ?? null]));
  return ({ priority }) => ("fixed" in priority ? priority.fixed : (byGroup.get(priority.group) ?? null));
}

/** What the adverts of a family come from; with several peers all must have a source, since all must hear us. */
function planSource(family: Family, { peers, sourceFacts }: Part): AdvertSource {
  const own = peers.filter(({ address }) => address.family === family).map(({ from }) => from);
  return own.find(({ address }) => address === null) ?? own[0] ?? multicastSource(sourceFacts, family);
}

/** What cannot be said yet, and what takes its place. */
function openFacts(
  interfaceName: string,
  node: NodeAddresses,
  routers: readonly VirtualRouterConfig[],
  instances: Instances,
): Warning[] {
  const warnings: Warning[] = [];
  const [{ interface: asked, router }] = instances;
  if (routers.some((router) => router.priority === null)) {
    const text = `the priorities are open until ${interfaceName} has an address to make them from`;
    warnings.push({ origin: router.origins.priority, text });
  }
  if (node.ipv4 === null && routers.some((router) => router.family === "ipv4")) {
    const isMade = instances.some(({ priority }) => !("fixed" in priority));
    const meanwhile =
      isMade && node.linkLocal !== null ? `; until then priorities are made from ${node.linkLocal.text}` : "";
    const text = `the IPv4 virtual routers wait for an IPv4 address of this node on ${interfaceName}${meanwhile}`;
    warnings.push({ origin: asked.origin, text });
  }
  return warnings;
}

function unfitLabels(instances: Instances, interfaceName: string | null): Warning[] {
  const labels = new Set(instances.map(({ label }) => label));
  return [...labels].flatMap(({ value, origin }) => {
    if (value === null || interfaceName === null || addressLabel(interfaceName, value) !== null) return [];
    const label = `${interfaceName}:${value}`;
    const text = `${settingOf(origin, value)} does not count: ${label} is longer than the 15 bytes of a label`;
    return [{ origin, text }];
  });
}

function overfull(routers: readonly VirtualRouterConfig[], instances: readonly InstanceIntent[]): Warning[] {
  const listable = ({ virtualAddresses }: VirtualRouterConfig) =>
    virtualAddresses.filter(({ advertised }) => advertised).length;
  return routers.flatMap(({ name, origins, virtualAddresses, advertisedCount }, index) =>
    advertisedCount === listable(routers[index]!)
      ? []
      : [
          {
            origin: origins.virtualAddresses,
            text:
              `${name} holds ${virtualAddresses.length} addresses, of which an advert carries the first ${advertisedCount}; ` +
              instances[index]!.overfullAdvice,
          },
        ],
  );
}
