/** What status lists as wrong of a core that a scenario was played to, without a daemon around it. */

import { ORIGINS } from "../../../src/config/env/table.js";
import type { Plan } from "../../../src/config/index.js";
import { virtualTexts } from "../../../src/core/virtual-address.js";
import {
  foreignSpeakerDocument,
  groupDocument,
  instanceDocument,
} from "../../../src/daemon/status/instance.js";
import type { Acknowledged } from "../../../src/daemon/status/problems/found.js";
import { problemsOf } from "../../../src/daemon/status/problems/problems.js";
import type { ProblemDocument, StatusDocument } from "../../../src/daemon/status/types.js";
import { type RouterOverrides, routerConfig } from "../../core/configurations.js";
import type { Scenario } from "../../core/scenario.js";

/** Second 0 of every scenario. */
const EPOCH = Date.parse("2026-01-01T00:00:00Z");

export interface Told {
  readonly acknowledged?: readonly Acknowledged[];
  readonly status?: Partial<StatusDocument>;
  readonly checks?: Plan["checks"];
  /** Neighbours that do not answer. */
  readonly unreachable?: readonly string[];
}

/** @param routers as the scenario has them */
export function problemsIn(
  { core, now }: Scenario,
  routers: readonly RouterOverrides[] = [{}],
  { acknowledged = [], status = {}, checks = new Map(), unreachable = [] }: Told = {},
): ProblemDocument[] {
  const configs = routers.map((router, place) => routerConfig({ virtualRouterId: place + 1, ...router }));
  const at = (micros: number) => new Date(EPOCH + micros / 1000).toISOString();
  const isUnreachable = (_on: string, address: string) => unreachable.includes(address);
  const picture = { now, at, formsOf: null, isUnreachable };
  const ours = virtualTexts(configs);
  const { routers: statuses, groups, foreign } = core.status();
  const instances = statuses.map((router, place) => instanceDocument(router, configs[place]!, picture));
  const nameOf = (id: string) => configs.find((config) => config.id === id)!.name;
  const document = {
    ...{ at: at(now), instances, lockSquatters: [], firewall: null, statics: [] },
    ...{ lostLogLines: 0, waitingLogLines: null },
    foreignSpeakers: foreign.map((speaker) => foreignSpeakerDocument(speaker, ours, at)),
    syncGroups: groups.map((group) => groupDocument(group, nameOf, at)),
    lateness: { maxSeconds: 0, lastSeconds: 0, stalls: 0 },
    statics: [],
    receiveDrops: { ipv4: 0, ipv6: 0 },
    sampledOut: { ipv4: 0, ipv6: 0 },
    configuration: { source: "env", loadedAt: at(0), refused: null },
    ...status,
  } as unknown as StatusDocument;
  const plan = {
    ...{ standingProblems: [], origins: ORIGINS, checks },
    core: { routers: configs },
    settings: { acknowledged },
  } as unknown as Plan;
  return problemsOf(document, { plan, scripts: [] });
}

/** The sentences, with codes. */
export function toldIn(...of: Parameters<typeof problemsIn>): string[] {
  return problemsIn(...of).map(({ severity, code, text }) => `${severity} ${code}: ${text}`);
}
