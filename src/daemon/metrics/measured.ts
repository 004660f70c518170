/** What is measured while the daemon works: lateness, spacing of adverts, durations of checks, transitions by cause. */
import { Counter, Histogram, type Registry } from "prom-client";
import { type Micros, microsToSeconds } from "../../base/time.js";
import type { VirtualRouterConfig } from "../../core/config.js";
import type { Effect } from "../../core/effect.js";
import type { RouterId } from "../../core/identity.js";
import type { Observer } from "../loop/observer.js";
import { INSTANCE_LABELS, instanceLabels } from "./labels.js";

const LATENESS_BUCKETS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
const CHECK_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

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
    const registers = [registry];
    this.#lateness = new Histogram({
      name: "vrrpd_deadline_lateness_seconds",
      help: "How late the daemon's timers were",
      buckets: LATENESS_BUCKETS,
      registers,
    });
    this.#spacing = new Histogram({
      name: "vrrpd_advert_spacing_error_seconds",
      help: "By how much the time between two adverts of a master differed from its interval",
      buckets: LATENESS_BUCKETS,
      registers,
    });
    this.#checks = new Histogram({
      name: "vrrpd_check_duration_seconds",
      help: "How long the runs of a check took",
      labelNames: ["check"],
      buckets: CHECK_BUCKETS,
      registers,
    });
    this.#transitions = new Counter({
      name: "vrrpd_transitions_total",
      help: "Changes of state, by cause",
      labelNames: [...INSTANCE_LABELS, "from", "to", "cause"],
      registers,
    });
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
      else if (effect.type === "log" && effect.code === "transition") this.#onTransition(effect);
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

  #onTransition({ router, facts }: Extract<Effect, { type: "log" }>): void {
    if (router === null) return;
    this.#lastAdvertAt.delete(router);
    const { from, to, code } = facts;
    const labels = instanceLabels(this.routers().get(router)!);
    this.#transitions.inc({ ...labels, from: String(from), to: String(to), cause: String(code) });
  }
}
