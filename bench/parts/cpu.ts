/** Processor time of the daemon, the kernel's part included, for each advert sent and for each received. */

import type { Daemon, Setup } from "../../test/lab/daemons/daemon.js";
import { type Row, row } from "../figures/results.js";
import { KINDS, type Lab, PRIORITY, withLabs } from "../lab/lab.js";
import { oneWith, singles } from "../lab/routers.js";
import { type Part, type PartOptions, type Sides, sides } from "./part.js";
import { startListener, startMaster, type Usage, usageOf } from "./processor.js";

const ROUTERS = 255;
const INTERVALS_SECONDS = [0.1, 0.02];
const SECONDS = 4;
const QUICK_SECONDS = 2;
const ROUNDS = 4;
const QUICK_ROUNDS = 2;
const IDLE_SECONDS = 20;
const QUICK_IDLE_SECONDS = 6;

type Start = (lab: Lab, setup: Setup) => Promise<Daemon>;

interface CpuPlan {
  readonly what: string;
  readonly start: Start;
  readonly counter: "tx_packets" | "rx_packets";
  readonly most: number;
}

const PLANS: readonly CpuPlan[] = [
  { what: "sent", start: startMaster, counter: "tx_packets", most: 0.33 },
  {
    what: "received one by one",
    start: (lab, setup) => startListener(lab, setup, false),
    counter: "rx_packets",
    most: 0.5,
  },
  {
    what: "received in bursts",
    start: (lab, setup) => startListener(lab, setup, true),
    counter: "rx_packets",
    most: 0.5,
  },
];

export const cpu: Part = {
  name: "cpu",
  title: "Processor time",
  async run(options) {
    const rows: Row[] = [];
    for (const plan of PLANS) {
      for (const intervalSeconds of options.quick ? INTERVALS_SECONDS.slice(-1) : INTERVALS_SECONDS) {
        const setup = { routers: singles(ROUTERS), intervalSeconds, priority: PRIORITY };
        const what = `an advert ${plan.what}, ${ROUTERS} routers at ${intervalSeconds} s`;
        options.say(what);
        rows.push(await advertRow(what, plan, setup, options));
      }
    }
    rows.push(await idle(options));
    return { rows };
  },
};

/** A round in which the side that was to listen failed over says nothing about listening. */
async function advertRow(what: string, plan: CpuPlan, setup: Setup, options: PartOptions): Promise<Row> {
  const values = sides();
  const disturbed = { ours: 0, theirs: 0 };
  await inTurn(setup, plan.start, options, async (lab, daemon, side) => {
    const seconds = options.quick ? QUICK_SECONDS : SECONDS;
    const usage = await usageOf(lab, "a", daemon, plan.counter, seconds);
    if (isDisturbed(plan.counter, usage)) disturbed[side] += 1;
    else values[side].push(usage.microsPerPacket);
  });
  return cpuRow(what, plan.most, values, disturbed);
}

/** It was to listen, and sent adverts of its own. */
function isDisturbed(counter: CpuPlan["counter"], { sent, packets }: Usage): boolean {
  return counter === "rx_packets" && sent > packets / 100;
}

/** Throws Error where vrrpd itself failed over in every round: a defect. */
export function cpuRow(
  what: string,
  most: number,
  values: Sides,
  disturbed: Record<keyof Sides, number>,
): Row {
  const notes = (["ours", "theirs"] as const).flatMap((side) => {
    const count = disturbed[side];
    if (count === 0) return [];
    const who = side === "ours" ? "vrrpd" : "Keepalived";
    return [
      `${who} failed over by itself in ${count} of ${count + values[side].length} rounds, which do not count`,
    ];
  });
  if (values.ours.length === 0) throw new Error(`${what}: ${notes.join("; ")}`);
  const note = notes.length > 0 ? { note: notes.join("; ") } : {};
  return row({ what, unit: "µs", ...values, aim: { of: "ratio", most }, ...note });
}

/** One router at 1 s: what it costs to have it at all. */
async function idle(options: PartOptions): Promise<Row> {
  const what = "a master of one router at 1 s, of one processor";
  options.say(what);
  const setup = { routers: oneWith(1), intervalSeconds: 1, priority: PRIORITY };
  const values = sides();
  await inTurn(setup, startMaster, { ...options, quick: true }, async (lab, daemon, side) => {
    const seconds = options.quick ? QUICK_IDLE_SECONDS : IDLE_SECONDS;
    values[side].push((await usageOf(lab, "a", daemon, "tx_packets", seconds)).percent);
  });
  return row({ what, unit: "%", ...values });
}

async function inTurn(
  setup: Setup,
  start: Start,
  { quick }: PartOptions,
  measure: (lab: Lab, daemon: Daemon, side: "ours" | "theirs") => Promise<void>,
): Promise<void> {
  await withLabs(
    KINDS.map((kind) => ({ kind, setup })),
    async (labs) => {
      const daemons = await Promise.all(labs.map((lab) => start(lab, setup)));
      for (let round = 0; round < (quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
        await measure(labs[0]!, daemons[0]!, "ours");
        await measure(labs[1]!, daemons[1]!, "theirs");
      }
    },
  );
}
