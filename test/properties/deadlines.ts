/** The table of deadlines against the simplest thing that does the same. */
import fc from "fast-check";
import { Deadline, Deadlines } from "../../src/core/deadlines.js";
import { named } from "./property.js";

type Step = { set: number; at: number } | { clear: number } | { fire: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ set: fc.nat(11), at: fc.nat(60) }) },
    { weight: 3, arbitrary: fc.record({ clear: fc.nat(11) }) },
    { weight: 1, arbitrary: fc.record({ fire: fc.nat(60) }) },
  ),
  { maxLength: 120 },
);

export const deadlinesAreAList = named(
  "deadlines behave as a plain list that is searched each time",
  500,
  fc.property(steps, (plan) => {
    const deadlines = new Deadlines();
    const list = new Map<number, number>();
    let fired: number[] = [];
    const all = Array.from(
      { length: 12 },
      () => new Deadline("advertise", "t", (_now, at) => fired.push(at)),
    );
    for (const step of plan) {
      fired = [];
      let expected: number[] = [];
      if ("set" in step) {
        deadlines.set(all[step.set]!, step.at);
        list.set(step.set, step.at);
      } else if ("clear" in step) {
        deadlines.clear(all[step.clear]!);
        list.delete(step.clear);
      } else {
        deadlines.fireDue(step.fire);
        const due = [...list].filter(([, at]) => at <= step.fire);
        for (const [index] of due) list.delete(index);
        expected = due.map(([, at]) => at).sort((a, b) => a - b);
      }
      const earliest = list.size === 0 ? null : Math.min(...list.values());
      const armed = all.every((deadline, index) => deadline.armed === list.has(index));
      if ((deadlines.next()?.at ?? null) !== earliest || !armed) return false;
      if (JSON.stringify(fired) !== JSON.stringify(expected)) return false;
    }
    return true;
  }),
);
