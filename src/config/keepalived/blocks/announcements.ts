/** How often gratuitous ARPs and unsolicited Neighbor Advertisements leave: `garp_*`, of an instance or of all. */
import { type Keyword, type Keywords, value } from "../keyword.js";
import { leadingNumber } from "../values.js";

/** null: not set here. Delays in seconds. */
export interface Announcing {
  masterDelay: number | null;
  masterRepeat: number | null;
  refresh: number | null;
  refreshRepeat: number | null;
  lowerDelay: number | null;
  lowerRepeat: number | null;
}

export function newAnnouncing(): Announcing {
  return {
    masterDelay: null,
    masterRepeat: null,
    refresh: null,
    refreshRepeat: null,
    lowerDelay: null,
    lowerRepeat: null,
  };
}

const MOST_SECONDS = 86_400;
const MOST_REPEATS = 1_000;

/** @param prefix of the keywords: `vrrp_` in global_defs */
export function ANNOUNCEMENT_KEYWORDS<D>(prefix: string, of: (draft: D) => Announcing): Keywords<D> {
  const wholeSeconds = (key: keyof Announcing): Keyword<D> =>
    value((draft, statement, report) => {
      const range = { min: 0, max: MOST_SECONDS, instead: "the default" };
      of(draft)[key] = leadingNumber(statement, range, report);
    });
  const times = (key: keyof Announcing): Keyword<D> =>
    value((draft, statement, report) => {
      const range = { min: 0, max: MOST_REPEATS, instead: "the default" };
      const count = leadingNumber(statement, range, report);
      // 0 means once, as in Keepalived.
      of(draft)[key] = count === 0 && key !== "lowerRepeat" ? 1 : count;
    });
  return {
    [`${prefix}garp_master_delay`]: wholeSeconds("masterDelay"),
    [`${prefix}garp_master_repeat`]: times("masterRepeat"),
    [`${prefix}garp_master_refresh`]: wholeSeconds("refresh"),
    [`${prefix}garp_master_refresh_repeat`]: times("refreshRepeat"),
    [`${prefix}garp_lower_prio_delay`]: wholeSeconds("lowerDelay"),
    [`${prefix}garp_lower_prio_repeat`]: times("lowerRepeat"),
  };
}
