/**
 * `npm run sim -- [seed] [--runs N] [--failures N] [--brief]`: runs N seeds from the given one on; without a seed, from
 * a fresh one. It ends early after that many failures; `--brief` ends at the first and tells of it in one line.
 */
import { parseArgs } from "node:util";
import { newTotal, runSeed } from "./run.js";

const DEFAULT_RUNS = 200;
const MOST_FAILURES = 3;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string" },
    failures: { type: "string" },
    brief: { type: "boolean", default: false },
  },
});
const given = positionals[0] === undefined ? null : Number(positionals[0]);
const first = given ?? Date.now() % 1_000_000_000;
const runs = Number(values.runs ?? (given === null ? DEFAULT_RUNS : 1));
if (!Number.isSafeInteger(first) || first < 0 || !Number.isSafeInteger(runs) || runs < 1) {
  console.error("usage: npm run sim -- [seed] [--runs N], with a whole number from 0 on and one from 1 on");
  process.exit(2);
}

const total = newTotal();
const startedAt = performance.now();
let failures = 0;
for (let seed = first; seed < first + runs; seed += 1) {
  const failure = runSeed(seed, total, values.brief);
  if (failure === null) continue;
  failures += 1;
  console.error(`${failure}\n`);
  if (values.brief || failures >= Number(values.failures ?? MOST_FAILURES)) break;
}
const seconds = (performance.now() - startedAt) / 1000;
const simulated = total.micros / 1_000_000;
console.log(
  `${total.runs} runs from seed ${first}, ${failures} failed; ${total.failovers} failovers, ` +
    `${Math.round(total.failovers / seconds)} a second; ${total.inputs} inputs in ${seconds.toFixed(1)} s ` +
    `for ${Math.round(simulated)} simulated seconds`,
);
if (total.staleAnnouncements > 0)
  console.log(`${total.staleAnnouncements} announcements were outdated when sent`);
process.exitCode = failures > 0 ? 1 : 0;
