/** Adverts full of addresses that nobody has seen: what is remembered of them must not grow with them. */

import { VIP } from "../../lab/environment.js";
import type { Attack } from "../attack.js";
import { atMost, strongEnough } from "../attack.js";
import { flat, held, onTime, Watch } from "../figures.js";
import { Site, VIRTUAL_ROUTER_ID } from "../site.js";

const PER_SECOND = 5_000;
const MOST_MEGABYTES = 8;
/** As many as it remembers, and a document that a person can read. */
const [MOST_SPEAKERS, MOST_KILOBYTES] = [16, 64];

export const freshAddresses: Attack = {
  name: "fresh-addresses",
  title: "adverts with 255 fresh addresses each, 5,000 a second, at a master and its backup",
  run: ({ seconds, strength }) =>
    Site.with({}, async (site) => {
      const { a, b } = await site.pair();
      const watches = { a: new Watch(site, a), b: new Watch(site, b) };
      const perSecond = PER_SECOND * strength;
      const attacker = await site.program("attacker", "fresh-addresses.mjs", {
        ...{ virtualRouterId: VIRTUAL_ROUTER_ID, address: VIP, priority: 50 },
        ...{ perSecond, seconds },
      });
      const { text } = await attacker.waitForLine(/^sent/, { timeoutMs: (seconds + 60) * 1000 });
      const [master, backup] = [await watches.a.end(), await watches.b.end()];
      const status = await site.status("a");
      const speakers = status.instances[0]!.speakers.length;
      return [
        strongEnough(Number(text.split(" ")[1]), perSecond),
        onTime(master),
        flat(master, MOST_MEGABYTES, "growth of the master's memory"),
        flat(backup, MOST_MEGABYTES, "growth of the backup's memory"),
        held(master),
        atMost("speakers that the master remembers", speakers, MOST_SPEAKERS, "", 0),
        atMost("its status", JSON.stringify(status).length / 1000, MOST_KILOBYTES, " kB", 0),
      ];
    }),
};
