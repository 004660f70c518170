/** Keeps the plan in step with the host: what a missing interface or address left open is planned again. */
import { isDeepStrictEqual } from "node:util";
import type { IpAddress } from "../base/address.js";
import {
  allPeers,
  compare,
  type HostFacts,
  type Intent,
  type Plan,
  type PlanOptions,
  plan,
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
    this.#plan = this.#make(facts, []);
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

  /** Plans again; true when the result differs. What does not keeps its objects. */
  update(facts: HostFacts): boolean {
    const before = this.#plan;
    const { plan: made } = compare(before, this.#make(facts, before.interfaces));
    if (isDeepStrictEqual(made, before)) return false;
    this.#plan = made;
    this.#routers = routersById(made.core.routers);
    return true;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #make(facts: HostFacts, before: Plan["interfaces"]): Plan {
    return plan(this.#intent, facts, { namedInterfaceGivenUp: this.#givenUp, before });
  }
}
