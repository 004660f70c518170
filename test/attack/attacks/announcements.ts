/** A few forged adverts that the master must answer: what they make it send is bounded. */
import { type Attack, atMost, must } from "../attack.js";
import { held, onTime, pause, Watch } from "../figures.js";
import { forge, forgedMac, forgedSource, sendOnce } from "../frames.js";
import { ADDRESSES, Site } from "../site.js";

const VIPS = Array.from({ length: 250 }, (_, index) => `198.51.100.${1 + index}`);
const FORGED = 8;
const PAUSE_MILLIS = 1_000;
const WAIT_MILLIS = 10_000;
/** Of each address in a minute: the default of the limit. */
const MOST_EACH = 20;

const ENVIRONMENT = { OPENSHIFT_HA_VIRTUAL_IPS: `${VIPS[0]}-${VIPS.length}`, OPENSHIFT_HA_VIP_GROUPS: "1" };

export const announcements: Attack = {
  name: "announcements",
  title: "8 forged adverts of lower priority, at a master of 250 addresses",
  run: () =>
    Site.with({ environment: ENVIRONMENT }, async (site) => {
      const daemon = site.daemon("a");
      await site.untilHeld("a", VIPS[0]!);
      await site.untilCalm("a");
      const fromMicros = Date.now() * 1000;
      const watch = new Watch(site, daemon, "a", VIPS[0]!);
      for (let number = 0; number < FORGED; number += 1) {
        const around = { senderMac: forgedMac(number) };
        const source = number % 2 === 0 ? ADDRESSES.attacker : forgedSource(number);
        await sendOnce(site, "attacker", [forge({ source, priority: 1 + number, addresses: VIPS, around })]);
        await pause(PAUSE_MILLIS);
      }
      await pause(WAIT_MILLIS);
      const watched = await watch.end();
      const sent = site.captures.a.arps({ from: "a", gratuitous: true, afterMicros: fromMicros }).length;
      return [
        must("forged adverts sent", true, `${FORGED}`, ""),
        atMost("announcements that they caused", sent, MOST_EACH * VIPS.length, "", 0),
        onTime(watched),
        held(watched),
      ];
    }),
};
