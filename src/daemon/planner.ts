/** Keeps the plan in step with the host: what a missing interface or address left open is planned again. */
import type { IpAddress } from "../base/address.js";
import { type HostFacts, type Plan, plan, type Request } from "../config/index.js";

/** How long a named interface is waited for before the usual ones are tried, as the contract says. */
const GIVE_UP_MILLIS = 60_000;

export class Planner {
  #givenUp = false;
  #chosen: string | null = null;
  readonly #timer: NodeJS.Timeout;
  #plan: Plan;

  /** @param onGivenUp it is time to plan again, with the usual interfaces. */
  constructor(
    private readonly request: Request,
    facts: HostFacts,
    onGivenUp: () => void,
  ) {
    this.#plan = this.#make(facts);
    this.#timer = setTimeout(() => {
      this.#givenUp = true;
      if (this.#chosen === null) onGivenUp();
    }, GIVE_UP_MILLIS);
    this.#timer.unref();
  }

  get current(): Plan {
    return this.#plan;
  }

  /** As listed, this node itself included: their routes are among the facts. */
  get peers(): readonly IpAddress[] {
    return this.request.unicastPeers;
  }

  /** Plans again; true when the result differs. */
  update(facts: HostFacts): boolean {
    const before = JSON.stringify(this.#plan);
    this.#plan = this.#make(facts);
    return JSON.stringify(this.#plan) !== before;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #make(facts: HostFacts): Plan {
    const options = { namedInterfaceGivenUp: this.#givenUp, chosenInterface: this.#chosen };
    const made = plan(this.request, facts, options);
    // Why it was chosen stays true, and says more than that it was.
    if (this.#chosen !== null) return { ...made, interfaceReason: this.#plan.interfaceReason };
    this.#chosen = made.interface;
    return made;
  }
}
