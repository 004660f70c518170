/** 100,000 invalid packets a second: whether the adverts of a master are on time, and what a packet costs. */

import type { Daemon } from "../../test/lab/daemons/daemon.js";
import { percentile, spacingErrors } from "../figures/numbers.js";
import { type Row, row, type Tail } from "../figures/results.js";
import { pause } from "../lab/clock.js";
import { KINDS, type Lab, PRIORITY, withLabs } from "../lab/lab.js";
import { endAll } from "../lab/load.js";
import { singles } from "../lab/routers.js";
import { Stamps, timesByRouter } from "../lab/stamps.js";
import { type Part, type Sides, sides } from "./part.js";
import { startMaster, usageOf } from "./processor.js";

const INTERVAL_SECONDS = 0.1;
const ROUTERS = 10;
const PER_SECOND = 100_000;
const SECONDS = 6;
const QUICK_SECONDS = 3;
const ROUNDS = 3;
const BEGUN_MILLIS = 500;

interface Values {
  readonly late: Sides;
  readonly worst: Sides;
  readonly micros: Sides;
  readonly arrived: Sides;
}

export const flood: Part = {
  name: "flood",
  title: "Hostile flood (spacing: p50 / p99 / p99.9 / max; ratio of the p99.9)",
  async run({ quick, say }) {
    say(`${PER_SECOND} invalid packets a second`);
    const setup = { routers: singles(ROUTERS), intervalSeconds: INTERVAL_SECONDS, priority: PRIORITY };
    const values: Values = { late: sides(), worst: sides(), micros: sides(), arrived: sides() };
    await withLabs(
      KINDS.map((kind) => ({ kind, setup })),
      async (labs) => {
        const daemons = await Promise.all(labs.map((lab) => startMaster(lab, setup)));
        for (let round = 0; round < (quick ? 1 : ROUNDS); round += 1) {
          for (const [index, lab] of labs.entries()) {
            const side = index === 0 ? "ours" : "theirs";
            await underFlood(lab, daemons[index]!, side, quick ? QUICK_SECONDS : SECONDS, values);
          }
        }
      },
    );
    return { rows: rowsOf(values) };
  },
};

async function underFlood(
  lab: Lab,
  daemon: Daemon,
  side: keyof Sides,
  seconds: number,
  values: Values,
): Promise<void> {
  const flooder = await lab.program("b", "flooder.mjs", {
    target: lab.host("a").mac,
    perSecond: PER_SECOND,
    routers: singles(ROUTERS).map(({ id, addresses }) => ({ id, addresses })),
  });
  try {
    await pause(BEGUN_MILLIS);
    const stamps = await Stamps.start(lab, "c");
    const { microsPerPacket, packets } = await usageOf(lab, "a", daemon, "rx_packets", seconds);
    const adverts = await stamps.adverts();
    const errors = timesByRouter(adverts, "a")
      .flatMap((times) => spacingErrors(times, INTERVAL_SECONDS * 1e6))
      .map((micros) => micros / 1000);
    // A daemon that says nothing at all is as late as the whole measurement was long.
    if (errors.length === 0) errors.push(seconds * 1000);
    for (const error of errors) values.late[side].push(error);
    values.worst[side].push(percentile(errors, 0.999));
    values.micros[side].push(microsPerPacket);
    values.arrived[side].push(packets / seconds);
  } finally {
    await endAll([flooder]);
  }
}

function rowsOf({ late, worst, micros, arrived }: Values): Row[] {
  const tailOf = (values: readonly number[]): Tail => [
    percentile(values, 0.5),
    percentile(values, 0.99),
    percentile(values, 0.999),
    percentile(values, 1),
  ];
  const aim = { of: "ratio", most: 1 } as const;
  return [
    row({
      what: `spacing error of adverts meanwhile, ${ROUTERS} routers at ${INTERVAL_SECONDS} s`,
      unit: "ms",
      ...worst,
      aim,
      tails: { ours: tailOf(late.ours), theirs: tailOf(late.theirs) },
    }),
    row({ what: "processor time for each packet", unit: "µs", ...micros, aim }),
    row({ what: "packets that arrived a second", unit: "", ...arrived }),
  ];
}
