/**
 * Takeover overhead: from the last advert of a master that is killed to the first of its successor, less what the
 * protocol asks for. All pairs are killed and restarted in step, so nothing starts while a takeover is measured.
 */

import type { Kind } from "../../test/lab/daemons/daemon.js";
import { takeoverFloorMicros } from "../figures/protocol.js";
import { type Row, row } from "../figures/results.js";
import { pause } from "../lab/clock.js";
import { Lab, PRIORITY } from "../lab/lab.js";
import { Pair } from "../lab/pair.js";
import { oneWith } from "../lab/routers.js";
import type { Part, PartOptions } from "./part.js";

interface Plan {
  readonly intervalSeconds: number;
  readonly kills: number;
  readonly quickKills: number;
  /** Of each kind at once: slow takeovers cost no processor time. */
  readonly pairs: number;
  readonly withFrr: boolean;
}

const PLANS: readonly Plan[] = [
  { intervalSeconds: 1, kills: 20, quickKills: 4, pairs: 4, withFrr: true },
  { intervalSeconds: 0.1, kills: 20, quickKills: 6, pairs: 2, withFrr: true },
  { intervalSeconds: 0.01, kills: 20, quickKills: 6, pairs: 1, withFrr: false },
];
/** Between two kills, so that no two takeovers meet. */
const STAGGER_MILLIS = 40;

export const failover: Part = {
  name: "failover",
  title: "Takeover overhead",
  async run(options) {
    const rows: Row[] = [];
    for (const plan of PLANS) rows.push(...(await measure(plan, options)));
    return { rows };
  },
};

async function measure(plan: Plan, { quick, say }: PartOptions): Promise<Row[]> {
  const { intervalSeconds, pairs, withFrr } = plan;
  const kills = quick ? plan.quickKills : plan.kills;
  say(`takeovers at ${intervalSeconds} s`);
  const setup = { routers: oneWith(1), intervalSeconds, priority: PRIORITY };
  const kinds: Kind[] = withFrr ? ["vrrpd", "keepalived", "frr"] : ["vrrpd", "keepalived"];
  const labs: Lab[] = [];
  const overheads: Record<Kind, number[]> = { vrrpd: [], keepalived: [], frr: [] };
  try {
    for (let index = 0; index < pairs * kinds.length; index += 1) {
      labs.push(await Lab.open(kinds[index % kinds.length]!, setup));
    }
    const all = await Promise.all(labs.map((lab) => Pair.open(lab, 1, intervalSeconds)));
    for (let round = 0; round < kills / pairs; round += 1) {
      if (round > 0) await Promise.all(all.map((pair) => pair.restart()));
      await Promise.all(all.map((pair) => pair.settled()));
      const measured = await Promise.all(
        all.map(async (pair, index) => {
          await pause(index * STAGGER_MILLIS);
          return overheadOf(pair, intervalSeconds);
        }),
      );
      measured.forEach((overhead, index) => {
        overheads[labs[index]!.kind].push(overhead);
      });
    }
  } finally {
    await Promise.all(labs.map((lab) => lab.close()));
  }
  const common = {
    what: `takeover overhead, ${intervalSeconds} s`,
    unit: "ms",
    ours: overheads.vrrpd,
  } as const;
  return [
    row({ ...common, theirs: overheads.keepalived, aim: { of: "ratio", most: 1 } }),
    ...(withFrr ? [row({ ...common, theirs: overheads.frr, peer: "FRR" })] : []),
  ];
}

/** In milliseconds. */
async function overheadOf(pair: Pair, intervalSeconds: number): Promise<number> {
  const { lastOfOld, firstOfNew } = await pair.takeover();
  const [[router, first]] = [...firstOfNew] as [[string, number]];
  const floor = takeoverFloorMicros(PRIORITY, intervalSeconds * 1e6);
  return (first - lastOfOld.get(router)! - floor) / 1000;
}
