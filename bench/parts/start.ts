/** From exec, the way into the namespace included, until the log says BACKUP. */
import { type Row, row } from "../figures/results.js";
import { KINDS, PRIORITY, withLabs } from "../lab/lab.js";
import { oneWith, singles } from "../lab/routers.js";
import { type Part, sides } from "./part.js";

const STARTS = 15;
const QUICK_STARTS = 5;
const MOST_MILLIS = 150;

export const start: Part = {
  name: "start",
  title: "Start",
  async run({ quick, say }) {
    const rows: Row[] = [];
    for (const [what, routers] of [
      ["1 router", oneWith(1)],
      ["255 routers", singles(255)],
    ] as const) {
      say(what);
      const values = sides();
      const setup = { routers, intervalSeconds: 1, priority: PRIORITY };
      await withLabs(
        KINDS.map((kind) => ({ kind, setup })),
        async (labs) => {
          for (let round = 0; round < (quick ? QUICK_STARTS : STARTS); round += 1) {
            for (const [index, lab] of labs.entries()) {
              const daemon = lab.daemon("a");
              const { beganAtMicros, backupAtMicros } = await daemon.start();
              values[index === 0 ? "ours" : "theirs"].push((backupAtMicros - beganAtMicros) / 1000);
              await daemon.kill();
            }
          }
        },
      );
      const aim = { of: "value", most: MOST_MILLIS } as const;
      rows.push(
        row({
          what: `exec to BACKUP, ${what}`,
          unit: "ms",
          ...values,
          ...(what === "1 router" ? { aim } : {}),
        }),
      );
    }
    return { rows };
  },
};
