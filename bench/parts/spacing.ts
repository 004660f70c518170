/** By how much the gaps between a master's adverts miss the interval, on an idle and on a busy machine. */
import { percentile, spacingErrors } from "../figures/numbers.js";
import { type Row, row, type Tail } from "../figures/results.js";
import { pause } from "../lab/clock.js";
import { KINDS, type Lab, PRIORITY, withLabs } from "../lab/lab.js";
import { BUSY_LOOPS, busyLoops, endAll } from "../lab/load.js";
import { singles } from "../lab/routers.js";
import { Stamps, timesByRouter, untilMaster } from "../lab/stamps.js";
import { type Part, type PartOptions, type Sides, sides } from "./part.js";

interface Plan {
  readonly routers: number;
  readonly intervalSeconds: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly inQuick: (busy: boolean) => boolean;
}

const always = () => true;
const never = () => false;
const whenIdle = (busy: boolean) => !busy;

const PLANS: readonly Plan[] = [
  { routers: 1, intervalSeconds: 1, seconds: 12, rounds: 1, inQuick: never },
  { routers: 1, intervalSeconds: 0.1, seconds: 5, rounds: 2, inQuick: never },
  { routers: 1, intervalSeconds: 0.01, seconds: 4, rounds: 3, inQuick: whenIdle },
  { routers: 255, intervalSeconds: 1, seconds: 6, rounds: 2, inQuick: never },
  { routers: 255, intervalSeconds: 0.1, seconds: 4, rounds: 3, inQuick: always },
  { routers: 255, intervalSeconds: 0.02, seconds: 3, rounds: 3, inQuick: never },
];
/** As default, which is no real-time scheduling; and with it, as a busy host should have it. */
const CONDITIONS = [
  { name: "idle", busy: false },
  { name: `${BUSY_LOOPS} busy loops`, busy: true },
  { name: `${BUSY_LOOPS} busy loops, real-time`, busy: true, realtimePriority: 20 },
] as const;
type Condition = (typeof CONDITIONS)[number];
/** Past the announcements of a new master, which end after six seconds. */
const CALM_MILLIS = 6_500;

export const spacing: Part = {
  name: "spacing",
  title: "Advert spacing error (p50 / p99 / p99.9 / max; ratio of the p99.9)",
  async run(options) {
    const rows: Row[] = [];
    for (const condition of CONDITIONS) {
      for (const plan of PLANS) {
        if (options.quick && !plan.inQuick(condition.busy)) continue;
        if ("realtimePriority" in condition && plan.intervalSeconds > 0.1) continue;
        rows.push(await measure(plan, condition, options));
      }
    }
    return { rows };
  },
};

async function measure(plan: Plan, condition: Condition, { quick, say }: PartOptions): Promise<Row> {
  const { routers, intervalSeconds, seconds } = plan;
  const what = `spacing error, ${routers} router${routers === 1 ? "" : "s"} at ${intervalSeconds} s, ${condition.name}`;
  say(what);
  const realtime = "realtimePriority" in condition ? { realtimePriority: condition.realtimePriority } : {};
  const setup = { routers: singles(routers), intervalSeconds, priority: PRIORITY, ...realtime };
  const errors = sides();
  const worst = sides();
  await withLabs(
    KINDS.map((kind) => ({ kind, setup })),
    async (labs) => {
      await Promise.all(
        labs.map(async (lab) => {
          await lab.daemon("a").start();
          await untilMaster(lab, "a", routers);
        }),
      );
      await pause(CALM_MILLIS);
      for (let round = 0; round < (quick ? 1 : plan.rounds); round += 1) {
        for (const [index, lab] of labs.entries()) {
          const found = await errorsOf(
            lab,
            intervalSeconds,
            quick ? Math.min(seconds, 3) : seconds,
            condition.busy,
          );
          take(errors, worst, index === 0 ? "ours" : "theirs", found);
        }
      }
    },
  );
  return row({
    what,
    unit: "ms",
    ...worst,
    aim: { of: "ratio", most: 1 },
    tails: { ours: tailOf(errors.ours), theirs: tailOf(errors.theirs) },
  });
}

function take(errors: Sides, worst: Sides, side: keyof Sides, found: readonly number[]): void {
  for (const error of found) errors[side].push(error);
  worst[side].push(percentile(found, 0.999));
}

async function errorsOf(
  lab: Lab,
  intervalSeconds: number,
  seconds: number,
  busy: boolean,
): Promise<number[]> {
  const stamps = await Stamps.start(lab, "c");
  const loops = busy ? busyLoops(lab) : [];
  // The recorder may wait for the processor too: the kernel has stamped what it reads later.
  await pause(seconds * 1000);
  await endAll(loops);
  const adverts = await stamps.adverts();
  const errors = timesByRouter(adverts, "a").flatMap((times) => spacingErrors(times, intervalSeconds * 1e6));
  // One that hardly says a word is as late as the whole measurement was long.
  if (errors.length === 0) return [seconds * 1000];
  return errors.map((micros) => micros / 1000);
}

function tailOf(values: readonly number[]): Tail {
  return [
    percentile(values, 0.5),
    percentile(values, 0.99),
    percentile(values, 0.999),
    percentile(values, 1),
  ];
}
