/** One virtual router for status: the core's picture in the units of people, beside what the kernel really holds. */
import { microsToSeconds } from "../../base/time.js";
import type { Preempt, VirtualRouterConfig } from "../../core/config.js";
import { TIMERS, type TimerKind } from "../../core/deadlines.js";
import { masterDownMicros } from "../../core/election.js";
import { kindOfKey, wordsOfKey } from "../../core/fixture.js";
import type { RouterId } from "../../core/identity.js";
import type { Refusal } from "../../core/peers/refusals.js";
import type { CheckStatus } from "../../core/router/check.js";
import type {
  FixtureStatus,
  ForeignSpeakerStatus,
  GroupStatus,
  HeardStatus,
  RouterStatus,
  SpeakerStatus,
  VirtualAddressStatus,
} from "../../core/status.js";
import type { Yield } from "../../core/yields.js";
import { namedOf } from "../../wire/advert.js";
import { differencesOf, type ToWallClock } from "./phrases.js";
import { refusalWords } from "./problems/refusals.js";
import { spelt } from "./spelling.js";
import type {
  CheckDocument,
  FixtureDocument,
  ForeignSpeakerDocument,
  GroupDocument,
  HeardDocument,
  InstanceDocument,
  RefusalDocument,
  SpeakerDocument,
  VirtualAddressDocument,
  YieldDocument,
} from "./types.js";

/** After so many of its intervals without an advert backups are about to take over. */
const SILENT_INTERVALS = 3;

/** Of each list of a foreign speaker: forged ones may be many, and list all that is ours. */
const FOREIGN_SHOWN = 16;

export interface Picture {
  /** Of the daemon's clock, in microseconds. */
  readonly now: number;
  readonly at: ToWallClock;
  /**
   * The forms in which the kernel has this address on this interface: "address/prefix length"; null: it is not asked, and
   * what its events have told counts.
   */
  readonly formsOf: ((interfaceName: string, address: string) => readonly string[]) | null;
  /** Whether the kernel has asked for the MAC address of this neighbour in vain. */
  readonly isUnreachable: (interfaceName: string, address: string) => boolean;
}

export function instanceDocument(
  router: RouterStatus,
  config: VirtualRouterConfig,
  picture: Picture,
): InstanceDocument {
  const { at, now } = picture;
  const words = refusalWords(config.origins);
  return {
    name: router.name,
    family: router.family,
    interface: router.interface,
    virtualRouterId: router.virtualRouterId,
    version: router.version,
    priority: router.priority,
    basePriority: router.basePriority,
    syncGroup: router.group,
    state: router.state,
    since: at(router.since),
    yielded: router.yielded && yieldDocument(router.yielded, at),
    reason: router.reason,
    code: router.code,
    source: router.source,
    master: router.master,
    preempt: config.preempt,
    graceEndsAt: router.graceEndsAt === null || router.graceEndsAt <= now ? null : at(router.graceEndsAt),
    unheard: router.unheard && { since: at(router.unheard.since), errno: router.unheard.errno },
    preemptDelayEndsAt: router.preemptDelayEndsAt === null ? null : at(router.preemptDelayEndsAt),
    preemptDelayNews: newsOf(router, at),
    unserved: router.unserved,
    advertIntervalSeconds: microsToSeconds(config.advertIntervalMicros),
    downIntervalSeconds: downIntervalOf(router, config),
    leaseSeconds: config.leaseSeconds,
    announcesAgainAfterSeconds: announcesAgainAfter(config),
    unicastPeers: config.unicastPeers.map(({ address }) => address.text),
    vmacs: config.vmacs.map(({ name, on, mac, adverts }) => {
      return { name, interface: on, mac: mac.text, adverts };
    }),
    unreachablePeers: router.state === "MASTER" ? unreachablePeersOf(config, picture) : [],
    virtualAddresses: router.virtualAddresses.map((address) => addressDocument(address, router, picture)),
    routes: router.fixtures.map((one) => fixtureDocument(one, router.state === "MASTER")),
    checks: router.checks.map((check) => checkDocument(check, at)),
    tracks: router.tracks,
    next: router.deadlines.map((deadline) => ({
      at: at(deadline.at),
      reason: deadline.reason,
      meaning: meaningOf(deadline.reason, router, config),
    })),
    transitions: router.transitions.map((transition) => ({
      at: at(transition.at),
      from: transition.from,
      to: transition.to,
      cause: transition.cause.text,
      code: transition.cause.code,
      facts: transition.cause.facts,
    })),
    speakers: router.speakers.map((speaker) => speakerDocument(speaker, config, picture)),
    refusals: router.refusals.map((refusal) => refusalDocument(refusal, words[refusal.reason].meaning, at)),
    attempts: router.attempts.map(({ source, priority, reason, count, lastAt }) => {
      const { meaning, action } = words[reason];
      return { source, priority, reason, meaning, action, count, lastAt: at(lastAt) };
    }),
    counters: router.counters,
  };
}

export function yieldDocument({ since, until, force, persistent }: Yield, at: ToWallClock): YieldDocument {
  return { since: at(since), until: until === null ? null : at(until), force, persistent };
}

function announcesAgainAfter({ announcements }: VirtualRouterConfig): number | null {
  const { againAfterMicros } = announcements.claimed;
  return againAfterMicros === null ? null : microsToSeconds(againAfterMicros);
}

/** The end of the sentence "in 2 s: …". */
function meaningOf(
  timer: TimerKind,
  router: RouterStatus,
  { preempt, origins }: VirtualRouterConfig,
): string {
  if (timer === "master down") return masterDownMeaning(router, preempt);
  if (timer === "preempt delay" && router.master !== null) {
    return `the preempt delay ends; it then takes over from ${router.master.address}, whose priority is lower`;
  }
  return spelt(TIMERS[timer], origins);
}

function masterDownMeaning(router: RouterStatus, preempt: Preempt): string {
  const { master, preemptDelayEndsAt, priority } = router;
  if (router.code === "id-conflict")
    return "becomes MASTER, unless its addresses are heard under another id again";
  if (master === null) return "becomes MASTER, unless somebody with a higher priority advertises before";
  const { address } = master;
  if (master.priority === 0) return `becomes MASTER: ${address} has released`;
  const preempts = preempt.mode !== "never" && preemptDelayEndsAt === null;
  if (preempts && priority !== null && master.priority < priority) {
    return `becomes MASTER: ${address} has the lower priority ${master.priority}`;
  }
  return `becomes MASTER, unless ${address} advertises before`;
}

function addressDocument(
  one: VirtualAddressStatus,
  router: RouterStatus,
  picture: Picture,
): VirtualAddressDocument {
  const { address, interface: on, advertised, refusal, presence, claimant, removals } = one;
  const told = presence === "absent" ? [] : [address];
  const forms = picture.formsOf?.(on, address.replace(/\/.*/, "")) ?? told;
  const present = forms.length > 0;
  return {
    address,
    interface: on,
    advertised,
    present,
    expected: router.state === "MASTER",
    own: present && (presence === "own" || !forms.includes(address)),
    problem: refusal,
    alsoAnsweredBy: claimant,
    removals: removals && {
      count: removals.count,
      since: picture.at(removals.since),
      lastAt: picture.at(removals.lastAt),
    },
  };
}

export function fixtureDocument(
  { key, present, guarded, refusal }: FixtureStatus,
  expected: boolean,
): FixtureDocument {
  return { kind: kindOfKey(key), words: wordsOfKey(key), present, expected, guarded, problem: refusal };
}

/** @param nameOf the name of a virtual router */
export function groupDocument(
  { name, state, since, members, awaited }: GroupStatus,
  nameOf: (router: RouterId) => string,
  at: ToWallClock,
): GroupDocument {
  return { name, state, since: at(since), members: members.map(nameOf), awaited: awaited.map(nameOf) };
}

function newsOf(
  { preemptDelayNews: news }: RouterStatus,
  at: ToWallClock,
): InstanceDocument["preemptDelayNews"] {
  return news === null ? null : { at: at(news.at), event: news.event, text: news.text };
}

/** With the interval, and the version, of the master that is followed (RFC 9568 §6.1). */
function downIntervalOf(router: RouterStatus, config: VirtualRouterConfig): number | null {
  if (router.priority === null) return null;
  const master = router.speakers.find(({ address }) => address === router.master?.address) ?? config;
  const { version, advertIntervalMicros } = master;
  return microsToSeconds(
    masterDownMicros(version, router.priority, advertIntervalMicros, config.downTimerAdverts),
  );
}

function speakerDocument(
  speaker: SpeakerStatus,
  config: VirtualRouterConfig,
  { now, at }: Picture,
): SpeakerDocument {
  const advertised = config.virtualAddresses.slice(0, config.advertisedCount);
  const ours = { ...config, addresses: advertised.map(({ address }) => address.text) };
  const silent = now - speaker.lastHeardAt >= SILENT_INTERVALS * speaker.advertIntervalMicros;
  return {
    ...heardDocument(speaker, at),
    relation: speaker.relation,
    mac: speaker.mac,
    advertising: !silent && speaker.priority > 0,
    advertisingSince: at(speaker.series.since),
    advertsInSeries: speaker.series.adverts,
    challengedAt: speaker.challengedAt.map(at),
    differences: differencesOf(speaker, ours),
  };
}

function refusalDocument(
  { source, reason, count, since, lastAt, said }: Refusal,
  meaning: string,
  at: ToWallClock,
): RefusalDocument {
  const advert = said?.advert ?? null;
  return {
    ...{ source, reason, meaning, count, since: at(since), lastAt: at(lastAt) },
    relation: said?.relation ?? null,
    priority: advert?.priority ?? null,
    advertIntervalSeconds: advert === null ? null : microsToSeconds(advert.advertIntervalMicros),
    addresses: advert === null ? [] : namedOf(advert),
    addressCount: advert?.addressCount ?? 0,
  };
}

function checkDocument(
  { name, state, detail, since, value, failedAt }: CheckStatus,
  at: ToWallClock,
): CheckDocument {
  const changed = state === "pending" ? null : at(since);
  return { name, state, detail, since: changed, value, failedAt: failedAt.map(at) };
}

/** A neighbour behind a router is not asked for. */
function unreachablePeersOf(
  { unicastPeers, interface: on }: VirtualRouterConfig,
  { isUnreachable }: Picture,
): string[] {
  const direct = unicastPeers.filter(({ gateway }) => gateway === null);
  return direct.map(({ address }) => address.text).filter((address) => isUnreachable(on, address));
}

export function foreignSpeakerDocument(
  speaker: ForeignSpeakerStatus,
  ours: ReadonlySet<string>,
  at: ToWallClock,
): ForeignSpeakerDocument {
  const { interface: interfaceName, family, virtualRouterId } = speaker;
  return {
    ...heardDocument(speaker, at),
    addresses: speaker.addresses.slice(0, FOREIGN_SHOWN),
    interface: interfaceName,
    family,
    virtualRouterId,
    ours: speaker.addresses.filter((address) => ours.has(address)).slice(0, FOREIGN_SHOWN),
  };
}

function heardDocument(heard: HeardStatus, at: ToWallClock): HeardDocument {
  return {
    address: heard.address,
    priority: heard.priority,
    version: heard.version,
    advertIntervalSeconds: microsToSeconds(heard.advertIntervalMicros),
    addresses: heard.addresses,
    addressCount: heard.addressCount,
    lastHeardAt: at(heard.lastHeardAt),
    adverts: heard.adverts,
    loss: heard.loss,
    losses: heard.losses && { ...heard.losses, since: at(heard.losses.since) },
    checksumForm: heard.checksumForm,
  };
}
