/** vrrpd, Keepalived 2.2.7 and FRR 8.4.4 in one virtual router: each is killed as the master, and returns. */
import t from "tap";
import { Cell } from "./cell.js";
import { CELLS_AT_ONCE } from "./events.js";
import { V3_IPV4 } from "./groups.js";
import { frr, keepalived, vrrpd } from "./speakers.js";

t.jobs = CELLS_AT_ONCE;

const NAMES = ["vrrpd", "keepalived", "frr"] as const;

for (const [turn, first] of NAMES.entries()) {
  t.test(`all three on one id: ${first} killed and returned`, async (t) => {
    const [second, third] = [NAMES[(turn + 1) % 3]!, NAMES[(turn + 2) % 3]!];
    const priority = { vrrpd: 0, keepalived: 0, frr: 0, [first]: 200, [second]: 150, [third]: 100 };
    const cell = await Cell.open(t, V3_IPV4, {
      vrrpd: vrrpd({ priority: priority.vrrpd }),
      keepalived: keepalived({ priority: priority.keepalived }),
      frr: frr({ priority: priority.frr }),
    });
    await cell.start();
    await cell.settled(first);
    await cell.die(first);
    await cell.settled(second);
    await cell.revive(first);
    await cell.start(first);
    await cell.settled(first);
    await cell.verdict();
  });
}
