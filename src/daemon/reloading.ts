/** How a running daemon takes another configuration over: what is new is opened, then decided upon, then what is old is closed. */
import {
  changeOf,
  type HostFacts,
  type Intent,
  type Plan,
  type PlanChange,
  remainder,
} from "../config/index.js";
import type { VirtualRouterConfig } from "../core/config.js";
import type { RouterId } from "../core/identity.js";
import type { Launchers } from "../host/scripts/launchers.js";
import type { Locks } from "./locks/locks.js";
import type { Loop } from "./loop/loop.js";
import type { Network } from "./network/interfaces.js";
import type { Planner } from "./planner.js";

/** What came of a reload, or would come of one. */
export type ReloadOutcome =
  /** `text`: the same for people. */
  | { readonly change: PlanChange; readonly text: string }
  /** It is refused, and nothing changes. Lines for people. */
  | { readonly problems: readonly string[] };

/** Who reads the configuration again. Never rejects. */
export interface Rereader {
  reload(why: string): Promise<ReloadOutcome>;
  /** Only looks. */
  preview(): Promise<ReloadOutcome>;
}

export interface ReloadingParts {
  readonly planner: Pick<Planner, "planFor" | "adopt" | "current" | "intent" | "routers">;
  readonly network: Pick<Network, "configure">;
  readonly launchers: Pick<Launchers, "configure">;
  readonly locks: Pick<Locks, "releaseOf">;
  readonly loop: Pick<Loop, "batch">;
  /** The core, and who reads packets for it. */
  readonly configure: (plan: Plan) => void;
  /** What it has told of links and addresses. */
  readonly readKernel: () => void;
}

export class Reloading {
  /** Virtual routers that have left the configuration, while they say goodbye. */
  #leaving: readonly VirtualRouterConfig[] = [];

  constructor(private readonly parts: ReloadingParts) {}

  /** Of the plan, and those that are leaving it. */
  get routers(): ReadonlyMap<RouterId, VirtualRouterConfig> {
    const { routers } = this.parts.planner;
    if (this.#leaving.length === 0) return routers;
    return new Map([...this.#leaving.map((router) => [router.id, router] as const), ...routers]);
  }

  /** What `take` would change. */
  preview(intent: Intent, facts: HostFacts): PlanChange {
    const { planner } = this.parts;
    return changeOf(planner.current, planner.planFor(intent, facts));
  }

  /** Returns what has changed. Throws VrrpdError, and then nothing has. */
  take(intent: Intent, facts: HostFacts): PlanChange {
    const { planner, launchers, readKernel } = this.parts;
    const plan = planner.planFor(intent, facts);
    const change = changeOf(planner.current, plan);
    if (change.scripts) launchers.configure(intent.settings.scripts, intent.origins);
    const stays = remainder(planner.current, plan, change);
    if (stays !== null) {
      this.#adopt(planner.intent, stays);
      // Who comes must not take an address for the node's own that another one has just given up.
      readKernel();
    }
    this.#adopt(intent, plan);
    return change;
  }

  #adopt(intent: Intent, plan: Plan): void {
    const { planner, network, locks, loop, configure } = this.parts;
    this.#leaving = [...planner.routers.values()].filter(({ id }) => !plan.routers.has(id));
    planner.adopt(intent, plan);
    // For one that gives addresses up it is made once, when those that come are known: no advert may be without any.
    const routers = [...plan.routers.values()].map(({ config }) => config);
    const prepared = { ...plan, core: { ...plan.core, routers } };
    loop.batch(() => {
      configure(plan);
      network.configure(prepared, this.#leaving);
    });
    if (this.#leaving.length === 0) return;
    // They have said all that they had to say.
    for (const router of this.#leaving) locks.releaseOf(router);
    this.#leaving = [];
    loop.batch(() => network.configure(prepared));
  }
}
