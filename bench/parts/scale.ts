/** How cost and takeover time grow with the number of virtual routers and addresses. */

import type { VirtualRouter } from "../../test/lab/daemons/daemon.js";
import { exponentOf, median } from "../figures/numbers.js";
import { type Curve, type Figure, type Row, row } from "../figures/results.js";
import { KINDS, PRIORITY, withLabs } from "../lab/lab.js";
import { oneWith, singles } from "../lab/routers.js";
import { type Part, type PartOptions, type Sides, sides } from "./part.js";
import { startMaster, usageOf } from "./processor.js";
import { serviceTimes } from "./service.js";

const ROUTERS = [4, 16, 64, 255];
const ADDRESSES = [4, 16, 64, 200];
const INTERVAL_SECONDS = 0.1;
const KILLS = 4;
const QUICK_KILLS = 2;
/** Linear, and what the measurement itself is off by. */
const LINEAR = { of: "value", most: 1.05 } as const;

export const scale: Part = {
  name: "scale",
  title: "Scale (exponent k of cost = c · number^k)",
  async run(options) {
    const kills = options.quick ? QUICK_KILLS : KILLS;
    const service = async (routers: readonly VirtualRouter[]) =>
      (await serviceTimes(routers, kills, options.say)).answering;
    const measured: readonly (readonly [
      string,
      string,
      string,
      (count: number) => Promise<Sides>,
      readonly number[],
    ])[] = [
      [
        "processor time at 0.1 s",
        "virtual routers",
        "% of one processor",
        (count) => load(count, options),
        ROUTERS,
      ],
      [
        "takeover until all answer",
        "virtual routers with one address",
        "ms",
        (count) => service(singles(count)),
        ROUTERS,
      ],
      [
        "takeover until all answer",
        "addresses of one virtual router",
        "ms",
        (count) => service(oneWith(count)),
        ADDRESSES,
      ],
    ];
    const rows: Row[] = [];
    const figures: Figure[] = [];
    for (const [what, of, unit, measure, counts] of measured) {
      const title = `${what}, by the number of ${of}`;
      const points: Sides[] = [];
      for (const count of counts) {
        options.say(`${title}: ${count}`);
        points.push(await measure(count));
      }
      const curves = (["ours", "theirs"] as const).map((side) =>
        curve(
          side,
          points.map((values, index) => ({ x: counts[index]!, y: median(values[side]) })),
        ),
      );
      const [ours, theirs] = curves.map(({ exponent }) => [exponent]) as [number[], number[]];
      rows.push(row({ what: `exponent: ${title}`, unit: "", ours, theirs, aim: LINEAR, hasRatio: false }));
      figures.push({ title, xLabel: of, yLabel: unit, curves });
    }
    return { rows, figures };
  },
};

function curve(side: keyof Sides, points: Curve["points"]): Curve {
  return { name: side === "ours" ? "vrrpd" : "Keepalived", points, exponent: exponentOf(points) };
}

async function load(count: number, { quick }: PartOptions): Promise<Sides> {
  const values = sides();
  const setup = { routers: singles(count), intervalSeconds: INTERVAL_SECONDS, priority: PRIORITY };
  await withLabs(
    KINDS.map((kind) => ({ kind, setup })),
    async (labs) => {
      const daemons = await Promise.all(labs.map((lab) => startMaster(lab, setup)));
      for (let round = 0; round < (quick ? 2 : 4); round += 1) {
        for (const [index, lab] of labs.entries()) {
          const usage = await usageOf(lab, "a", daemons[index]!, "tx_packets", 2);
          values[index === 0 ? "ours" : "theirs"].push(usage.percent);
        }
      }
    },
  );
  return values;
}
