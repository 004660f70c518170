/** The checks of one simulated host: a result each interval, while its daemon lives. */
import type { Micros } from "../../src/base/time.js";
import type { CheckOutcome } from "../../src/core/input.js";
import type { SimulatedDaemon } from "./daemon.js";
import type { SimulatedHost } from "./host.js";
import type { CheckSpec } from "./scenario.js";

export interface Failure {
  readonly check: number;
  readonly since: Micros;
  /** Fails and passes in turns of this length; null: fails. */
  readonly flapMicros: Micros | null;
}

export class ServiceChecks {
  readonly failures = new Set<Failure>();

  constructor(private readonly machine: SimulatedHost) {}

  start(daemon: SimulatedDaemon): void {
    const { world } = this.machine;
    for (const [index, check] of world.scenario.checks.entries()) {
      const first = world.now + Math.floor(world.rng.next() * Math.min(check.intervalMicros, 100_000));
      world.schedule(first, () => this.#run(daemon, index, check));
    }
  }

  #run(daemon: SimulatedDaemon, index: number, check: CheckSpec): void {
    if (!daemon.alive) return;
    const { world } = this.machine;
    const outcome = this.#outcome(index);
    daemon.tell(check.name, { type: "check", check: check.name, outcome, detail: outcome });
    world.schedule(world.now + check.intervalMicros, () => this.#run(daemon, index, check));
  }

  #outcome(index: number): CheckOutcome {
    const { world, spec } = this.machine;
    if (spec.deadProbe && index === 0) return "fail";
    for (const failure of this.failures) {
      if (failure.check !== index) continue;
      const turn =
        failure.flapMicros === null ? 0 : Math.floor((world.now - failure.since) / failure.flapMicros);
      if (turn % 2 === 0) return world.rng.chance(0.2) ? "timeout" : "fail";
    }
    return "pass";
  }
}
