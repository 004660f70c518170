/** Runs seeds, and makes of a failure something that a person can read. */
import { describeFault } from "./faults/fault.js";
import { generate } from "./generate.js";
import type { Scenario } from "./scenario.js";
import { shrink } from "./shrink.js";
import { Timeline } from "./timeline.js";
import { Violation } from "./violation.js";
import { type Counts, newCounts, World } from "./world.js";

/** null: all rules held. */
export function runScenario(
  scenario: Scenario,
  timeline: Timeline | null = null,
): { violation: Violation | null; counts: Counts } {
  const world = new World(scenario, timeline);
  try {
    world.run();
    return { violation: null, counts: world.counts };
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return { violation: error, counts: world.counts };
  }
}

export interface Total extends Counts {
  runs: number;
}

export function newTotal(): Total {
  return { runs: 0, ...newCounts() };
}

/** Runs one seed and adds to the total; returns a report of its failure, or null. @param brief one line of it */
export function runSeed(seed: number, total: Total, brief = false): string | null {
  const scenario = generate(seed);
  const { violation, counts } = runScenario(scenario);
  total.runs += 1;
  for (const key of Object.keys(counts) as (keyof Counts)[]) total[key] += counts[key];
  if (violation === null) return null;
  return brief ? `seed ${seed}: ${violation.message}` : report(scenario, violation);
}

/** The seed, the fewest faults that still break the same rule, and what happened. */
export function report(scenario: Scenario, violation: Violation): string {
  const shrunk = shrink(scenario, violation.rule, (candidate) => runScenario(candidate).violation);
  const timeline = new Timeline();
  const last = runScenario(shrunk.scenario, timeline).violation ?? violation;
  const nameOf = (host: number) => scenario.hosts[host]!.name;
  const seconds = (micros: number) => (micros / 1_000_000).toFixed(6);
  const router = last.router === null ? null : scenario.routers[last.router]!;
  return [
    `seed ${scenario.seed}: ${last.message}`,
    `  repeat it with: npm run sim -- ${scenario.seed}`,
    `hosts:`,
    ...scenario.hosts.map((host) => {
      const choice = host.choices[last.router ?? 0]!;
      const delay = choice.preempt.mode === "delay" ? ` ${choice.preempt.delaySeconds} s` : "";
      return `  ${host.name} ${host.sources[router?.family ?? "ipv4"].text} priority ${choice.priority}, preempt ${choice.preempt.mode}${delay}, interval ${seconds(host.advertIntervalMicros)} s, boots at ${seconds(host.bootAt)} s`;
    }),
    `virtual router: ${router === null ? "all" : JSON.stringify({ ...router, pool: router.pool.length, password: router.password !== null })}`,
    `sync groups: ${JSON.stringify(scenario.groups)}`,
    `lease ${scenario.leaseSeconds} s, renewed every ${scenario.renewIntervalMicros} µs; checks ${JSON.stringify(scenario.checks)}, ${scenario.downTimerAdverts} adverts missed`,
    `faults: ${shrunk.scenario.faults.length} of ${scenario.faults.length} are enough (${shrunk.runs} runs)`,
    ...shrunk.scenario.faults.map(
      (fault) => `  ${seconds(fault.at)} s to ${seconds(fault.until)} s: ${describeFault(fault, nameOf)}`,
    ),
    `timeline:`,
    timeline.show(last.router),
  ].join("\n");
}
