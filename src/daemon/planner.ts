/** Keeps the plan in step with the host: what a missing interface or address left open is planned again. */
import type { IpAddress } from "../base/address.js";
import { allPeers, type HostFacts, type Intent, type Plan, plan } from "../config/index.js";
import { routersById, type VirtualRouterConfig } from "../core/config.js";
import { type RouterId, routerId } from "../core/identity.js";

/** How long a named interface is waited for before the usual ones are tried, as the contract says. */
const GIVE_UP_MILLIS = 60_000;

export class Planner {
  #givenUp = false;
  #chosen: string | null = null;
  readonly #timer: NodeJS.Timeout;
  #plan: Plan;
  #routers: ReadonlyMap<RouterId, VirtualRouterConfig>;
  /** The interface that the first plan put the virtual routers on, and that their ids name for ever. */
  #interfaceOfIds: string | null = null;

  /** @param onGivenUp it is time to plan again, with the usual interfaces. */
  constructor(
    private readonly intent: Intent,
    facts: HostFacts,
    onGivenUp: () => void,
  ) {
    this.#plan = this.#make(facts);
    this.#routers = routersById(this.#plan.core.routers);
    this.#timer = setTimeout(() => {
      this.#givenUp = true;
      if (this.#chosen === null) onGivenUp();
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
    return allPeers(this.intent);
  }

  /** Plans again; true when the result differs. */
  update(facts: HostFacts): boolean {
    const before = JSON.stringify(this.#plan);
    this.#plan = this.#make(facts);
    this.#routers = routersById(this.#plan.core.routers);
    return JSON.stringify(this.#plan) !== before;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #make(facts: HostFacts): Plan {
    const options = { namedInterfaceGivenUp: this.#givenUp, chosenInterface: this.#chosen };
    const made = this.#identified(plan(this.intent, facts, options));
    // Why it was chosen stays true, and says more than that it was.
    if (this.#chosen !== null) return { ...made, interfaceReason: this.#plan.interfaceReason };
    this.#chosen = made.interface;
    return made;
  }

  /** An interface that was waited for in vain gives way to another one; the virtual routers are the same. */
  #identified(made: Plan): Plan {
    const routers = made.core.routers.map((router) => {
      this.#interfaceOfIds ??= router.interface;
      return { ...router, id: routerId(this.#interfaceOfIds, router.family, router.virtualRouterId) };
    });
    return { ...made, core: { ...made.core, routers } };
  }
}
