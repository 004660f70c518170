/**
 * When it is planned again: once a burst of changes has been read, and not while an address is away for a moment. With many
 * virtual routers that takes a while, so the loop turns meanwhile.
 */
import { VrrpdError } from "../base/errors.js";
import { MICROS_PER_MILLISECOND } from "../base/time.js";
import { allPeers, type HostFacts, type Intent, type Plan } from "../config/index.js";
import type { InterfaceFacts } from "../config/plan/facts.js";
import { nowMicros } from "../host/native.js";
import { gatherHostFacts, hostFacts } from "../host/netlink/facts.js";
import { RouteWatch } from "../host/netlink/route-watch.js";
import { Absence } from "./absence.js";
import { Planner } from "./planner.js";
import { inTurns } from "./slices.js";

/** After the kernel could not say what its routes are. */
const RETRY_MILLIS = 1_000;

export interface ReplanningOptions {
  readonly intent: Intent;
  /** As the kernel's events have told. */
  readonly interfaces: () => readonly InterfaceFacts[];
  /** With these facts this is the plan; null: the one in force. */
  readonly apply: (facts: HostFacts, made: Plan | null) => void;
  readonly onProblem: (sentence: string) => void;
}

export class Replanning {
  readonly planner: Planner;
  readonly #absence = new Absence();
  /** null: there are no unicast peers, whose routes would matter. */
  #routes: RouteWatch | null = null;
  #due: NodeJS.Immediate | null = null;
  #retry: NodeJS.Timeout | null = null;
  #isPlanning = false;
  /** The host has changed since the planning began. */
  #isOutdated = false;
  /** A reload is being taken over, which comes first. */
  #held = false;
  #isStopped = false;

  /** Throws VrrpdError `ENETLINK` when the kernel does not answer. */
  constructor(private readonly options: ReplanningOptions) {
    const { intent } = options;
    this.planner = new Planner(intent, gatherHostFacts(allPeers(intent)), () => this.schedule());
  }

  /** Follows what no event of links and addresses tells. */
  watchRoutes(): void {
    if (this.planner.peers.length > 0) this.#routes ??= new RouteWatch(() => this.schedule());
  }

  /** While `work` goes on nothing is planned; afterwards always: what it works with may be older than the host is. */
  async holdDuring<T>(work: () => Promise<T>): Promise<T> {
    this.#held = true;
    try {
      return await work();
    } finally {
      this.#held = false;
      this.schedule();
    }
  }

  /** Where the kernel cannot be asked: what its events have told. */
  facts(peers = this.planner.peers): HostFacts {
    try {
      return gatherHostFacts(peers);
    } catch {
      return { interfaces: this.options.interfaces(), defaultRoute: null, routes: new Map() };
    }
  }

  schedule(): void {
    if (this.#held || this.#isStopped) return;
    this.#isOutdated = true;
    if (this.#isPlanning) return;
    this.#due ??= setImmediate(() => {
      this.#due = null;
      void this.#replan();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.planner.stop();
    this.#routes?.close();
    if (this.#due !== null) clearImmediate(this.#due);
    if (this.#retry !== null) clearTimeout(this.#retry);
  }

  async #replan(): Promise<void> {
    if (this.#held) return;
    this.#isPlanning = true;
    this.#isOutdated = false;
    const { interfaces, onProblem } = this.options;
    try {
      await this.#planFor(hostFacts(interfaces(), this.planner.peers));
    } catch (error) {
      if (!(error instanceof VrrpdError && error.code === "ENETLINK")) throw error;
      onProblem(error.message);
      this.#scheduleIn(RETRY_MILLIS);
    } finally {
      this.#isPlanning = false;
      if (this.#isOutdated) this.schedule();
    }
  }

  async #planFor(facts: HostFacts): Promise<void> {
    const now = nowMicros();
    const before = this.planner.current;
    const heldUntil = this.#absence.holdsUntil(now, before, facts);
    if (heldUntil !== null) return this.#scheduleIn((heldUntil - now) / MICROS_PER_MILLISECOND);
    const made = await inTurns(this.planner.consider(facts));
    // A reload that came meanwhile plans again when it is done.
    if (!this.#held && !this.#isStopped && this.planner.current === before) this.options.apply(facts, made);
  }

  #scheduleIn(millis: number): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.schedule(), millis);
  }
}
