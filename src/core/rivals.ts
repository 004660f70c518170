/** What is said, at a limited rate, about other speakers for our virtual router. */
import type { Micros } from "../base/time.js";
import { formatSeconds } from "../base/time.js";
import type { Facts, LogLevel } from "./effect.js";
import { OWNER_PRIORITY } from "./election.js";
import type { VirtualRouter } from "./router.js";
import type { Speaker } from "./speakers.js";

/** Looks at one advert for anything that an operator should know; changes nothing but counters. */
export function reportSpeaker(router: VirtualRouter, now: Micros, speaker: Speaker, listed: boolean): void {
  const { advert, relation, source } = speaker;
  const { config } = router;
  if (relation === "stranger") {
    complain(
      router,
      now,
      speaker,
      "warn",
      "stranger",
      `${source.text} uses our virtual router id for other addresses: ${listOf(speaker)}`,
    );
    return;
  }
  if (!listed)
    complain(
      router,
      now,
      speaker,
      "warn",
      "unlisted-peer",
      `${source.text} is not one of the unicast peers, but shares an address with us`,
    );
  if (relation === "overlapping") {
    router.counters.addressListMismatches += 1;
    complain(
      router,
      now,
      speaker,
      "warn",
      "address-list",
      `the addresses of ${source.text} differ from ours: ${listOf(speaker)}`,
    );
  }
  if (advert.priority === config.priority) {
    const what =
      advert.priority === OWNER_PRIORITY ? "also claims to own the addresses" : "has the same priority";
    complain(
      router,
      now,
      speaker,
      "warn",
      "equal-priority",
      `${source.text} ${what} (${advert.priority}); the greater address decides`,
    );
  }
  if (advert.version === config.version && advert.advertIntervalMicros !== config.advertIntervalMicros) {
    router.counters.intervalMismatches += 1;
    const theirs = formatSeconds(advert.advertIntervalMicros);
    complain(
      router,
      now,
      speaker,
      "info",
      "interval",
      `${source.text} advertises every ${theirs}, we every ${formatSeconds(config.advertIntervalMicros)}`,
    );
  }
}

export function reportYield(router: VirtualRouter, now: Micros, speaker: Speaker): void {
  complain(
    router,
    now,
    speaker,
    "info",
    "yields-to-version-2",
    `yields to ${speaker.source.text}, which speaks version 2`,
  );
}

function listOf(speaker: Speaker): string {
  return speaker.advert.addresses.map((address) => address.text).join(", ");
}

function complain(
  router: VirtualRouter,
  now: Micros,
  speaker: Speaker,
  level: LogLevel,
  code: string,
  what: string,
): void {
  const { name } = router.config;
  const facts: Facts = {
    source: speaker.source.text,
    priority: speaker.advert.priority,
    addresses: speaker.advert.addresses.map((address) => address.text),
  };
  router.surroundings.outbox.complain(now, `${code} ${name} ${speaker.source.text}`, () => ({
    level,
    code,
    router: router.index,
    message: `(${name}) ${what}`,
    facts,
  }));
}
