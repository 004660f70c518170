/** The second of two pure steps: an intent and the facts of this host → everything the daemon needs. */
import type { Family } from "../../base/address.js";
import { type VirtualRouterConfig, virtualTexts } from "../../core/config.js";
import type { InstanceIntent, Intent } from "../intent.js";
import { settingOf } from "../problem.js";
import type { HostFacts } from "./facts.js";
import { chooseInterface, type InterfaceChoice, type PlanOptions } from "./interfaces.js";
import {
  type AdvertSource,
  findNodeAddresses,
  isNodesOwn,
  multicastSource,
  type NodeAddresses,
  type SourceFacts,
} from "./node-address.js";
import { planPeer, resolvePeers, routeWarnings } from "./peers.js";
import { type PriorityGroup, prioritiesOf } from "./priorities.js";
import { addressLabel, buildRouter } from "./routers.js";
import type { NotifyScript, Plan, PlannedPeer } from "./types.js";

/** Pure: the same intent, facts and options give the same plan. What a missing fact leaves open is null. */
export function plan(intent: Intent, facts: HostFacts, options: PlanOptions): Plan {
  const { instances } = intent;
  const virtual = virtualTexts(instances.map(({ router }) => router));
  const [first, ...others] = sharing(instances).map((part) => planPart(part, virtual, facts, options));
  const parts = [first!, ...others];
  const { choice, node, peers, sourceFacts } = first!;
  const routers = parts.flatMap((part) => part.routers);
  const probe = intent.checks.find((check) => check.kind === "probe");
  const probeAddress = node.ipv4 ?? node.globalIpv6;
  const openProbe =
    probe !== undefined && probeAddress === null
      ? [`the address to probe is open until ${choice.nameInPlan} has one`]
      : [];
  return {
    source: intent.source,
    settings: intent.settings,
    interface: choice.name,
    interfaceReason: choice.reason,
    nodeAddress: node.ipv4,
    sources: { ipv4: planSource("ipv4", peers, sourceFacts), ipv6: planSource("ipv6", peers, sourceFacts) },
    peers,
    probe: probe === undefined ? null : { ...probe, address: probeAddress },
    script: intent.checks.find((check) => check.kind === "script") ?? null,
    notifyScripts: notifyScriptsOf(instances),
    firewall: intent.firewall,
    core: {
      routers,
      checks: intent.checks.map(({ name, advisoryUntilFirstPass, rise, fall }) => {
        return { name, advisoryUntilFirstPass, rise, fall };
      }),
      renewIntervalMicros: intent.renewIntervalMicros,
      startGraceMicros: intent.startGraceMicros,
      linkGraceMicros: intent.linkGraceMicros,
    },
    warnings: [
      ...intent.warnings,
      ...new Set([
        ...parts.flatMap((part) => [...part.choice.warnings, ...part.openFacts]),
        ...openProbe,
        ...parts.flatMap((part) => part.unfitting),
        ...ownVirtualAddresses(facts, virtual, instances[0]?.router.leaseSeconds ?? null),
        ...parts.flatMap((part) => part.routeWarnings),
      ]),
    ],
    standingProblems: intent.standingProblems,
    contradiction: parts.find((part) => part.contradiction !== null)?.contradiction ?? null,
  };
}

/** Instances that ask for the same interface and the same peers. */
type Part = readonly [InstanceIntent, ...InstanceIntent[]];

function sharing(instances: readonly InstanceIntent[]): Part[] {
  const parts = new Map<object, Map<object, [InstanceIntent, ...InstanceIntent[]]>>();
  for (const instance of instances) {
    const onInterface = parts.get(instance.interface) ?? new Map();
    parts.set(instance.interface, onInterface);
    const part = onInterface.get(instance.unicastPeers);
    if (part === undefined) onInterface.set(instance.unicastPeers, [instance]);
    else part.push(instance);
  }
  return [...parts.values()].flatMap((onInterface) => [...onInterface.values()]);
}

interface PlannedPart {
  readonly choice: InterfaceChoice;
  readonly node: NodeAddresses;
  readonly sourceFacts: SourceFacts;
  readonly peers: readonly PlannedPeer[];
  readonly contradiction: string | null;
  readonly routers: readonly VirtualRouterConfig[];
  readonly openFacts: readonly string[];
  readonly unfitting: readonly string[];
  readonly routeWarnings: readonly string[];
}

function planPart(
  part: Part,
  virtual: ReadonlySet<string>,
  facts: HostFacts,
  options: PlanOptions,
): PlannedPart {
  const [first] = part;
  const choice = chooseInterface(first.interface, facts, options);
  const on = choice.nameInPlan;
  const sourceFacts: SourceFacts = {
    interface: on,
    addresses: choice.facts?.addresses ?? [],
    virtual,
    leaseSeconds: first.router.leaseSeconds,
    listed: new Set(first.unicastPeers.value.map(({ text }) => text)),
    defaultRouteSource: facts.defaultRoute?.source ?? null,
    asked: first.sources,
  };
  const node = findNodeAddresses(sourceFacts);
  const families = new Set(part.map(({ router }) => router.family));
  const unicast = resolvePeers(first.unicastPeers, families, facts);
  const minTtl = first.unicastMinTtl;
  const peers = unicast.peers.map((peer) => planPeer(peer, minTtl.value, facts.routes, sourceFacts));
  const priorityOf = prioritiesFor(part, node);
  const mtu = choice.facts?.link.mtu ?? null;
  const routers = part.map((instance) =>
    buildRouter(instance, { interface: on, mtu, priority: priorityOf(instance), peers }),
  );
  return {
    choice,
    node,
    sourceFacts,
    peers,
    contradiction: unicast.contradiction,
    routers,
    openFacts: openFacts(on, node, routers, part),
    unfitting: [...overfull(routers, part), ...unfitLabels(part, choice.name)],
    routeWarnings: routeWarnings(peers, minTtl, on),
  };
}

/** null while what they are made from is not known. */
function prioritiesFor(part: Part, node: NodeAddresses): (instance: InstanceIntent) => number | null {
  const groups = new Map<number, PriorityGroup>();
  let replicaCount = 1;
  for (const { priority, router } of part) {
    if ("fixed" in priority) continue;
    groups.set(priority.group, { number: priority.group, virtualRouterId: router.virtualRouterId });
    replicaCount = priority.replicaCount;
  }
  const base = node.ipv4 ?? node.linkLocal;
  const [first] = part;
  const made =
    base === null ? [] : prioritiesOf([...groups.values()], base, replicaCount, first.router.preempt);
  const byGroup = new Map([...groups.keys()].map((group, index) => [group, made[index] ?? null]));
  return ({ priority }) => ("fixed" in priority ? priority.fixed : (byGroup.get(priority.group) ?? null));
}

/** What the adverts of a family come from; with several peers all must have a source, since all must hear us. */
function planSource(family: Family, peers: readonly PlannedPeer[], facts: SourceFacts): AdvertSource {
  const own = peers.filter(({ address }) => address.family === family).map(({ from }) => from);
  return own.find(({ address }) => address === null) ?? own[0] ?? multicastSource(facts, family);
}

/** What cannot be said yet, and what takes its place. */
function openFacts(
  interfaceName: string,
  node: NodeAddresses,
  routers: readonly VirtualRouterConfig[],
  part: Part,
): string[] {
  const warnings: string[] = [];
  if (routers.some((router) => router.priority === null)) {
    warnings.push(`the priorities are open until ${interfaceName} has an address to make them from`);
  }
  if (node.ipv4 === null && routers.some((router) => router.family === "ipv4")) {
    const isMade = part.some(({ priority }) => !("fixed" in priority));
    const meanwhile =
      isMade && node.linkLocal !== null ? `; until then priorities are made from ${node.linkLocal.text}` : "";
    warnings.push(
      `the IPv4 virtual routers wait for an IPv4 address of this node on ${interfaceName}${meanwhile}`,
    );
  }
  return warnings;
}

function unfitLabels(part: Part, interfaceName: string | null): string[] {
  const labels = new Set(part.map(({ label }) => label));
  return [...labels].flatMap(({ value, origin }) => {
    if (value === null || interfaceName === null || addressLabel(interfaceName, value) !== null) return [];
    const label = `${interfaceName}:${value}`;
    return [`${settingOf(origin, value)} does not count: ${label} is longer than the 15 bytes of a label`];
  });
}

function overfull(routers: readonly VirtualRouterConfig[], part: Part): string[] {
  return routers.flatMap(({ name, virtualAddresses, advertisedCount }, index) =>
    advertisedCount === virtualAddresses.length
      ? []
      : [
          `${name} holds ${virtualAddresses.length} addresses, of which an advert carries the first ${advertisedCount}; ` +
            part[index]!.overfullAdvice,
        ],
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

function notifyScriptsOf(instances: readonly InstanceIntent[]): NotifyScript[] {
  const scripts = new Map<readonly string[], NotifyScript>();
  for (const { router, notifyOrigin } of instances) {
    const { notifyCommand: command } = router;
    if (command !== null) scripts.set(command, { origin: notifyOrigin, command });
  }
  return [...scripts.values()];
}
