/** The checks of the configuration, run beside the loop; their results are inputs. */
import type { Micros } from "../base/time.js";
import type { Plan } from "../config/index.js";
import type { Input } from "../core/input.js";
import { type CheckHooks, kindOf, type RunningCheck } from "../host/checks/index.js";
import type { Launchers } from "../host/scripts/launchers.js";

export interface ChecksHooks {
  readonly launchers: Launchers;
  readonly onResult: (result: Extract<Input, { type: "check" }>) => void;
  readonly onProblem: (sentence: string) => void;
  /** Whether this node has the address now. What the kernel told meanwhile has reached `addressMoved` before it answers. */
  readonly hasAddress: (text: string) => boolean;
  /** A run of a check begins and ends. For those who measure. */
  readonly onStarted?: (check: string) => void;
  readonly onEnded?: (check: string, tookMicros: Micros) => void;
}

export class Checks {
  readonly #running = new Map<string, RunningCheck>();
  /** As they are planned now. */
  #planned: Plan["checks"];
  /** Those of which a run goes on. */
  readonly #active = new Set<string>();
  /** Checks whose address went or came since their run began. */
  readonly #disturbed = new Set<string>();

  constructor(
    plan: Plan,
    private readonly hooks: ChecksHooks,
  ) {
    this.#planned = plan.checks;
    for (const [name, check] of plan.checks)
      this.#running.set(name, kindOf(check).start(check, this.#hooksOf(name, false)));
  }

  /** The plan has changed: what checks connect to may have. */
  update(plan: Plan): void {
    this.#planned = plan.checks;
    for (const [name, check] of plan.checks) this.#running.get(name)?.update(check);
  }

  /** The configuration has changed: `ended` are no longer run, and whatever is planned and does not run is begun. */
  reconfigure(plan: Plan, ended: readonly string[]): void {
    for (const name of ended) {
      void this.#running.get(name)?.stop();
      this.#running.delete(name);
    }
    this.update(plan);
    for (const [name, check] of plan.checks)
      if (!this.#running.has(name))
        this.#running.set(name, kindOf(check).start(check, this.#hooksOf(name, true)));
  }

  /** An address of this node went or came. */
  addressMoved(text: string): void {
    for (const [name, { address }] of this.#planned) if (address?.text === text) this.#disturbed.add(name);
  }

  /** Whether a run of it goes on. */
  isActive(check: string): boolean {
    return this.#active.has(check);
  }

  /** How many processes it counts now; null: it counts none. */
  countOf(check: string): number | null {
    return this.#running.get(check)?.count?.() ?? null;
  }

  /** Resolves when no check is left running, within a second. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map((check) => check.stop()));
  }

  /** The hooks as one check calls them. */
  #hooksOf(check: string, isReload: boolean): CheckHooks {
    const { launchers, onProblem, onResult, onStarted, onEnded } = this.hooks;
    return {
      launchers,
      isReload,
      onProblem,
      onStarted: () => {
        this.#disturbed.delete(check);
        this.#active.add(check);
        onStarted?.(check);
      },
      onEnded: (tookMicros) => {
        this.#active.delete(check);
        onEnded?.(check, tookMicros);
      },
      onResult: (outcome, detail, value) => {
        if (outcome !== "pass" && !this.#countsNow(check)) return;
        onResult({ type: "check", check, outcome, detail, ...(value === undefined ? {} : { value }) });
      },
    };
  }

  /** A failure while the node's address is away, be it for a moment, says nothing about a service that is asked there. */
  #countsNow(check: string): boolean {
    const planned = this.#planned.get(check);
    if (planned === undefined) return false;
    const { connectsTo, address } = planned;
    if (connectsTo !== "node") return true;
    return address !== null && this.hooks.hasAddress(address.text) && !this.#disturbed.has(check);
  }
}
