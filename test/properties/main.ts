/** `npm run fuzz -- [--seconds N] [--seed S]`: exit code 1 when a property is broken, 2 when the command is not understood. */
import { parseArgs } from "node:util";
import { PROPERTIES } from "./all.js";
import { fuzz, MAX_SEED, type Tally } from "./fuzz.js";

const DEFAULT_SECONDS = 60;
const USAGE = `usage: npm run fuzz -- [--seconds N] [--seed S], with N from 1 on and S from 0 to ${MAX_SEED}`;

process.exitCode = main(process.argv.slice(2));

function main(parameters: string[]): number {
  const options = read(parameters);
  if (options === null) {
    console.error(USAGE);
    return 2;
  }
  console.log(`seed ${options.seed}, ${options.seconds} s, ${PROPERTIES.length} properties`);
  const { tallies, failure } = fuzz(PROPERTIES, { ...options, clock: () => performance.now() / 1000 });
  report(tallies);
  if (failure === null) return 0;
  console.log(`\nBROKEN: ${failure.property.name}\n${failure.details}`);
  console.log(`\nagain: npm run fuzz -- --seconds 1 --seed ${failure.seed}`);
  return 1;
}

function read(parameters: string[]): { seconds: number; seed: number } | null {
  try {
    const options = { seconds: { type: "string" }, seed: { type: "string" } } as const;
    const { values } = parseArgs({ args: parameters, options, strict: true });
    const seconds = values.seconds === undefined ? DEFAULT_SECONDS : Number(values.seconds);
    const seed = values.seed === undefined ? Date.now() & MAX_SEED : Number(values.seed);
    return seconds >= 1 && Number.isFinite(seconds) && seed === (seed & MAX_SEED) ? { seconds, seed } : null;
  } catch {
    return null;
  }
}

function report(tallies: readonly Tally[]): void {
  const total = { runs: 0, seconds: 0 };
  for (const { property, runs, seconds } of tallies) {
    console.log(line(runs, seconds, property.name));
    total.runs += runs;
    total.seconds += seconds;
  }
  console.log(line(total.runs, total.seconds, "all together"));
}

function line(runs: number, seconds: number, name: string): string {
  const rate = seconds === 0 ? 0 : Math.round(runs / seconds);
  return `${String(runs).padStart(9)} runs  ${String(rate).padStart(7)} runs/s  ${name}`;
}
