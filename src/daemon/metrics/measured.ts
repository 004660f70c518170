/** What is measured while the daemon works: lateness, spacing of adverts, durations of checks, transitions by cause. */
import { Counter, Histogram, type Registry } from "prom-client";
import { type Micros, microsToSeconds } from "../../base/time.js";
import type { VirtualRouterConfig } from "../../core/config.js";
import type { Effect } from "../../core/effect.js";
import type { RouterId } from "../../core/identity.js";
import type { Observer } from "../loop/observer.js";
import { INSTANCE_LABELS, instanceLabels } from "./definitions/definition.js";

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
  transitions: {
    name: "vrrpd_transitions_total",
    type: "counter",
    help: "Changes of state, by cause",
    labels: [...INSTANCE_LABELS, "from", "to", "cause"],
  },
} as const;

export class Measured implements Observer {
  readonly #lateness: Histogram;
  readonly #spacing: Histogram;
  readonly #checks: Histogram<"check">;
  readonly #transitions: Counter;
  readonly #running = new Set<string>();
  /** When each virtual router sent its last advert as master. */
  readonly #lastAdvertAt = new Map<RouterId, Micros>();

  constructor(
    registry: Registry,
    private readonly routers: () => ReadonlyMap<RouterId, VirtualRouterConfig>,
  ) {
    const { lateness, spacing, checks, transitions } = MEASURED_METRICS;
    const options = <Label extends string>({ name, help, labels }: Described<Label>) => {
      return { name, help, labelNames: labels, registers: [registry] };
    };
    this.#lateness = new Histogram({ ...options(lateness), buckets: lateness.buckets });
    this.#spacing = new Histogram({ ...options(spacing), buckets: spacing.buckets });
    this.#checks = new Histogram({ ...options(checks), buckets: checks.buckets });
    this.#transitions = new Counter(options(transitions));
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
    this.#checks.observe({ check }, microsToSeconds(tookMicros));
  }

  #onAdvert(now: Micros, router: RouterId): void {
    const last = this.#lastAdvertAt.get(router);
    this.#lastAdvertAt.set(router, now);
    if (last === undefined) return;
    const interval = this.routers().get(router)!.advertIntervalMicros;
    this.#spacing.observe(microsToSeconds(Math.abs(now - last - interval)));
  }

  #onTransition({ router, from, to, cause }: Extract<Effect, { type: "transition" }>): void {
    this.#lastAdvertAt.delete(router);
    this.#transitions.inc({ ...instanceLabels(this.routers().get(router)!), from, to, cause: cause.code });
  }
}
