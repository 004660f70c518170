/** What is measured while the daemon works: lateness, spacing of adverts, durations of checks, transitions, problems. */
import { Histogram, type Registry } from "prom-client";
import { type Micros, microsToSeconds } from "../../base/time.js";
import type { VirtualRouterConfig } from "../../core/config.js";
import type { Effect } from "../../core/effect.js";
import type { RouterId } from "../../core/identity.js";
import type { CauseCode } from "../../core/router/cause.js";
import type { State } from "../../core/router/state.js";
import type { Observer } from "../loop/observer.js";
import type { StatusDocument } from "../status/types.js";
import {
  checksOf,
  type Figures,
  type InstanceLabels,
  instanceLabels,
  type ProblemKind,
} from "./definitions/definition.js";
import { PROBLEM_KINDS } from "./definitions/problem-kinds.js";

const LATENESS_BUCKETS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
const CHECK_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

interface Described<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
}

export const MEASURED_METRICS = {
  lateness: {
    name: "vrrpd_deadline_lateness_seconds",
    type: "histogram",
    help: "How late the daemon's timers were",
    labels: [],
    buckets: LATENESS_BUCKETS,
  },
  spacing: {
    name: "vrrpd_advert_spacing_error_seconds",
    type: "histogram",
    help: "By how much the time between two adverts of a master differed from its interval",
    labels: [],
    buckets: LATENESS_BUCKETS,
  },
  checks: {
    name: "vrrpd_check_duration_seconds",
    type: "histogram",
    help: "How long the runs of a check took",
    labels: ["check"],
    buckets: CHECK_BUCKETS,
  },
} as const;

export class Measured implements Observer, Figures {
  /** By code and severity: a problem that is over is listed with 0. */
  readonly problems = new Map(PROBLEM_KINDS.map((kind) => [problemKey(kind), kind]));
  readonly #lateness: Histogram;
  readonly #spacing: Histogram;
  readonly #checks: Histogram<"check">;
  readonly #transitions = new Map<string, number>();
  readonly #causes = new Map<CauseCode, number>();
  /** Whose durations are counted. */
  readonly #checksKnown = new Set<string>();
  readonly #running = new Set<string>();
  /** When each virtual router sent its last advert as master. */
  readonly #lastAdvertAt = new Map<RouterId, Micros>();

  constructor(
    registry: Registry,
    private readonly routers: () => ReadonlyMap<RouterId, VirtualRouterConfig>,
  ) {
    const { lateness, spacing, checks } = MEASURED_METRICS;
    const options = <Label extends string>({ name, help, labels }: Described<Label>) => {
      return { name, help, labelNames: labels, registers: [registry] };
    };
    this.#lateness = new Histogram({ ...options(lateness), buckets: lateness.buckets });
    this.#spacing = new Histogram({ ...options(spacing), buckets: spacing.buckets });
    this.#checks = new Histogram({ ...options(checks), buckets: checks.buckets });
  }

  /** Before the metrics are rendered: what is new begins with 0, and what is no longer configured is left out. */
  prepare(status: StatusDocument): void {
    const checks = new Set(checksOf(status).map(({ name }) => name));
    for (const check of checks) this.#expect(check);
    for (const check of this.#checksKnown) if (!checks.has(check)) this.#forget(check);
    for (const { code, severity } of status.problems)
      this.problems.set(problemKey({ code, severity }), { code, severity });
  }

  transitions(instance: InstanceLabels, from: State, to: State): number {
    return this.#transitions.get(transitionKey(instance, from, to)) ?? 0;
  }

  caused(code: CauseCode): number {
    return this.#causes.get(code) ?? 0;
  }

  isRunning(check: string): boolean {
    return this.#running.has(check);
  }

  onDeadline(lateMicros: Micros): void {
    this.#lateness.observe(microsToSeconds(lateMicros));
  }

  onEffects(now: Micros, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === "sendAdvert" && effect.what === "advert") this.#onAdvert(now, effect.router);
      else if (effect.type === "transition") this.#onTransition(effect);
    }
  }

  onCheckStarted(check: string): void {
    this.#running.add(check);
  }

  onCheckEnded(check: string, tookMicros: Micros): void {
    this.#running.delete(check);
    this.#expect(check);
    this.#checks.observe({ check }, microsToSeconds(tookMicros));
  }

  #expect(check: string): void {
    if (this.#checksKnown.has(check)) return;
    this.#checksKnown.add(check);
    this.#checks.zero({ check });
  }

  #forget(check: string): void {
    this.#checksKnown.delete(check);
    this.#checks.remove({ check });
  }

  #onAdvert(now: Micros, router: RouterId): void {
    const last = this.#lastAdvertAt.get(router);
    this.#lastAdvertAt.set(router, now);
    if (last === undefined) return;
    const interval = this.routers().get(router)?.advertIntervalMicros;
    if (interval === undefined) return;
    this.#spacing.observe(microsToSeconds(Math.abs(now - last - interval)));
  }

  #onTransition({ router, from, to, cause }: Extract<Effect, { type: "transition" }>): void {
    this.#lastAdvertAt.delete(router);
    const config = this.routers().get(router);
    if (config === undefined) return;
    const key = transitionKey(instanceLabels(config), from, to);
    this.#transitions.set(key, (this.#transitions.get(key) ?? 0) + 1);
    this.#causes.set(cause.code, this.caused(cause.code) + 1);
  }
}

function problemKey({ severity, code }: ProblemKind): string {
  return `${severity} ${code}`;
}

function transitionKey({ iname, intf, vrid }: InstanceLabels, from: State, to: State): string {
  return [iname, intf, vrid, from, to].join("\n");
}
