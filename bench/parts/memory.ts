/** Memory of a master with 1 and with 255 routers, and what an hour's worth of adverts leaves behind. */

import type { Daemon } from "../../test/lab/daemons/daemon.js";
import { type Row, row } from "../figures/results.js";
import { pause } from "../lab/clock.js";
import { type Memory, memoryOf } from "../lab/cost.js";
import { KINDS, Lab, PRIORITY, withLabs } from "../lab/lab.js";
import { singles } from "../lab/routers.js";
import type { Part } from "./part.js";
import { startMaster } from "./processor.js";

const MOST_MEGABYTES = 60;
/** Of an hour at 1 s, for each router. */
const ADVERTS = 3_600;
const QUICK_ADVERTS = 1_800;
const ROUTERS = 255;
/** 255 routers 50 times a second are 12,750 adverts a second. */
const INTERVAL_SECONDS = 0.02;
/** Of the adverts, until the heap has its size. */
const WARM_PART = 0.5;
const SAMPLES = 20;
const SAMPLE_MILLIS = 100;

export const memory: Part = {
  name: "memory",
  title: "Memory",
  async run({ quick, say }) {
    const rows: Row[] = [];
    for (const routers of [1, ROUTERS]) {
      say(`${routers} routers`);
      rows.push(...(await atRest(routers)));
    }
    const adverts = quick ? QUICK_ADVERTS : ADVERTS;
    say(`${adverts} adverts sent and received by each of ${ROUTERS} routers`);
    rows.push(...(await grown(adverts)));
    return { rows };
  },
};

async function atRest(routers: number): Promise<Row[]> {
  const setup = { routers: singles(routers), intervalSeconds: 1, priority: PRIORITY };
  return withLabs(
    KINDS.map((kind) => ({ kind, setup })),
    async (labs) => {
      const daemons = await Promise.all(labs.map((lab) => startMaster(lab, setup)));
      const [ours, theirs] = daemons.map((daemon) => memoryOf(daemon.pids)) as [Memory, Memory];
      const what = (kind: string) => `${kind}, ${routers} router${routers === 1 ? "" : "s"}`;
      const aim = { of: "value", most: MOST_MEGABYTES } as const;
      const rowOf = (name: string, field: keyof Memory, more = {}) =>
        row({ what: what(name), unit: "MB", ours: [ours[field]], theirs: [theirs[field]], ...more });
      return [
        rowOf("resident (RSS)", "resident", { aim }),
        rowOf("proportional (PSS)", "proportional"),
        rowOf("anonymous (RssAnon)", "anonymous"),
      ];
    },
  );
}

/** Of ours alone: a master on one host, and on another a backup that hears it. */
async function grown(adverts: number): Promise<Row[]> {
  const setup = { routers: singles(ROUTERS), intervalSeconds: INTERVAL_SECONDS, priority: PRIORITY };
  const lab = await Lab.open("vrrpd", setup);
  try {
    const sender = lab.daemon("a", { priority: 200 });
    await sender.start();
    const listener = lab.daemon("b");
    await listener.start();
    await pause(adverts * WARM_PART * INTERVAL_SECONDS * 1000);
    const before = [await least(sender), await least(listener)] as const;
    await pause(adverts * (1 - WARM_PART) * INTERVAL_SECONDS * 1000);
    const after = [await least(sender), await least(listener)] as const;
    const what = (who: string) => `growth of RssAnon, ${who}, ${adverts} adverts of ${ROUTERS} routers`;
    // What the collector has not come to yet is no growth: a twentieth of the memory that it manages is its own.
    const aim = { of: "value", most: 1 } as const;
    return [
      row({ what: what("sent"), unit: "MB", ours: [after[0] - before[0]], aim }),
      row({ what: what("received"), unit: "MB", ours: [after[1] - before[1]], aim }),
    ];
  } finally {
    await lab.close();
  }
}

/** The least of some moments: what is there between two collections of garbage comes and goes. */
async function least(daemon: Daemon): Promise<number> {
  const seen: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    seen.push(memoryOf(daemon.pids).anonymous);
    await pause(SAMPLE_MILLIS);
  }
  return Math.min(...seen);
}
