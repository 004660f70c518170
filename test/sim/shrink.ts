/** Delta debugging: leaves out faults as long as the same rule is still broken. */
import type { Fault } from "./faults/fault.js";
import type { Scenario } from "./scenario.js";
import type { Violation } from "./violation.js";

const MOST_RUNS = 300;

export interface Shrunk {
  readonly scenario: Scenario;
  readonly runs: number;
}

export function shrink(
  scenario: Scenario,
  rule: string,
  violationOf: (candidate: Scenario) => Violation | null,
): Shrunk {
  let runs = 0;
  const breaks = (faults: readonly Fault[]) => {
    runs += 1;
    return violationOf({ ...scenario, faults })?.rule === rule;
  };
  let faults = scenario.faults;
  let parts = 2;
  while (faults.length > 0 && runs < MOST_RUNS) {
    const size = Math.ceil(faults.length / parts);
    const starts = Array.from({ length: Math.ceil(faults.length / size) }, (_, index) => index * size);
    const without = (start: number) => faults.filter((_, index) => index < start || index >= start + size);
    const fewer = starts.map(without).find((candidate) => runs < MOST_RUNS && breaks(candidate));
    if (fewer !== undefined) {
      faults = fewer;
      parts = Math.max(2, parts - 1);
    } else if (size === 1) break;
    else parts = Math.min(faults.length, parts * 2);
  }
  return { scenario: { ...scenario, faults }, runs };
}
