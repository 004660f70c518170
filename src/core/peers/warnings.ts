/** What is said, at a limited rate, about other speakers for our virtual router. */
import type { LogLevel } from "../../base/log-line.js";
import { formatSeconds, type Micros } from "../../base/time.js";
import { type Advert, type DropReason, listOf, namedOf } from "../../wire/advert.js";
import type { VirtualRouterConfig } from "../config.js";
import type { Counters } from "../counters.js";
import { OWNER_PRIORITY } from "../election.js";
import type { RouterId } from "../identity.js";
import type { Outbox } from "../outbox.js";
import { whatAccepts } from "./attempts.js";
import type { Speaker } from "./speakers.js";

/** The virtual router that they speak for as well. */
interface OurRouter {
  readonly id: RouterId;
  readonly config: VirtualRouterConfig;
  readonly priority: number;
  readonly counters: Counters;
  readonly surroundings: { readonly outbox: Outbox };
}

/** One advert under the eyes of one virtual router. */
interface Sighting {
  readonly router: OurRouter;
  readonly now: Micros;
  readonly speaker: Speaker;
}

/** Looks at one advert for anything that an operator should know; changes nothing but counters. */
export function reportSpeaker(router: OurRouter, now: Micros, speaker: Speaker, listed: boolean): void {
  const sighting = { router, now, speaker };
  const { relation } = speaker;
  if (relation === "stranger") {
    return complain(
      sighting,
      "warn",
      "stranger",
      (source) => `${source} uses our virtual router id for other addresses: ${listOf(speaker.advert)}`,
    );
  }
  if (!listed) {
    complain(
      sighting,
      "warn",
      "unlisted-peer",
      (source) => `${source} is not one of the unicast peers, but shares an address with us`,
    );
  }
  if (relation === "overlapping") {
    router.counters.addressListMismatches += 1;
    complain(
      sighting,
      "warn",
      "address-list",
      (source) => `the addresses of ${source} differ from ours: ${listOf(speaker.advert)}`,
    );
  }
  reportPriority(sighting);
  reportOwner(sighting);
  reportInterval(sighting);
}

export function reportYield(router: OurRouter, now: Micros, speaker: Speaker): void {
  complain(
    { router, now, speaker },
    "info",
    "yields-to-version-2",
    (source) => `yields to ${source}, which speaks version 2`,
  );
}

/** An advert that would have taken the addresses over, had it been heard. */
export function reportAttempt(
  router: OurRouter,
  now: Micros,
  reason: DropReason,
  source: string,
  advert: Advert,
): void {
  const { priority } = advert;
  const { name, interface: on, origins } = router.config;
  router.surroundings.outbox.complain(now, { what: `attempt ${name} ${reason}`, whom: source }, () => {
    const accepts: Readonly<Partial<Record<DropReason, string>>> = whatAccepts(origins);
    return {
      level: "error",
      code: "attempt-refused",
      router: router.id,
      message:
        `(${name}) an advert of ${source} with priority ${priority} would have taken the addresses over, and was ` +
        `refused: ${reason}. ${accepts[reason] ?? ""}`,
      facts: { source, reason, priority, interface: on, addresses: namedOf(advert) },
    };
  });
}

/** RFC 9568 §7.1, §8.3.2 */
function reportPriority(sighting: Sighting): void {
  const { priority } = sighting.speaker.advert;
  if (priority !== sighting.router.priority) return;
  complain(sighting, "warn", "equal-priority", (source) => {
    const what = priority === OWNER_PRIORITY ? "also claims to own the addresses" : "has the same priority";
    return `${source} ${what} (${priority}); the greater address decides`;
  });
}

/** RFC 9568 §5.2.4: nobody but the owner may say 255, and a virtual address that moves has none. */
function reportOwner(sighting: Sighting): void {
  const { router, speaker } = sighting;
  if (speaker.advert.priority !== OWNER_PRIORITY || router.priority === OWNER_PRIORITY) return;
  complain(
    sighting,
    "warn",
    "rival-owner",
    (source) =>
      `${source} claims to own the addresses (priority 255), so that no other node can: ${listOf(speaker.advert)}`,
  );
}

/** RFC 9568 §5.2.7 */
function reportInterval(sighting: Sighting): void {
  const { config, counters } = sighting.router;
  const { version, advertIntervalMicros } = sighting.speaker.advert;
  if (version !== config.version || advertIntervalMicros === config.advertIntervalMicros) return;
  counters.intervalMismatches += 1;
  complain(sighting, "info", "interval", (source) => {
    return `${source} advertises every ${formatSeconds(advertIntervalMicros)}, we every ${formatSeconds(config.advertIntervalMicros)}`;
  });
}

/** @param say the sentence, of the speaker's address: made only when it will be logged */
function complain(
  { router, now, speaker }: Sighting,
  level: LogLevel,
  code: string,
  say: (source: string) => string,
): void {
  const { name } = router.config;
  const source = speaker.source.text;
  router.surroundings.outbox.complain(now, { what: `${code} ${name}`, whom: source }, () => ({
    level,
    code,
    router: router.id,
    message: `(${name}) ${say(source)}`,
    facts: {
      source,
      priority: speaker.advert.priority,
      addresses: namedOf(speaker.advert),
    },
  }));
}
