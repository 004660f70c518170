/**
 * How a running daemon takes another configuration over. What is new is opened, then decided upon, then what is old is
 * closed: for a few virtual routers at a time, with turns of the loop between them, so that nobody's adverts wait. What
 * is taken over each time is a whole plan.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { MICROS_PER_MILLISECOND, MICROS_PER_SECOND, type Micros } from "../base/time.js";
import {
  arrivals,
  comparison,
  departures,
  type Intent,
  type Plan,
  type PlanChange,
  type PlanOptions,
} from "../config/index.js";
import type { VirtualRouterConfig } from "../core/config.js";
import type { RouterId } from "../core/identity.js";
import { nowMicros } from "../host/native.js";
import type { Launchers } from "../host/scripts/launchers.js";
import type { Locks } from "./locks/locks.js";
import type { Loop } from "./loop/loop.js";
import type { Network } from "./network/interfaces.js";
import type { Planner } from "./planner.js";
import { inTurns } from "./slices.js";
import type { Reloads } from "./status/reloads.js";
import type { Vmacs } from "./vmacs/vmacs.js";

/** What came of a reload, or would come of one. */
export type ReloadOutcome =
  /** `text`: the same for people. */
  | { readonly change: PlanChange; readonly text: string }
  /** Nothing changes. Lines for people; `action`: what to do where it is not the file that is refused, their last one. */
  | { readonly problems: readonly string[]; readonly action?: string };

/** Who reads the configuration again. Never rejects. */
export interface Rereader {
  /** What came of them so far. */
  readonly reloads: Reloads;
  reload(why: string): Promise<ReloadOutcome>;
  /** Only looks. */
  preview(): Promise<ReloadOutcome>;
}

/** A configuration that has been read again, and what it means on this host. */
export interface PlannedAnew {
  readonly intent: Intent;
  readonly plan: Plan;
}

/** Reads and plans beside the loop. Throws VrrpdError. */
export type ReadAgain = (options: PlanOptions) => Promise<PlannedAnew>;

/** The same, until there is nobody any more who would take it. */
export type ReadUntilStopped = (options: PlanOptions, stopped: AbortSignal) => Promise<PlannedAnew>;

export interface ReloadingParts {
  readonly planner: Pick<Planner, "adopt" | "current" | "intent" | "routers">;
  readonly network: Pick<Network, "configure">;
  readonly launchers: Pick<Launchers, "configure">;
  readonly locks: Pick<Locks, "releaseOf">;
  readonly vmacs: Pick<Vmacs, "release">;
  readonly loop: Pick<Loop, "batch">;
  /** The core, and who reads packets for it. */
  readonly configure: (plan: Plan) => void;
  /** What it has told of links and addresses. */
  readonly readKernel: () => void;
  /** The daemon lets go of everything, and takes nothing over any more. */
  readonly isStopping: () => boolean;
}

/** A reading that takes longer is given up. */
export const READING_MICROS: Micros = 30 * MICROS_PER_SECOND;

/** So long a stage should take; the next one has more or fewer virtual routers. */
const STAGE_MICROS = 2 * MICROS_PER_MILLISECOND;
const MOST_A_STAGE = 64;

export class Reloading {
  /** Virtual routers that have left the configuration, while they say goodbye. */
  #leaving: readonly VirtualRouterConfig[] = [];
  #count = 1;

  constructor(private readonly parts: ReloadingParts) {}

  /** Of the plan, and those that are leaving it. */
  get routers(): ReadonlyMap<RouterId, VirtualRouterConfig> {
    const { routers } = this.parts.planner;
    if (this.#leaving.length === 0) return routers;
    return new Map([...this.#leaving.map((router) => [router.id, router] as const), ...routers]);
  }

  /** What `take` would change. */
  async preview({ plan }: PlannedAnew): Promise<PlanChange> {
    return (await inTurns(comparison(this.parts.planner.current, plan))).change;
  }

  /**
   * Nobody else may plan meanwhile. Returns what has changed; null: the daemon stops. Throws VrrpdError, and then nothing
   * has changed.
   */
  async take({ intent, plan }: PlannedAnew): Promise<PlanChange | null> {
    const { planner, launchers, readKernel, isStopping } = this.parts;
    const before = planner.current;
    const { change, plan: compared } = await inTurns(comparison(before, plan));
    if (isStopping()) return null;
    const { scripts, acknowledged } = plan.settings;
    const settings = { ...before.settings, scripts, acknowledged };
    const [wanted, kept] = [
      { ...compared, settings },
      { ...intent, settings },
    ];
    if (change.scripts) launchers.configure(intent.settings.scripts, intent.origins);
    this.#count = 1;
    const most = () => this.#count;
    await this.#adoptAll(planner.intent, departures(before, wanted, change, most));
    // Who comes must not take an address for the node's own that another one has just given up.
    if (planner.current !== before && !isStopping()) readKernel();
    await this.#adoptAll(kept, arrivals(planner.current, wanted, change, most));
    return isStopping() ? null : change;
  }

  /** A turn of the loop before each: adverts that are due leave first. */
  async #adoptAll(intent: Intent, stages: Iterable<Plan>): Promise<void> {
    for (const stage of stages) {
      await nextTurn();
      if (this.parts.isStopping()) return;
      const from = nowMicros();
      this.#adopt(intent, stage);
      this.#adapt(nowMicros() - from);
    }
  }

  #adapt(tookMicros: Micros): void {
    if (tookMicros > 2 * STAGE_MICROS) this.#count = Math.max(1, Math.floor(this.#count / 2));
    else if (tookMicros < STAGE_MICROS) this.#count = Math.min(MOST_A_STAGE, this.#count * 2);
  }

  #adopt(intent: Intent, plan: Plan): void {
    const { planner, network, locks, vmacs, loop, configure } = this.parts;
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
    for (const router of this.#leaving) {
      vmacs.release(router.id);
      locks.releaseOf(router);
    }
    this.#leaving = [];
    loop.batch(() => network.configure(prepared));
  }
}
