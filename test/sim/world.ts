/** The simulated world: its time, its hosts, its LAN, and the faults that come over them. */
import type { Micros } from "../../src/base/time.js";
import { EventQueue } from "./event-queue.js";
import { applyFault } from "./faults/apply.js";
import { SimulatedHost } from "./host.js";
import { LEASE_LATENESS_MICROS } from "./kernel.js";
import { Lan, OUTSIDE } from "./lan.js";
import { judgeCalm, judgeSettled, livenessBoundMicros, observationMicros } from "./liveness.js";
import { Names } from "./names.js";
import { Prng } from "./prng.js";
import { PreemptionTruth } from "./safety/preemption-truth.js";
import type { Scenario } from "./scenario.js";
import type { Timeline } from "./timeline.js";
import { Violation } from "./violation.js";

export interface Counts {
  /** Masterships taken by another host than the one that had taken the last. */
  failovers: number;
  masterships: number;
  /** Inputs that cores have handled. */
  inputs: number;
  addressAdds: number;
  /** Announcements that were sent although a later effect of the same batch had given the address up. */
  staleAnnouncements: number;
  /** Simulated. */
  micros: Micros;
}

export function newCounts(): Counts {
  return { failovers: 0, masterships: 0, inputs: 0, addressAdds: 0, staleAnnouncements: 0, micros: 0 };
}

export class World {
  now: Micros = 0;
  readonly rng: Prng;
  readonly names: Names;
  readonly lan: Lan;
  readonly truth: PreemptionTruth;
  readonly machines: readonly SimulatedHost[];
  readonly counts: Counts = newCounts();
  readonly #queue = new EventQueue();
  readonly #lastMaster: (number | null)[];

  constructor(
    readonly scenario: Scenario,
    readonly timeline: Timeline | null,
  ) {
    this.rng = new Prng(scenario.seed ^ 0x5bd1e995);
    this.names = new Names(scenario.routers);
    this.#lastMaster = scenario.routers.map(() => null);
    this.lan = new Lan(scenario.hosts.length, this.rng.fork(), {
      sent: (at, from, packets) => {
        const host = from === OUTSIDE ? null : from;
        for (const { router, source, advert } of packets)
          if (!this.isGrouped(router)) this.truth.sent(router, host, { at, source, advert });
      },
      deliver: (at, to, packets) => this.schedule(at, () => this.machines[to]!.receive(packets)),
    });
    this.truth = new PreemptionTruth(scenario.hosts.length, scenario.routers.length);
    this.machines = scenario.hosts.map((host) => new SimulatedHost(this, host));
  }

  /** Whether the virtual router is in a sync group. */
  isGrouped(router: number): boolean {
    return this.groupOf(router).length > 1;
  }

  /** The members of its sync group; of none: itself. */
  groupOf(router: number): readonly number[] {
    return this.scenario.groups.find((members) => members.includes(router)) ?? [router];
  }

  schedule(at: Micros, run: () => void): void {
    this.#queue.schedule(at, run);
  }

  mastered(router: number, host: number): void {
    this.counts.masterships += 1;
    const last = this.#lastMaster[router]!;
    if (last !== null && last !== host) this.counts.failovers += 1;
    this.#lastMaster[router] = host;
  }

  /** Runs the scenario; throws the Violation that it comes upon. */
  run(): void {
    for (const machine of this.machines) {
      machine.down.add("not started");
      this.schedule(machine.spec.bootAt, () => {
        machine.down.delete("not started");
        machine.boot();
      });
    }
    for (const fault of this.scenario.faults) {
      this.schedule(fault.at, () => applyFault(this, fault, true));
      this.schedule(fault.until, () => applyFault(this, fault, false));
    }
    const settledBy = this.scenario.quietAt + livenessBoundMicros(this.scenario);
    this.#runUntil(settledBy);
    const picture = judgeSettled(this);
    this.#runUntil(settledBy + observationMicros(this.scenario));
    judgeCalm(this, picture);
    this.counts.micros = this.now;
  }

  #runUntil(end: Micros): void {
    while (this.#queue.nextAt <= end) {
      const event = this.#queue.take();
      this.now = event.at;
      this.#runEvent(event.run);
    }
    this.now = end;
  }

  #runEvent(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (error instanceof Violation) throw error;
      throw new Violation("thrown", (error as Error).stack ?? String(error), null, null);
    }
  }

  /** Nobody's address outlives its lease, least of all a dead or frozen daemon's. */
  judgeLeases(): void {
    for (const { kernel, spec } of this.machines) {
      for (const [router, { pool }] of this.scenario.routers.entries()) {
        for (const address of pool.keys()) {
          const held = kernel.held(router, address);
          if (held === null || held.leaseSeconds === null) continue;
          const age = this.now - held.renewedAt;
          if (age <= held.leaseSeconds * 1_000_000 + LEASE_LATENESS_MICROS) continue;
          throw new Violation(
            "lease-outlived",
            `address ${address} was renewed ${age} µs ago`,
            spec.name,
            router,
          );
        }
      }
    }
  }
}
