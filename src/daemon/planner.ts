/** Keeps the plan in step with the host: what a missing interface or address left open is planned again. */
import { isDeepStrictEqual } from "node:util";
import type { IpAddress } from "../base/address.js";
import {
  allPeers,
  comparison,
  type HostFacts,
  type Intent,
  type Plan,
  type PlanOptions,
  plan,
  planning,
} from "../config/index.js";
import { routersById, type VirtualRouterConfig } from "../core/config.js";
import type { RouterId } from "../core/identity.js";

/** How long a named interface is waited for before the usual ones are tried, as the contract says. */
const GIVE_UP_MILLIS = 60_000;

export class Planner {
  #givenUp = false;
  readonly #timer: NodeJS.Timeout;
  #intent: Intent;
  #plan: Plan;
  #routers: ReadonlyMap<RouterId, VirtualRouterConfig>;

  /** @param onGivenUp it is time to plan again, with the usual interfaces. */
  constructor(intent: Intent, facts: HostFacts, onGivenUp: () => void) {
    this.#intent = intent;
    this.#plan = plan(intent, facts, { namedInterfaceGivenUp: false, before: [] });
    this.#routers = routersById(this.#plan.core.routers);
    this.#timer = setTimeout(() => {
      this.#givenUp = true;
      if (this.#plan.interfaces.some(({ name }) => name === null)) onGivenUp();
    }, GIVE_UP_MILLIS);
    this.#timer.unref();
  }

  /** Of the current plan. */
  get routers(): ReadonlyMap<RouterId, VirtualRouterConfig> {
    return this.#routers;
  }

  get current(): Plan {
    return this.#plan;
  }

  /** As listed, this node itself included: their routes are among the facts. */
  get peers(): readonly IpAddress[] {
    return allPeers(this.#intent);
  }

  get intent(): Intent {
    return this.#intent;
  }

  /** With what it would be planned now. */
  get options(): PlanOptions {
    return { namedInterfaceGivenUp: this.#givenUp, before: this.#plan.interfaces };
  }

  /** From now on this is what is planned. */
  adopt(intent: Intent, made: Plan): void {
    this.#intent = intent;
    this.#plan = made;
    this.#routers = routersById(made.core.routers);
  }

  /** Plans again, in steps. Returns what is to be adopted; null: it would be the same. What does not differ keeps its objects. */
  *consider(facts: HostFacts): Generator<undefined, Plan | null> {
    const before = this.#plan;
    const made = yield* planning(this.#intent, facts, this.options);
    const { plan: shared } = yield* comparison(before, made);
    return isDeepStrictEqual(shared, before) ? null : shared;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
