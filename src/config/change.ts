/** What another configuration changes on this host, virtual router by virtual router. Pure. */
import { atOnce } from "../base/steps.js";
import type { GroupConfig, VirtualRouterConfig } from "../core/config.js";
import type { RouterId } from "../core/identity.js";
import type { Settings } from "./intent.js";
import type { Plan, RouterPlan } from "./plan/types.js";
import { isPlace, isSame, Sharing } from "./sharing.js";

export interface RouterName {
  readonly id: RouterId;
  readonly name: string;
}

export interface RouterChange extends RouterName {
  /**
   * `live`: it goes on, in the state that it has. `restart`: it releases, and begins anew, as if it were another one: what
   * changes is what others know it by.
   */
  readonly how: "live" | "restart";
  /** Which of its settings, in the words of `VirtualRouterConfig`; at least one. */
  readonly what: readonly (keyof VirtualRouterConfig)[];
}

/** Names. */
export interface NamedChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

export interface PlanChange {
  readonly added: readonly RouterName[];
  readonly removed: readonly RouterName[];
  readonly updated: readonly RouterChange[];
  /** By name; `changed`: it is run anew, and keeps its verdict. */
  readonly checks: NamedChange;
  /** Sync groups, by name. Whatever changes of one, its members go on. */
  readonly groups: NamedChange;
  /** How scripts are run, for all of them. */
  readonly scripts: boolean;
  /** What concerns no virtual router alone, in the words of `Plan` and of its core. */
  readonly node: readonly (keyof typeof NODE)[];
  /** Settings of the program that only a restart changes. */
  readonly restart: readonly (keyof Settings)[];
}

/** What concerns no virtual router alone, and changes while all go on. */
const NODE = {
  statics: ({ core }: Plan) => core.statics ?? [],
  firewall: ({ firewall }: Plan) => firewall,
  fifos: ({ fifos }: Plan) => fifos,
  promotes: ({ promotes }: Plan) => promotes,
  startGraceMicros: ({ core }: Plan) => core.startGraceMicros,
  linkGraceMicros: ({ core }: Plan) => core.linkGraceMicros,
  renewIntervalMicros: ({ core }: Plan) => core.renewIntervalMicros,
  acknowledged: ({ settings }: Plan) => settings.acknowledged,
};

/** Settings that a reload takes over. */
const LIVE: ReadonlySet<keyof Settings> = new Set(["scripts", "acknowledged"]);

/** What comes of a comparison. */
export interface Compared {
  readonly change: PlanChange;
  /** The later plan, with the objects of the earlier one for all that is the same in a virtual router. */
  readonly plan: Plan;
}

/** Nothing of it can change while a virtual router runs (core/configure.ts). */
const RESTARTS: ReadonlySet<keyof VirtualRouterConfig> = new Set([
  "name",
  "version",
  "password",
  "interface",
  "vmacs",
]);

export function changeOf(before: Plan, after: Plan): PlanChange {
  return compare(before, after).change;
}

export function compare(before: Plan, after: Plan): Compared {
  return atOnce(comparison(before, after));
}

/** In steps, none of which takes long: a virtual router each. */
export function* comparison(before: Plan, after: Plan): Generator<undefined, Compared> {
  const sharing = new Sharing();
  const interfaces = after.interfaces.map((on, at) => sharing.shared(before.interfaces[at], on));
  // By these objects it is known which virtual routers are on one.
  const sharedOn = new Map(after.interfaces.map((on, at) => [on, interfaces[at]!]));
  const routers = new Map<RouterId, RouterPlan>();
  const updated: RouterChange[] = [];
  for (const [id, router] of after.routers) {
    yield;
    const old = before.routers.get(id);
    const on = sharedOn.get(router.on)!;
    const shared = sharing.shared(old, { ...router, on });
    routers.set(id, shared.on === on ? shared : { ...shared, on });
    const { config } = shared;
    if (old !== undefined) updated.push(...routerChange(old.config, config));
  }
  const configs = [...routers.values()].map(({ config }) => config);
  return {
    plan: { ...after, interfaces, routers, core: { ...after.core, routers: configs } },
    change: {
      added: namesOf(after).filter(({ id }) => !before.routers.has(id)),
      removed: namesOf(before).filter(({ id }) => !after.routers.has(id)),
      updated,
      checks: namedChange(before.checks, after.checks),
      groups: namedChange(groupsByName(before), groupsByName(after)),
      scripts: !isSame(before.settings.scripts, after.settings.scripts),
      node: (Object.keys(NODE) as (keyof typeof NODE)[]).filter(
        (key) => !isSame(NODE[key](before), NODE[key](after)),
      ),
      restart: (Object.keys(after.settings) as (keyof Settings)[]).filter(
        (key) => !LIVE.has(key) && !isSame(before.settings[key], after.settings[key]),
      ),
    },
  };
}

export function isEmpty(change: PlanChange): boolean {
  const { added, removed, updated, checks, groups, scripts, node, restart } = change;
  const named = [checks, groups].flatMap((one) => [one.added, one.removed, one.changed]);
  const lists = [added, removed, updated, ...named, node, restart];
  return !scripts && lists.every((list) => list.length === 0);
}

function namesOf({ routers }: Plan): RouterName[] {
  return [...routers].map(([id, { config }]) => ({ id, name: config.name }));
}

function routerChange(before: VirtualRouterConfig, after: VirtualRouterConfig): RouterChange[] {
  const keys = Object.keys(after) as (keyof VirtualRouterConfig)[];
  const what = keys.filter((key) => !isPlace(key) && !isSame(before[key], after[key]));
  if (what.length === 0) return [];
  const how = what.some((key) => RESTARTS.has(key)) ? "restart" : "live";
  return [{ id: after.id, name: after.name, how, what }];
}

function groupsByName({ core }: Plan): ReadonlyMap<string, GroupConfig> {
  return new Map(core.groups?.map((group) => [group.name, group]));
}

/** Things with names: checks, or sync groups. */
function namedChange<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): NamedChange {
  const differs = (name: string, one: T) => {
    const known = before.get(name);
    return known !== undefined && !isSame(known, one);
  };
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after].filter(([name, one]) => differs(name, one)).map(([name]) => name),
  };
}
