/**
 * Plans on the way from one to another. Each is a whole one, and differs from the one before in a few virtual routers, so
 * that nobody has to wait while a large configuration is taken over. Pure.
 */
import type { CheckConfig, CoreConfig, VirtualRouterConfig } from "../core/config.js";
import { addressKey, type RouterId } from "../core/identity.js";
import type { PlanChange } from "./change.js";
import type { Plan, RouterPlan } from "./plan/types.js";

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
    for (const id of due.splice(0, most())) {
      const rest = poorer.get(id);
      if (rest === undefined) {
        routers.delete(id);
        configs.delete(id);
      } else configs.set(id, rest);
    }
    const core = { ...before.core, routers: [...configs.values()] };
    yield { ...before, routers: new Map(routers), core };
  }
}

/** Then what comes or is another now, and at last all as it is to be. @param rest what the departures have left */
export function* arrivals(rest: Plan, after: Plan, most: () => number): Generator<Plan> {
  const configs = new Map(rest.core.routers.map((config) => [config.id, config]));
  const due = [...after.routers].filter(([id, { config }]) => configs.get(id) !== config);
  const checks = joined(rest.core.checks, after.core.checks);
  for (let count = most(); due.length > count; count = most()) {
    for (const [id, { config }] of due.splice(0, count)) configs.set(id, config);
    const routers = new Map(
      [...after.routers].flatMap(([id, router]): [RouterId, RouterPlan][] => {
        const config = configs.get(id);
        if (config === undefined) return [];
        if (config === router.config) return [[id, router]];
        const { source, contradiction, config: held } = rest.routers.get(id)!;
        return [[id, { ...router, source, contradiction, config: held }]];
      }),
    );
    const core: CoreConfig = {
      ...after.core,
      checks,
      routers: [...routers.keys()].map((id) => configs.get(id)!),
    };
    yield { ...after, routers, core };
  }
  yield after;
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
