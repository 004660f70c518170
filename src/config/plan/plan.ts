/** The second of two pure steps: an intent and the facts of this host → everything the daemon needs. */
import { atOnce } from "../../base/steps.js";
import type { GroupConfig, VirtualRouterConfig } from "../../core/config.js";
import { type AddressKey, addressKey, addressTextOf, interfaceOf } from "../../core/identity.js";
import { type LeftoverSigns, signsByText } from "../../core/virtual-address.js";
import type { CheckPlan } from "../checks.js";
import type { Intent } from "../intent.js";
import type { Warning } from "../problem.js";
import type { HostFacts } from "./facts.js";
import type { PlanOptions } from "./interfaces.js";
import { isNodesOwn, withStaticsAsOwn } from "./node-address.js";
import { groupBy, type PlannedInterface, planInterface } from "./on-interface.js";
import type { Plan, RouterPlan } from "./types.js";

/** Pure: the same intent, facts and options give the same plan. What a missing fact leaves open is null. */
export function plan(intent: Intent, facts: HostFacts, options: PlanOptions): Plan {
  return atOnce(planning(intent, facts, options));
}

/** The same in steps, none of which takes long. */
export function* planning(
  intent: Intent,
  found: HostFacts,
  options: PlanOptions,
): Generator<undefined, Plan> {
  const { instances } = intent;
  const signs = signsByText(instances.map(({ router }) => router));
  const facts = withStaticsAsOwn(found, intent.statics, signs);
  yield;
  const planned: PlannedInterface[] = [];
  for (const group of groupBy(instances, (instance) => instance.interface.name))
    planned.push(yield* planInterface(group, signs, facts, options));
  const routers = withoutShared(planned.flatMap((one) => one.routers));
  const configs = routers.map(({ config }) => config);
  return {
    source: intent.source,
    settings: intent.settings,
    origins: intent.origins,
    interfaces: planned.map(({ on }) => on),
    routers: new Map(routers.map((router) => [router.config.id, router])),
    checks: planChecks(intent, planned[0]!),
    notify: [
      ...new Set([...instances.map(({ router }) => router), ...intent.groups].flatMap((one) => one.notify)),
      ...intent.fifos.flatMap(({ script }) => script ?? []),
    ],
    promotes: promotingOf(instances, planned),
    fifos: intent.fifos,
    firewall: intent.firewall,
    core: {
      routers: configs,
      groups: planGroups(intent, configs),
      statics: intent.statics,
      checks: intent.checks.map(({ name, advisoryUntilFirstPass, rise, fall }) => {
        return { name, advisoryUntilFirstPass, rise, fall };
      }),
      renewIntervalMicros: intent.renewIntervalMicros,
      startGraceMicros: intent.startGraceMicros,
      linkGraceMicros: intent.linkGraceMicros,
    },
    warnings: [
      ...intent.warnings,
      ...planned.flatMap((one) => one.openFacts),
      ...openProbes(intent, planned[0]!),
      ...planned.flatMap((one) => one.unfitting),
      ...ownVirtualAddresses(facts, signs, routers),
      ...planned.flatMap((one) => one.routeWarnings),
    ],
    standingProblems: intent.standingProblems,
  };
}

/** What two virtual routers have, one would take from the other: the later one waits until it is given to one of them. */
function withoutShared(routers: readonly RouterPlan[]): RouterPlan[] {
  const holders = new Map<AddressKey, string>();
  return routers.map((router) => {
    const { config } = router;
    const keys = config.virtualAddresses.map((entry) => addressKey(entry.interface, entry));
    const shared = keys.find((key) => holders.has(key));
    for (const key of keys) if (!holders.has(key)) holders.set(key, config.name);
    if (shared === undefined || router.contradiction !== null) return router;
    const contradiction = `${config.name} and ${holders.get(shared)} both have ${addressTextOf(shared)} on ${interfaceOf(shared)}; only one of them can`;
    return { ...router, contradiction, config: { ...config, contradiction } };
  });
}

function promotingOf(instances: Intent["instances"], planned: readonly PlannedInterface[]): string[] {
  const asked = instances.flatMap(({ promotes, interface: { name } }) => (promotes ? [name] : []));
  return planned.flatMap(({ on }) => (on.name !== null && asked.includes(on.asked) ? [on.name] : []));
}

function planGroups({ groups, fifos }: Intent, routers: readonly VirtualRouterConfig[]): GroupConfig[] {
  const ids = new Map(routers.map(({ name, id }) => [name, id]));
  return groups.map(({ name, members, notify }) => ({
    name,
    ...(fifos.length > 0 ? { fifo: true } : {}),
    members: members.map((member) => ids.get(member)!),
    notify,
  }));
}

/** A check connects to this node as it is known on its first interface. */
function planChecks({ checks }: Intent, { probeAddress }: PlannedInterface): Map<string, CheckPlan> {
  const addressFor = { node: probeAddress };
  return new Map(
    checks.map((check) => {
      const address = check.connectsTo === null ? null : addressFor[check.connectsTo];
      return [check.name, { ...check, address }];
    }),
  );
}

function openProbes({ checks }: Intent, { probeAddress, on }: PlannedInterface): Warning[] {
  const waiting = checks.find(({ connectsTo }) => connectsTo === "node");
  if (probeAddress !== null || waiting === undefined) return [];
  return [{ origin: waiting.origin, text: `the address to probe is open until ${on.nameInPlan} has one` }];
}

/** Virtual addresses that this node has of its own, on any interface. */
function ownVirtualAddresses(
  facts: HostFacts,
  signs: ReadonlyMap<string, LeftoverSigns>,
  routers: readonly RouterPlan[],
): Warning[] {
  const holders = new Map(
    routers.flatMap(({ config }) =>
      config.virtualAddresses.map(({ address }) => [address.text, config] as const),
    ),
  );
  return facts.interfaces.flatMap(({ name, addresses }) =>
    addresses.flatMap((entry) => {
      const { text: address } = entry.address;
      const holder = holders.get(address);
      if (holder === undefined || !isNodesOwn({ addresses, signs }, entry)) return [];
      const text = `${address} is this node's own address on ${name}: it stays as it is, without lease`;
      return [{ origin: holder.origins.virtualAddresses, text }];
    }),
  );
}
