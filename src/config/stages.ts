/**
 * Plans on the way from one to another. Each is a whole one, and differs from the one before in a few virtual routers, so
 * that nobody has to wait while a large configuration is taken over. Pure.
 */
import type { CheckConfig, CoreConfig, VirtualRouterConfig } from "../core/config.js";
import { addressKey, type RouterId } from "../core/identity.js";
import type { PlanChange } from "./change.js";
import type { Plan, RouterPlan } from "./plan/types.js";

/** They need so little that nobody waits for it. */
const MOVED_A_STAGE = 16;

/**
 * First what goes: virtual routers that leave or begin anew, and in `core` the addresses that others give up. What
 * adverts say of these follows when the others come. @param most how many virtual routers the next plan may change
 */
export function* departures(
  before: Plan,
  after: Plan,
  { removed, updated }: PlanChange,
  most: () => number,
): Generator<Plan> {
  const anew = updated.filter(({ how }) => how === "restart");
  const leaving = new Set([...removed, ...anew].map(({ id }) => id));
  const poorer = new Map<RouterId, VirtualRouterConfig>();
  for (const [id, { config }] of before.routers) {
    const wanted = after.routers.get(id)?.config;
    if (wanted === undefined || wanted === config || leaving.has(id)) continue;
    const rest = withoutGone(config, wanted);
    if (rest !== config) poorer.set(id, rest);
  }
  const due = [...leaving, ...poorer.keys()];
  const routers = new Map(before.routers);
  const configs = new Map([...before.routers].map(([id, { config }]) => [id, config]));
  while (due.length > 0) {
    for (const id of taken(due, most(), before.core)) {
      const rest = poorer.get(id);
      if (rest === undefined) {
        routers.delete(id);
        configs.delete(id);
      } else configs.set(id, rest);
    }
    const core = coreOf(before, [...configs.values()]);
    yield { ...before, routers: new Map(routers), core };
  }
}

/**
 * Then what has only moved in its file, which is quickly done, then what comes or is another now, and at last all as it
 * is to be. @param rest what the departures have left
 */
export function* arrivals(
  rest: Plan,
  after: Plan,
  { updated }: PlanChange,
  most: () => number,
): Generator<Plan> {
  const configs = new Map(rest.core.routers.map((config) => [config.id, config]));
  const anew = new Set(updated.map(({ id }) => id));
  const others = [...after.routers.keys()].filter((id) => configs.get(id) !== after.routers.get(id)!.config);
  const isChanged = (id: RouterId) => anew.has(id) || !configs.has(id);
  const [moved, due] = [others.filter((id) => !isChanged(id)), others.filter(isChanged)];
  const checks = joined(rest.core.checks, after.core.checks);
  while (moved.length > 0 || due.length > 0) {
    const next = moved.length > 0 ? moved.splice(0, MOVED_A_STAGE) : taken(due, most(), after.core);
    if (moved.length === 0 && due.length === 0) break;
    for (const id of next) configs.set(id, after.routers.get(id)!.config);
    const routers = new Map(
      [...after.routers].flatMap(([id, router]): [RouterId, RouterPlan][] => {
        const config = configs.get(id);
        if (config === undefined) return [];
        if (config === router.config) return [[id, router]];
        const { source, contradiction, config: held } = rest.routers.get(id)!;
        return [[id, { ...router, source, contradiction, config: held }]];
      }),
    );
    const present = [...routers.keys()].map((id) => configs.get(id)!);
    yield { ...after, routers, core: { ...coreOf(after, present), checks } };
  }
  yield after;
}

/** The next ones, and who is in a group with one of them: a group comes and goes as a whole. */
function taken(due: RouterId[], count: number, { groups = [] }: CoreConfig): RouterId[] {
  const next = new Set(due.slice(0, count));
  for (const { members } of groups)
    if (members.some((id) => next.has(id))) for (const id of members) if (due.includes(id)) next.add(id);
  due.splice(0, due.length, ...due.filter((id) => !next.has(id)));
  return [...next];
}

/** With these virtual routers alone. */
function coreOf({ core }: Plan, routers: readonly VirtualRouterConfig[]): CoreConfig {
  if (core.groups === undefined) return { ...core, routers };
  const present = new Set(routers.map(({ id }) => id));
  const groups = core.groups.flatMap((group) => {
    const members = group.members.filter((id) => present.has(id));
    return members.length === 0 ? [] : [{ ...group, members }];
  });
  return { ...core, routers, groups };
}

/** Those of the later one as it has them, and those of the earlier one that somebody may still track. */
function joined(before: readonly CheckConfig[], after: readonly CheckConfig[]): readonly CheckConfig[] {
  const names = new Set(after.map(({ name }) => name));
  return [...after, ...before.filter(({ name }) => !names.has(name))];
}

function withoutGone(before: VirtualRouterConfig, after: VirtualRouterConfig): VirtualRouterConfig {
  if (before.virtualAddresses === after.virtualAddresses) return before;
  const wanted = new Set(after.virtualAddresses.map((entry) => addressKey(entry.interface, entry)));
  const stays = before.virtualAddresses.map((entry) => wanted.has(addressKey(entry.interface, entry)));
  if (!stays.includes(false)) return before;
  return {
    ...before,
    virtualAddresses: before.virtualAddresses.filter((_, index) => stays[index]),
    advertisedCount: stays.slice(0, before.advertisedCount).filter((one) => one).length,
  };
}
