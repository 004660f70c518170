/** The simulator at its short length; `npm run sim -- [seed] [--runs N]` runs more. */
import t from "tap";
import { drawFaults } from "./faults/draw.js";
import { generate } from "./generate.js";
import { Prng } from "./prng.js";
import { newTotal, report, runSeed } from "./run.js";
import type { Scenario } from "./scenario.js";
import { shrink } from "./shrink.js";
import { Violation } from "./violation.js";

const FIXED_SEEDS = 250;
const FRESH_SEEDS = 20;
const LEAST_FAILOVERS = 10_000;

t.test("[6.4.2-7 +-] [6.4.3-11 +-] fixed seeds break no rule, before and after the faults end", async (t) => {
  const total = newTotal();
  const startedAt = performance.now();
  for (let seed = 1; seed <= FIXED_SEEDS; seed += 1) {
    const failure = runSeed(seed, total);
    if (failure !== null) t.fail(failure);
  }
  const rate = Math.round((1000 * total.failovers) / (performance.now() - startedAt));
  t.comment(`${total.failovers} failovers in ${total.runs} runs, ${rate} a second; ${total.inputs} inputs`);
  t.ok(total.failovers >= LEAST_FAILOVERS, `${total.failovers} failovers are at least ${LEAST_FAILOVERS}`);
});

t.test("fresh seeds break no rule", async (t) => {
  const first = Date.now() % 1_000_000_000;
  t.comment(`fresh seeds from ${first} on`);
  const total = newTotal();
  for (let seed = first; seed < first + FRESH_SEEDS; seed += 1) {
    const failure = runSeed(seed, total);
    if (failure !== null) t.fail(failure);
  }
  t.equal(total.runs, FRESH_SEEDS);
});

t.test("a seed always makes the same run", async (t) => {
  const [once, again] = [newTotal(), newTotal()];
  runSeed(3, once);
  runSeed(3, again);
  t.same(once, again);
  t.same(generate(3), generate(3));
  t.notSame(generate(3), generate(8));
});

t.test("shrinking keeps just the faults that are needed to break the same rule", async (t) => {
  const scenario = generate(5);
  const faults = drawFaults(new Prng(1), scenario).slice(0, 16);
  const [first, second] = [faults[3]!, faults[11]!];
  const violationOf = (candidate: Scenario) => {
    const both = candidate.faults.includes(first) && candidate.faults.includes(second);
    return both ? new Violation("rule", "both", null, null) : null;
  };
  t.equal(faults.length, 16);
  t.same(shrink({ ...scenario, faults }, "rule", violationOf).scenario.faults, [first, second]);
  t.equal(shrink({ ...scenario, faults }, "other rule", violationOf).scenario.faults.length, 16);
});

t.test("a failure tells the seed, the faults that are enough for it, and what happened", async (t) => {
  const scenario = generate(5);
  const faults = drawFaults(new Prng(1), scenario).slice(0, 3);
  const text = report({ ...scenario, faults }, new Violation("masters", "A and B are master", "A", 0));
  t.match(text, /^seed 5: masters: host A: A and B are master\n {2}repeat it with: npm run sim -- 5\n/);
  t.match(text, /\n {2}B [\d.a-f:]+ priority \d+, preempt \w+.*, interval [\d.]+ s, boots at [\d.]+ s\n/);
  t.match(text, /\nfaults: 3 of 3 are enough .*\n(?: {2}[\d.]+ s to [\d.]+ s: \w+.*\n){3}timeline:\n/);
  t.match(text, /timeline:(?:\n +\d+\.\d{6} s {2}(?:[A-G]|LAN) +\S.*)+$/);
});
