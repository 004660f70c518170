/** What a daemon says of itself in its log: at the beginning and the end, and when SIGUSR1 or SIGUSR2 asks for it. */
import { shortList } from "../../base/lists.js";
import type { Facts } from "../../base/log-line.js";
import { formatSeconds, type Micros, microsToSeconds } from "../../base/time.js";
import { isFromFile, nodeOf, type Plan } from "../../config/index.js";
import type { VirtualRouterConfig } from "../../core/config.js";
import type { CoreStatus } from "../../core/status.js";
import { placeOf } from "../../core/virtual-address.js";
import { byName } from "../../host/checks/index.js";
import { interfacesOf, placedAddress, problemSentence } from "./phrases.js";
import type { InstanceDocument, StatusDocument } from "./types.js";

export interface Line {
  readonly message: string;
  readonly facts: Facts;
}

/** The start line lists so many instances at most; `vrrpd check` shows all. */
const LISTED_INSTANCES = 16;

export function startLine(version: string, plan: Plan): Line {
  const { core, settings } = plan;
  const addresses = core.routers.reduce((sum, router) => sum + router.virtualAddresses.length, 0);
  const what = `${counted(core.routers.length, "virtual router")}, ${counted(addresses, "virtual address", "es")}`;
  return {
    message: `vrrpd ${version} starts: ${settings.name} on ${plannedInterfaces(plan)}, ${what}; ${nodeOf(plan).interfaceReason}`,
    facts: { version, ...planFacts(plan) },
  };
}

/** A host fact has changed, and with it the plan. */
export function replanLine(plan: Plan): Line {
  return { message: `planned again: ${nodeOf(plan).interfaceReason}`, facts: planFacts(plan) };
}

/** "eth0, eth1" */
function plannedInterfaces({ interfaces }: Plan): string {
  return interfaces.map(({ name }) => name ?? "no interface yet").join(", ");
}

function planFacts(plan: Plan): Facts {
  const { core } = plan;
  const { interface: name, nodeAddress } = nodeOf(plan);
  const more = core.routers.length - LISTED_INSTANCES;
  return {
    interface: name,
    nodeAddress: nodeAddress?.text ?? null,
    ...checkFacts(plan),
    instances: [
      ...core.routers.slice(0, LISTED_INSTANCES).map(describeRouter),
      ...(more > 0 ? [`and ${more} more`] : []),
    ],
  };
}

/** A file names its checks as it likes, even as other facts are named. */
function checkFacts(plan: Plan): Facts {
  const facts = byName(plan.checks.values(), (kind, check) => kind.fact(check));
  if (!isFromFile(plan)) return facts;
  const said = Object.entries(facts).filter(([, fact]) => fact !== null);
  return { checks: said.map(([name, fact]) => `${name}: ${fact}`) };
}

function describeRouter(router: VirtualRouterConfig): string {
  const { name, virtualRouterId, version, priority, preempt, virtualAddresses } = router;
  const preempts = preempt.mode === "delay" ? `preempts after ${preempt.delaySeconds} s` : preempt.mode;
  const addresses = shortList(virtualAddresses.map((entry) => placeOf(entry, router.interface)));
  return `${name}: id ${virtualRouterId}, version ${version}, priority ${priority ?? "open"}, ${preempts}, ${addresses}`;
}

/** What it did in its life. */
export function stopLine(ranMicros: Micros, { routers }: CoreStatus): Line {
  const sum = (count: (router: (typeof routers)[number]) => number) =>
    routers.reduce((total, router) => total + count(router), 0);
  return {
    message: `stopped after ${formatSeconds(ranMicros)}`,
    facts: {
      ranSeconds: microsToSeconds(ranMicros),
      becameMaster: sum(({ counters }) => counters.becomeMaster),
      advertsSent: sum(({ counters }) => counters.advertsSent),
      advertsReceived: sum(({ counters }) => counters.advertsReceived),
      advertsDropped: sum(({ counters }) => Object.values(counters.drops).reduce((a, b) => a + b, 0)),
    },
  };
}

function counted(number: number, what: string, plural = "s"): string {
  return `${number} ${what}${number === 1 ? "" : plural}`;
}

/** SIGUSR1: everything that `vrrpd status`, `why` and `peers` show. */
export function statusLines(status: StatusDocument): Line[] {
  return [
    {
      message: `status of ${status.name} on ${interfacesOf(status).join(", ") || "no interface"}`,
      facts: {
        version: status.version,
        startedAt: status.startedAt,
        interfaceReason: status.interfaceReason,
        stalls: status.lateness.stalls,
        maxLatenessSeconds: status.lateness.maxSeconds,
        lostLogLines: status.lostLogLines,
        foreignSpeakers: status.foreignSpeakers.map(
          (speaker) => `${speaker.address} id ${speaker.virtualRouterId} priority ${speaker.priority}`,
        ),
      },
    },
    ...status.instances.map((instance) => ({
      message: `(${instance.name}) ${instance.state} since ${instance.since}: ${instance.reason}`,
      facts: instanceFacts(instance),
    })),
    ...status.problems.map((problem) => ({
      message: `${problem.acknowledged ? "known" : problem.severity}: ${problemSentence(problem)}`,
      facts: { action: problem.action },
    })),
  ];
}

function instanceFacts(instance: InstanceDocument): Facts {
  return {
    priority: instance.priority,
    ...(instance.priority === instance.basePriority ? {} : { basePriority: instance.basePriority }),
    master: instance.master && `${instance.master.address} priority ${instance.master.priority}`,
    virtualAddresses: instance.virtualAddresses.map(
      (entry) => `${placedAddress(entry, instance)} ${entry.present ? "here" : "not here"}`,
    ),
    checks: instance.checks.map(({ name, state, detail }) => `${name} ${state}: ${detail}`),
    next: instance.next.map(({ at, meaning }) => `${at} ${meaning}`),
    speakers: instance.speakers.map(
      ({ address, priority, lastHeardAt, relation }) =>
        `${address} priority ${priority}, ${relation}, last heard ${lastHeardAt}`,
    ),
    transitions: instance.transitions.map(({ at, from, to, cause }) => `${at} ${from} to ${to}: ${cause}`),
  };
}

/** SIGUSR2: the counters. */
export function counterLines({ instances, unclaimedDrops }: StatusDocument): Line[] {
  return [
    ...instances.map(({ name, counters }) => {
      const { drops, sendErrorsByErrno, addressesRefusedByErrno, routesRefusedByErrno, ...plain } = counters;
      return {
        message: `(${name}) counters`,
        facts: {
          ...plain,
          ...prefixed("dropped", drops),
          ...prefixed("sending failed", sendErrorsByErrno),
          ...prefixed("address refused", addressesRefusedByErrno),
          ...prefixed("route refused", routesRefusedByErrno),
        },
      };
    }),
    ...Object.entries(unclaimedDrops).map(([name, drops]) => ({
      message: `packets on ${name} that belong to no instance`,
      facts: prefixed("dropped", drops),
    })),
  ];
}

function prefixed(word: string, counts: Readonly<Record<string, number>>): Facts {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [`${word} ${name}`, count]));
}

/** Addresses that an interface kept under another name. */
export function abandonedLine(name: string, addresses: readonly string[]): Line {
  const message = `${shortList(addresses)} removed from the interface that was called ${name}`;
  return { message, facts: { code: "address-removed", addresses } };
}
