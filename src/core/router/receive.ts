/** What a received advert means (RFC 9568 §6.4.2, §6.4.3, §7.1; Keepalived's ways where users rely on them). */
import type { IpAddress } from "../../base/address.js";
import { sameBytes } from "../../base/bytes.js";
import type { Micros } from "../../base/time.js";
import type { Advert, DropReason } from "../../wire/advert.js";
import type { VirtualRouterConfig } from "../config.js";
import { countDrop } from "../counters.js";
import { OWNER_PRIORITY, outranks, RELEASE_PRIORITY } from "../election.js";
import type { Input } from "../input.js";
import { excuseOutranked, noteChallenge, type Relation, type Speaker } from "../peers/speakers.js";
import { reportAttempt, reportSpeaker, reportYield } from "../peers/warnings.js";
import { type Cause, type CauseCode, cause } from "./cause.js";
import { isCalm } from "./leader.js";
import type { VirtualRouter } from "./router.js";

/** Of a packet that was too broken to say. */
export const UNKNOWN_SOURCE = "an unknown source";

/** Nothing to mend: counted, and worth a line only to somebody who looks for it. */
const EXPECTED_DROPS: ReadonlySet<DropReason> = new Set(["not-participating", "own-source"]);

/** @param arrivedAt when the kernel had it, which is a little earlier than `now` */
export function receiveAdvert(
  router: VirtualRouter,
  now: Micros,
  arrivedAt: Micros,
  { source, advert, listed, count = 1 }: Extract<Input, { type: "advert" }>,
): void {
  router.counters.advertsReceived += count;
  const refusal = refusalOf(router.config, advert);
  if (refusal !== null) return drop(router, now, refusal, source.text, advert);
  const spoken = { interface: router.config.interface, source, advert, count };
  const speaker = router.speakers.hear(arrivedAt, spoken, (changed) => relationOf(router, changed));
  reportSpeaker(router, now, speaker, listed);
  if (speaker.relation === "stranger") {
    // Obeying a stranger would take our addresses off the air: two clusters with one id both serve.
    router.counters.strangers += 1;
    return;
  }
  router.leader.hear(now, speaker);
  if (advert.priority !== RELEASE_PRIORITY)
    excuseOutranked(router.speakers.all(), { priority: advert.priority, source });
  router.masterDown.overhear(speaker);
  if (advert.priority === RELEASE_PRIORITY) router.counters.priorityZeroReceived += 1;
  if (router.state === "BACKUP") receiveAsBackup(router, now, speaker);
  else if (router.state === "MASTER") receiveAsMaster(router, now, speaker);
  else {
    if (advert.priority === RELEASE_PRIORITY) router.voice.onRelease(now);
    drop(router, now, "not-participating", source.text);
  }
}

/** The master that was heard before this node took part: the same as if it had just spoken. */
export function followOverheard(router: VirtualRouter, now: Micros, speaker: Speaker): void {
  receiveAsBackup(router, now, speaker, now);
}

/** Whether the same advert once more changes nothing but when the master was heard last, and how often. */
export function isRoutine(
  { config, state, priority, masterDown: { master } }: VirtualRouter,
  { source, advert, listed }: Extract<Input, { type: "advert" }>,
): boolean {
  const isSame = master !== null && master.advert === advert && master.source.text === source.text;
  return (
    state === "BACKUP" &&
    isSame &&
    listed &&
    master.relation === "same" &&
    advert.version === config.version &&
    advert.advertIntervalMicros === config.advertIntervalMicros &&
    isCalm(advert.priority, priority)
  );
}

/** An advert that was refused before it was believed. One that would have won is worth an operator's attention. */
export function refuseAdvert(
  router: VirtualRouter,
  now: Micros,
  { reason, source, advert }: Extract<Input, { type: "drop" }>,
): void {
  if (source === null || advert === undefined || !wouldWin(router, source, advert)) {
    return drop(router, now, reason, source?.text ?? UNKNOWN_SOURCE, advert ?? null);
  }
  countDrop(router.counters, reason);
  router.refusals.note(now, source.text, reason, advert, (said) => relationOf(router, said));
  router.attempts.note(now, reason, source.text, advert.priority);
  reportAttempt(router, now, reason, source.text, advert);
}

function drop(
  router: VirtualRouter,
  now: Micros,
  reason: DropReason,
  source: string,
  advert: Advert | null = null,
): void {
  const { name, interface: on } = router.config;
  countDrop(router.counters, reason);
  router.refusals.note(now, source, reason, advert, (said) => relationOf(router, said));
  router.surroundings.outbox.complain(now, { what: `drop ${name} ${reason}`, whom: source }, () => ({
    level: EXPECTED_DROPS.has(reason) ? "debug" : "warn",
    code: "advert-dropped",
    router: router.id,
    message: `(${name}) advert of ${source} refused: ${reason}`,
    facts: { source, reason, interface: on },
  }));
}

/** What this node's adverts to that speaker are sent from. */
function sourceTo({ config, source }: VirtualRouter, speaker: IpAddress): IpAddress | null {
  const peer = config.unicastPeers.find(({ address }) => address.text === speaker.text);
  return peer?.source ?? source;
}

function wouldWin(router: VirtualRouter, source: IpAddress, advert: Advert): boolean {
  const { config } = router;
  if (advert.priority === RELEASE_PRIORITY || refusalOf(config, advert) !== null) return false;
  if (relationOf(router, advert) === "stranger") return false;
  const ourSource = sourceTo(router, source);
  return (
    speaksOlderVersion(config, advert) ||
    ourSource === null ||
    outranks({ priority: advert.priority, source }, { priority: router.priority, source: ourSource })
  );
}

/** Why this virtual router does not take an advert that is well-formed in itself; null: it does. */
export function refusalOf(config: VirtualRouterConfig, advert: Advert): DropReason | null {
  if (advert.version === 2) {
    if (config.version !== 2 && !config.yieldsToVersion2) return "version";
    return versionTwoRefusal(config, advert);
  }
  return config.version === 3 ? null : "version";
}

function versionTwoRefusal(config: VirtualRouterConfig, advert: Advert): DropReason | null {
  const speaksTwo = config.version === 2;
  if (speaksTwo && (advert.password === null) !== (config.password === null)) return "authentication-type";
  if (advert.password !== null && !(config.password && sameBytes(advert.password, config.password))) {
    return "authentication-mismatch";
  }
  if (speaksTwo && advert.advertIntervalMicros !== config.advertIntervalMicros) return "interval-mismatch";
  return null;
}

/** Whoever speaks for a virtual router without addresses is one of its own: there is nothing that tells it apart. */
function relationOf(router: VirtualRouter, advert: Advert): Relation {
  if (router.config.advertisedCount === 0) return advert.addressCount === 0 ? "same" : "overlapping";
  const shared = advert.addresses.filter((address) => router.addresses.advertises(address.text)).length;
  if (shared === 0) return "stranger";
  const same = shared === advert.addressCount && shared === router.config.advertisedCount;
  return same ? "same" : "overlapping";
}

/** @param heardAt when its silence begins */
function receiveAsBackup(
  router: VirtualRouter,
  now: Micros,
  speaker: Speaker,
  heardAt: Micros = speaker.lastHeardAt,
): void {
  const { advert } = speaker;
  if (advert.priority === RELEASE_PRIORITY) return router.masterDown.onRelease(speaker);
  if (yields(router, speaker)) {
    reportYield(router, now, speaker);
    router.cause = yieldCause(speaker, router.priority);
    router.unserved.look(now, speaker, "this node yields to version 2");
    if (advert.priority >= router.priority) cancelDelay(router, now, speaker);
    return router.masterDown.follow(speaker, heardAt);
  }
  if (WAITS.has(router.cause.code)) router.cause = cause("ready", "ready");
  if (advert.priority >= router.priority) {
    cancelDelay(router, now, speaker);
    router.unserved.look(now, speaker, `its priority is not lower than ours, ${router.priority}`);
  } else {
    router.masterDown.master = speaker;
    // An owner always preempts (RFC 9568 §6.1).
    const owner = router.priority === OWNER_PRIORITY;
    if (owner || router.preemption.mayPreempt(now, speaker)) return router.unserved.clear();
    router.unserved.look(now, speaker, patienceOf(router));
  }
  router.masterDown.follow(speaker, heardAt);
}

function receiveAsMaster(router: VirtualRouter, now: Micros, speaker: Speaker): void {
  const { advert, source } = speaker;
  const facts = { rival: source.text, rivalPriority: advert.priority, priority: router.priority };
  if (yields(router, speaker) && advert.priority !== RELEASE_PRIORITY) {
    router.transition(now, "BACKUP", yieldCause(speaker, router.priority));
    return router.masterDown.follow(speaker);
  }
  if (router.hasStalled(now)) {
    router.transition(
      now,
      "BACKUP",
      cause("stalled", `stalled, and ${source.text} took over meanwhile`, facts),
    );
    return receiveAsBackup(router, now, speaker);
  }
  const { yielding } = router;
  if (advert.priority === RELEASE_PRIORITY) {
    if (yielding.isInviting) return;
    router.advertising.answer(now);
    return router.contest.onRelease(now);
  }
  if (yielding.isInviting) {
    router.transition(now, "BACKUP", yielding.causeOfYield(speaker));
    return router.masterDown.follow(speaker);
  }
  const ourSource = sourceTo(router, source);
  if (
    ourSource !== null &&
    outranks({ priority: advert.priority, source }, { priority: router.priority, source: ourSource })
  ) {
    const what =
      advert.priority > router.priority
        ? `${source.text} has the higher priority ${advert.priority}`
        : `${source.text} has the same priority ${advert.priority} and the greater address`;
    if (router.config.answersHigher) router.advertising.answer(now);
    const why = yielding.isOn ? yielding.causeOfYield(speaker) : cause("outranked", what, facts);
    router.transition(now, "BACKUP", why);
    return router.masterDown.follow(speaker);
  }
  router.lowerPriority.onRival(now, source.text);
  noteChallenge(speaker);
  speaker.hearing.excuse();
  // The other learns that it has to yield, and bridges and neighbours learn again where we are.
  if (router.config.answersLower) router.advertising.answer(now);
  router.contest.onRival(now, speaker);
}

/** An equal or higher advert, of whichever version: there is nobody to take over from. */
function cancelDelay(router: VirtualRouter, now: Micros, { source, advert }: Speaker): void {
  const what = `${source.text} advertises with priority ${advert.priority}`;
  router.preemption.cancel(now, `${what}, which is not lower than ours, ${router.priority}`);
}

/** Why a lower master stays master: a clause. */
function patienceOf({ config: { preempt }, priority }: VirtualRouter): string {
  const ours = `this node, priority ${priority},`;
  if (preempt.mode === "never") return `${ours} never takes over from a master (nopreempt)`;
  return `${ours} waits its preempt_delay of ${preempt.delaySeconds} s first`;
}

/** Why a backup waits that hears nobody it could follow; over as soon as it does. */
const WAITS: ReadonlySet<CauseCode> = new Set(["yields-to-version-2", "id-conflict"]);

function yieldCause({ advert, source }: Speaker, priority: number): Cause {
  const facts = { rival: source.text, rivalPriority: advert.priority, priority };
  return cause("yields-to-version-2", `yields to ${source.text}, which speaks version 2`, facts);
}

/** `VRRPD_VERSION=auto` beside a speaker of version 2, which cannot hear us. */
function yields(router: VirtualRouter, speaker: Speaker): boolean {
  return speaksOlderVersion(router.config, speaker.advert);
}

function speaksOlderVersion(config: VirtualRouterConfig, advert: Advert): boolean {
  return config.version === 3 && advert.version === 2;
}
