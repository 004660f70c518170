/** Puts the status together: the core's picture, the plan, and what the kernel really holds. */
import { hostname } from "node:os";
import { formatWithPrefix } from "../../base/address.js";
import type { Micros } from "../../base/time.js";
import { microsToSeconds } from "../../base/time.js";
import { formatWarning, type HostFacts, nodeOf, type Plan } from "../../config/index.js";
import { routersById, type VirtualRouterConfig } from "../../core/config.js";
import type { Core } from "../../core/core.js";
import type { RouterId } from "../../core/identity.js";
import { virtualTexts } from "../../core/virtual-address.js";
import { receiveDrops } from "../../host/adverts/receive-drops.js";
import { SENDER } from "../../host/adverts/sending-socket.js";
import type { Backlog } from "../../host/log/writer.js";
import { nowMicros } from "../../host/native.js";
import { unansweredNeighbours } from "../../host/netlink/neighbours.js";
import type { Restored } from "../firewall.js";
import type { Squatter } from "../locks/locks.js";
import type { Lateness } from "../loop/lateness.js";
import {
  fixtureDocument,
  foreignSpeakerDocument,
  groupDocument,
  instanceDocument,
  type Picture,
  yieldDocument,
} from "./instance.js";
import { type ToWallClock, wallClock } from "./phrases.js";
import { problemsOf } from "./problems/problems.js";
import type { ExaminedScript } from "./problems/scripts.js";
import { NO_RELOADS, type Reloads } from "./reloads.js";
import type { GroupDocument, InstanceDocument, StatusDocument } from "./types.js";

export interface StatusParts {
  readonly core: Core;
  readonly plan: () => Plan;
  readonly lateness: Lateness;
  /** What the kernel holds now. */
  readonly hostFacts: () => HostFacts;
  readonly lostLogLines: number;
  readonly lostFifoLines: number;
  readonly waitingLogLines: Backlog | null;
  /** null: the configuration asks for no rules. */
  readonly firewall: Restored | null;
  readonly scripts: readonly ExaminedScript[];
  readonly lockSquatters: readonly Squatter[];
  readonly version: string;
  readonly startedAt: Micros;
  /** null: none was asked for. */
  readonly reloads: Reloads | null;
}

export function statusDocument(parts: StatusParts): StatusDocument {
  const { core, lateness } = parts;
  const plan = parts.plan();
  const node = nodeOf(plan);
  const { yields, routers, groups, statics, staticCounters, foreign, unclaimedDrops } = core.status();
  const [now, nowMillis] = [nowMicros(), Date.now()];
  const at = wallClock(now, nowMillis);
  const facts = parts.hostFacts();
  const held = addressesOf(facts);
  const formsOf = (name: string, address: string) => held.get(`${name} ${address}`) ?? [];
  const picture = { now, at, formsOf, isUnreachable: unreachableIn(facts) };
  const ours = virtualTexts(plan.core.routers);
  const configs = routersById(plan.core.routers);
  const deadline = core.deadline();
  const document = {
    yields: yields.map((one) => {
      return { instance: one.instance, except: one.except, ...yieldDocument(one, at) };
    }),
    version: parts.version,
    pid: process.pid,
    name: plan.settings.name,
    host: hostname(),
    at: at(now),
    startedAt: at(parts.startedAt),
    interface: node.interface,
    interfaceReason: node.interfaceReason,
    configuration: configurationDocument(parts, plan.source, at),
    // One thing is said once.
    warnings: plan.warnings
      .filter((warning) => !plan.standingProblems.some(({ text }) => text === warning.text))
      .map(formatWarning),
    lateness: {
      maxSeconds: microsToSeconds(lateness.maxMicros),
      lastSeconds: microsToSeconds(lateness.lastMicros),
      stalls: lateness.stalls,
    },
    advertsLeaveThrough: SENDER,
    lostLogLines: parts.lostLogLines,
    lostFifoLines: parts.lostFifoLines,
    waitingLogLines: backlogDocument(parts.waitingLogLines, nowMillis),
    firewall: parts.firewall && {
      restored: parts.firewall.restored,
      lastRestoredAt: parts.firewall.lastAt === null ? null : at(parts.firewall.lastAt),
    },
    scripts: parts.scripts.map(({ document }) => document),
    receiveDrops: receiveDrops("unread"),
    sampledOut: receiveDrops("sampledOut"),
    lockSquatters: parts.lockSquatters,
    nextDeadline: deadline && {
      at: at(deadline.at),
      reason: deadline.reason,
      owner: deadline.owner ?? "host",
    },
    statics: statics.map((one) => fixtureDocument(one, core.statics.table.isWanted)),
    staticCounters,
    instances: routers.map((router) => instanceDocument(router, configs.get(router.id)!, picture)),
    syncGroups: groups.map((group) => groupDocument(group, (id) => configs.get(id)?.name ?? id, at)),
    foreignSpeakers: foreign.map((speaker) => foreignSpeakerDocument(speaker, ours, at)),
    unclaimedDrops,
  };
  return { ...document, problems: problemsOf(document, { plan, scripts: parts.scripts }) };
}

function configurationDocument(
  { startedAt, reloads }: StatusParts,
  source: string,
  at: ToWallClock,
): StatusDocument["configuration"] {
  const { loadedAt, refused } = reloads ?? NO_RELOADS;
  return {
    source,
    loadedAt: at(loadedAt ?? startedAt),
    refused: refused && { since: at(refused.since), problem: refused.problem, action: refused.action },
  };
}

/** The sync groups, as they are now. */
export function groupDocuments(
  core: Pick<Core, "groups">,
  configOf: (router: RouterId) => VirtualRouterConfig | undefined,
): GroupDocument[] {
  const at = wallClock(nowMicros(), Date.now());
  const nameOf = (id: RouterId) => configOf(id)?.name ?? id;
  return core.groups.statuses().map((group) => groupDocument(group, nameOf, at));
}

/** An instance, with what it is configured as. */
export interface ConfiguredInstance {
  readonly document: InstanceDocument;
  readonly config: VirtualRouterConfig;
}

/**
 * The instances, each as it is when it is asked for, so that whoever has little time at once can stop between two. The
 * kernel is not asked for their addresses: that takes longer than an advert may wait.
 */
export function* instanceDocuments(
  core: Pick<Core, "routerStatuses">,
  configOf: (router: RouterId) => VirtualRouterConfig | undefined,
): Generator<ConfiguredInstance> {
  const [now, nowMillis] = [nowMicros(), Date.now()];
  const at = wallClock(now, nowMillis);
  for (const router of core.routerStatuses()) {
    const config = configOf(router.id);
    // Another configuration came between two slices.
    if (config === undefined) continue;
    yield {
      config,
      document: instanceDocument(router, config, {
        now: nowMicros(),
        at,
        formsOf: null,
        isUnreachable: () => false,
      }),
    };
  }
}

function backlogDocument(backlog: Backlog | null, nowMillis: number): StatusDocument["waitingLogLines"] {
  if (backlog === null) return null;
  const { lines, waitedMillis, errno } = backlog;
  return { lines, since: new Date(nowMillis - waitedMillis).toISOString(), errno };
}

/** The kernel is asked for its neighbours once somebody wants to know of one. */
function unreachableIn({ interfaces }: HostFacts): Picture["isUnreachable"] {
  let unanswered: ReadonlySet<string> | null = null;
  return (on, address) => {
    unanswered ??= unansweredIn(interfaces);
    return unanswered.has(`${on} ${address}`);
  };
}

function unansweredIn(interfaces: HostFacts["interfaces"]): ReadonlySet<string> {
  const names = new Map(interfaces.map(({ name, link }) => [link.index, name]));
  return new Set(
    unansweredNeighbours().map(({ interfaceIndex, address }) => `${names.get(interfaceIndex)} ${address}`),
  );
}

/** "address/prefix length" of all that the kernel holds, by "interface address". */
function addressesOf({ interfaces }: HostFacts): ReadonlyMap<string, readonly string[]> {
  const forms = new Map<string, string[]>();
  for (const { name, addresses } of interfaces) {
    for (const entry of addresses) {
      const key = `${name} ${entry.address.text}`;
      const known = forms.get(key);
      if (known === undefined) forms.set(key, [formatWithPrefix(entry)]);
      else known.push(formatWithPrefix(entry));
    }
  }
  return forms;
}
