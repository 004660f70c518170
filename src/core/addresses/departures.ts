/**
 * Addresses that no virtual router of the configuration has any more, or none that put them there: they are removed, and a
 * removal that the kernel refuses is tried again until it is done or a virtual router has the address anew.
 */
import { MICROS_PER_SECOND, type Micros } from "../../base/time.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import type { AddressKey, RouterId } from "../identity.js";
import type { AddressOutcome } from "../input.js";
import type { Outbox } from "../outbox.js";

const RETRY_MICROS = MICROS_PER_SECOND;

const GONE_FROM_CONFIGURATION = "it is no longer in the configuration";

export class Departures {
  /** By address: whose it was. */
  readonly #waiting = new Map<AddressKey, RouterId>();
  readonly #retry: Deadline;

  /** @param isTaken whether a virtual router of the configuration has it now */
  constructor(
    private readonly deadlines: Deadlines,
    private readonly outbox: Outbox,
    private readonly isTaken: (address: AddressKey) => boolean,
  ) {
    this.#retry = new Deadline("reconcile addresses", null, () => this.#again());
  }

  /** They are on an interface, and have to go. */
  remove(router: RouterId, addresses: readonly AddressKey[]): void {
    if (addresses.length === 0) return;
    this.expect(router, addresses);
    this.outbox.emit({ type: "removeAddresses", router, addresses, why: GONE_FROM_CONFIGURATION });
  }

  /** Their removal is asked for already. */
  expect(router: RouterId, addresses: readonly AddressKey[]): void {
    for (const address of addresses) this.#waiting.set(address, router);
  }

  onRemoved(now: Micros, outcomes: readonly AddressOutcome[]): void {
    for (const { address, result } of outcomes) if (result === "done") this.#waiting.delete(address);
    if (this.#waiting.size > 0) this.deadlines.set(this.#retry, now + RETRY_MICROS);
    else this.deadlines.clear(this.#retry);
  }

  #again(): void {
    for (const address of this.#waiting.keys()) if (this.isTaken(address)) this.#waiting.delete(address);
    const byRouter = new Map<RouterId, AddressKey[]>();
    for (const [address, router] of this.#waiting)
      byRouter.set(router, [...(byRouter.get(router) ?? []), address]);
    for (const [router, addresses] of byRouter) this.remove(router, addresses);
  }
}
