/** `garp_*` of an instance, else of `global_defs`, else Keepalived's defaults → when addresses are announced. */
import { secondsToMicros } from "../../../base/time.js";
import type { AnnouncementSchedule } from "../../../core/config.js";
import type { Announcing } from "../blocks/announcements.js";
import type { GlobalDefs } from "../blocks/global-defs.js";

const DEFAULTS = { masterDelay: 5, masterRepeat: 5, refresh: 0, refreshRepeat: 1 } as const;

/** @param own of the instance */
export function scheduleOf(
  own: Announcing,
  { announcing: common, arpInterval, neighborInterval }: GlobalDefs,
): AnnouncementSchedule {
  const of = (key: keyof Announcing) => own[key] ?? common[key];
  const masterDelay = of("masterDelay") ?? DEFAULTS.masterDelay;
  const masterRepeat = of("masterRepeat") ?? DEFAULTS.masterRepeat;
  const refresh = of("refresh") ?? DEFAULTS.refresh;
  return {
    claimed: rounds(masterRepeat, masterDelay),
    contested: rounds(
      of("lowerRepeat") ?? common.masterRepeat ?? DEFAULTS.masterRepeat,
      of("lowerDelay") ?? common.masterDelay ?? DEFAULTS.masterDelay,
    ),
    refresh:
      refresh === 0
        ? null
        : { everyMicros: secondsToMicros(refresh), times: of("refreshRepeat") ?? DEFAULTS.refreshRepeat },
    pauseMicros: {
      ipv4: secondsToMicros(arpInterval ?? 0),
      ipv6: secondsToMicros(neighborInterval ?? 0),
    },
  };
}

/** At once, and as many once more after the delay; 0: not again. */
function rounds(times: number, delaySeconds: number) {
  return {
    times: Math.max(1, times),
    spacingMicros: 0,
    againAfterMicros: delaySeconds === 0 ? null : secondsToMicros(delaySeconds),
  };
}
