import fc from "fast-check";
import t from "tap";
import { Deadline, Deadlines } from "../../src/core/deadlines.js";

t.test("fires the earliest first, disarmed, with the time that had been set", async (t) => {
  const deadlines = new Deadlines();
  const fired: string[] = [];
  const make = (name: string) =>
    new Deadline(name, "test", (now, at) => fired.push(`${name} ${at} at ${now} ${deadline[name]?.armed}`));
  const deadline: Record<string, Deadline> = { a: make("a"), b: make("b"), c: make("c") };
  deadlines.set(deadline.a!, 30);
  deadlines.set(deadline.b!, 10);
  deadlines.set(deadline.c!, 20);
  deadlines.fireDue(25);
  t.same(fired, ["b 10 at 25 false", "c 20 at 25 false"]);
  t.equal(deadlines.next(), deadline.a);
});

t.test("one that is armed or cleared by another one's firing", async (t) => {
  const deadlines = new Deadlines();
  const fired: string[] = [];
  const late = new Deadline("late", "test", () => fired.push("late"));
  const victim = new Deadline("victim", "test", () => fired.push("victim"));
  const first = new Deadline("first", "test", (now) => {
    fired.push("first");
    deadlines.clear(victim);
    deadlines.set(late, now);
  });
  deadlines.set(victim, 2);
  deadlines.set(first, 1);
  deadlines.fireDue(5);
  t.same(fired, ["first", "late"]);
  t.equal(deadlines.next(), null);
});

type Step = { set: number; at: number } | { clear: number } | { fire: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ set: fc.nat(11), at: fc.nat(60) }) },
    { weight: 3, arbitrary: fc.record({ clear: fc.nat(11) }) },
    { weight: 1, arbitrary: fc.record({ fire: fc.nat(60) }) },
  ),
  { maxLength: 120 },
);

t.test("behaves as a plain list that is searched each time", async (t) => {
  const property = fc.property(steps, (plan) => {
    const deadlines = new Deadlines();
    const list = new Map<number, number>();
    let fired: number[] = [];
    const all = Array.from(
      { length: 12 },
      (_, index) => new Deadline(`${index}`, "t", (_now, at) => fired.push(at)),
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
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});
