/** The lock of a virtual router: one daemon of a host runs it at a time. The host holds it, for one interface. */
import { MICROS_PER_SECOND, type Micros } from "../../base/time.js";
import type { VirtualRouterConfig } from "../config.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import type { RouterId } from "../identity.js";
import type { Outbox } from "../outbox.js";
import type { LockView } from "./readiness.js";

const RETRY_MICROS = MICROS_PER_SECOND;

/** Of the virtual router that needs it. */
export interface LockedRouter {
  readonly id: RouterId;
  readonly config: VirtualRouterConfig;
}

export class Lock {
  holder: LockView;
  #asked = false;
  readonly #retry: Deadline;

  constructor(
    private readonly router: LockedRouter,
    private readonly deadlines: Deadlines,
    private readonly outbox: Outbox,
  ) {
    this.#retry = new Deadline("ask for the lock", router.config.name, () => this.acquire());
  }

  /** Asks for it, unless the answer is still to come. */
  acquire(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.outbox.emit({ type: "acquireLock", router: this.router.id });
  }

  /** @param holder null: it is ours */
  onAnswer(now: Micros, holder: string | null): void {
    this.holder = holder;
    this.#asked = false;
    if (holder !== null) this.deadlines.set(this.#retry, now + RETRY_MICROS);
  }

  /** The virtual router is on another interface now. */
  forget(): void {
    this.holder = undefined;
  }

  /** It is not asked for again. */
  stop(): void {
    this.deadlines.clear(this.#retry);
  }
}
