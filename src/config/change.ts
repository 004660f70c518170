/** What another configuration changes on this host, virtual router by virtual router. Pure. */
import { sameBytes } from "../base/bytes.js";
import type { VirtualRouterConfig } from "../core/config.js";
import { addressKey, type RouterId } from "../core/identity.js";
import type { CheckPlan } from "./checks.js";
import type { Plan } from "./plan/types.js";

export interface RouterChange {
  readonly id: RouterId;
  readonly name: string;
  /**
   * `live`: it goes on, in the state that it has. `restart`: it releases, and begins anew, as if it were another one: what
   * changes is what others know it by.
   */
  readonly how: "live" | "restart";
  /** Which of its settings, in the words of `VirtualRouterConfig`; at least one. */
  readonly what: readonly (keyof VirtualRouterConfig)[];
}

export interface PlanChange {
  readonly added: readonly RouterId[];
  readonly removed: readonly RouterId[];
  readonly updated: readonly RouterChange[];
  /** By name; `changed`: it is run anew, and keeps its verdict. */
  readonly checks: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
  /** How scripts are run, for all of them. */
  readonly scripts: boolean;
}

/** Nothing of it can change while a virtual router runs (core/configure.ts). */
const RESTARTS: ReadonlySet<keyof VirtualRouterConfig> = new Set(["name", "version", "password"]);
/** Where settings stand is for messages alone. */
const PLACES: ReadonlySet<string> = new Set(["origin", "origins"]);

export function changeOf(before: Plan, after: Plan): PlanChange {
  const [old, wanted] = [configsOf(before), configsOf(after)];
  return {
    added: [...wanted.keys()].filter((id) => !old.has(id)),
    removed: [...old.keys()].filter((id) => !wanted.has(id)),
    updated: [...wanted].flatMap(([id, config]) => routerChange(old.get(id), config)),
    checks: checksChange(before.checks, after.checks),
    scripts: !isSame(before.settings.scripts, after.settings.scripts),
  };
}

export function isEmpty({ added, removed, updated, checks, scripts }: PlanChange): boolean {
  const lists = [added, removed, updated, checks.added, checks.removed, checks.changed];
  return !scripts && lists.every((list) => list.length === 0);
}

/**
 * What stays of a plan on the way to another one: without the virtual routers that leave it or begin anew. Its `core` is
 * without the addresses that the others give up, too: they go first, and what adverts say of them follows. null: all stays.
 */
export function remainder(before: Plan, after: Plan, { removed, updated }: PlanChange): Plan | null {
  const anew = updated.filter(({ how }) => how === "restart").map(({ id }) => id);
  const leaving = new Set([...removed, ...anew]);
  const routers = new Map([...before.routers].filter(([id]) => !leaving.has(id)));
  const configs = [...routers].map(([id, { config }]) => withoutGone(config, after.routers.get(id)!.config));
  const isWhole =
    leaving.size === 0 && configs.every((config) => config === before.routers.get(config.id)!.config);
  return isWhole ? null : { ...before, routers, core: { ...before.core, routers: configs } };
}

function withoutGone(before: VirtualRouterConfig, after: VirtualRouterConfig): VirtualRouterConfig {
  const wanted = new Set(after.virtualAddresses.map((entry) => addressKey(entry.interface, entry)));
  const stays = before.virtualAddresses.map((entry) => wanted.has(addressKey(entry.interface, entry)));
  if (!stays.includes(false)) return before;
  return {
    ...before,
    virtualAddresses: before.virtualAddresses.filter((_, index) => stays[index]),
    advertisedCount: stays.slice(0, before.advertisedCount).filter((one) => one).length,
  };
}

function configsOf(plan: Plan): Map<RouterId, VirtualRouterConfig> {
  return new Map([...plan.routers].map(([id, { config }]) => [id, config]));
}

function routerChange(before: VirtualRouterConfig | undefined, after: VirtualRouterConfig): RouterChange[] {
  if (before === undefined) return [];
  const keys = Object.keys(after) as (keyof VirtualRouterConfig)[];
  const what = keys.filter((key) => !PLACES.has(key) && !isSame(before[key], after[key]));
  if (what.length === 0) return [];
  const how = what.some((key) => RESTARTS.has(key)) ? "restart" : "live";
  return [{ id: after.id, name: after.name, how, what }];
}

function checksChange(before: Plan["checks"], after: Plan["checks"]): PlanChange["checks"] {
  const differs = (name: string, check: CheckPlan) => {
    const known = before.get(name);
    return known !== undefined && !isSame(known, check);
  };
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after].filter(([name, check]) => differs(name, check)).map(([name]) => name),
  };
}

/** Deeply, but for where things stand. Bytes are compared as bytes. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (one instanceof Uint8Array || other instanceof Uint8Array)
    return one instanceof Uint8Array && other instanceof Uint8Array && sameBytes(one, other);
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every(
    (key) =>
      PLACES.has(key) ||
      isSame((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
  );
}
