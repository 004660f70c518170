/** What `status` can tell: a picture of the core at one moment, in its own units of time. */
import type { Family } from "../base/address.js";
import { formatWithPrefix } from "../base/address.js";
import type { Micros } from "../base/time.js";
import type { ChecksumForm, VrrpVersion } from "../wire/advert.js";
import type { Presence, Removals } from "./addresses/address.js";
import { checksTracked } from "./config.js";
import type { Counters, Drops, FixtureCounters } from "./counters.js";
import type { TimerKind } from "./deadlines.js";
import { OWNER_PRIORITY } from "./election.js";
import type { FixtureKey } from "./fixture.js";
import type { FixtureEntry } from "./fixtures/entry.js";
import type { SyncGroup } from "./groups/group.js";
import type { RouterId } from "./identity.js";
import type { Attempt } from "./peers/attempts.js";
import type { Losses } from "./peers/hearing.js";
import type { Refusal } from "./peers/refusals.js";
import type { Relation, Speaker } from "./peers/speakers.js";
import type { CauseCode } from "./router/cause.js";
import type { CheckStatus } from "./router/check.js";
import type { DelayNews } from "./router/preemption.js";
import type { VirtualRouter } from "./router/router.js";
import type { State, Transition } from "./router/state.js";
import { type TrackStatus, trackStatus } from "./router/tracks.js";
import type { UnservedAddresses } from "./router/unserved.js";
import type { Yield, YieldStatus } from "./yields.js";

export interface VirtualAddressStatus {
  /** With prefix length. */
  readonly address: string;
  readonly interface: string;
  /** In adverts, as far as there is room. */
  readonly advertised: boolean;
  readonly presence: Presence;
  /** Why the kernel refused it last; null: it did not. */
  readonly refusal: string | null;
  /** MAC address of another host that has it too; null: nobody was heard to. */
  readonly claimant: string | null;
  /** By somebody else, while this node was master; null: never. */
  readonly removals: Removals | null;
}

/** A route, a rule or a static address. */
export interface FixtureStatus {
  readonly key: FixtureKey;
  /** The kernel said that it has it. */
  readonly present: boolean;
  /** It is put back where it goes. */
  readonly guarded: boolean;
  /** Why the kernel refused it last; null: it did not. */
  readonly refusal: string | null;
}

/** What was heard of one speaker. */
export interface HeardStatus {
  readonly address: string;
  readonly priority: number;
  readonly version: VrrpVersion;
  readonly advertIntervalMicros: Micros;
  /** All that are ours, and the first few of the others. */
  readonly addresses: readonly string[];
  /** Of all that it lists. */
  readonly addressCount: number;
  readonly lastHeardAt: Micros;
  readonly adverts: number;
  /** Estimated share of its adverts that did not arrive, 0..1; null: heard too little to tell. */
  readonly loss: number | null;
  /** Those that should have come and did not; null: none. */
  readonly losses: Losses | null;
  readonly checksumForm: ChecksumForm | null;
}

export interface SpeakerStatus extends HeardStatus {
  readonly relation: Relation;
  /** What answered for our addresses while this node followed it, as text; null: it is not known. */
  readonly mac: string | null;
  /** Its present series of adverts. */
  readonly series: { readonly since: Micros; readonly adverts: number };
  /** When it began to advertise beside this node, which was the better master: the last few times. */
  readonly challengedAt: readonly Micros[];
}

/** A speaker for a virtual router that is none of ours. */
export interface ForeignSpeakerStatus extends HeardStatus {
  readonly interface: string;
  readonly family: Family;
  readonly virtualRouterId: number;
}

/** A timer that runs. */
export interface DeadlineStatus {
  readonly at: Micros;
  readonly reason: TimerKind;
}

export interface RouterStatus {
  readonly id: RouterId;
  readonly name: string;
  readonly family: Family;
  readonly interface: string;
  readonly virtualRouterId: number;
  readonly version: VrrpVersion;
  /** The one that counts, with what the tracks add; null: open. */
  readonly priority: number | null;
  /** The configured one. */
  readonly basePriority: number | null;
  readonly state: State;
  readonly since: Micros;
  /** The sync group that it is in; null: none. */
  readonly group: string | null;
  /** It has yielded; null: it takes part as ever. */
  readonly yielded: Yield | null;
  /** Why it is in this state, a sentence. */
  readonly reason: string;
  /** The same as a stable code. */
  readonly code: CauseCode;
  /** What its adverts are sent from; null: no address that could be used. */
  readonly source: string | null;
  /** Ourselves while MASTER; else who was heard last as master, or null. */
  readonly master: { readonly address: string; readonly priority: number } | null;
  /** Until then it listens and claims nothing; null: no grace runs. */
  readonly graceEndsAt: Micros | null;
  readonly preemptDelayEndsAt: Micros | null;
  /** A master of which no advert has left for its down interval: since when, and what the kernel says. */
  readonly unheard: { readonly since: Micros; readonly errno: string } | null;
  /** What became of a delay last; null: there was none since the start. */
  readonly preemptDelayNews: DelayNews | null;
  /** Addresses that the master which is followed does not have; null: it has all. */
  readonly unserved: UnservedAddresses | null;
  readonly virtualAddresses: readonly VirtualAddressStatus[];
  readonly fixtures: readonly FixtureStatus[];
  readonly checks: readonly CheckStatus[];
  readonly tracks: readonly TrackStatus[];
  readonly transitions: readonly Transition[];
  readonly speakers: readonly SpeakerStatus[];
  /** Whose adverts were refused, and why. */
  readonly refusals: readonly Refusal[];
  /** Refused adverts that would have taken the addresses over, by reason. */
  readonly attempts: readonly Attempt[];
  /** The earliest first. */
  readonly deadlines: readonly DeadlineStatus[];
  readonly counters: Counters;
}

/** A sync group. */
export interface GroupStatus {
  readonly name: string;
  /** That of all its members; MASTER, too, while one that is new beside masters does not serve yet. */
  readonly state: State;
  readonly since: Micros;
  readonly members: readonly RouterId[];
  /** Those that keep the others from being master. */
  readonly awaited: readonly RouterId[];
}

export interface CoreStatus {
  readonly yields: readonly YieldStatus[];
  readonly routers: readonly RouterStatus[];
  readonly groups: readonly GroupStatus[];
  readonly statics: readonly FixtureStatus[];
  readonly staticCounters: FixtureCounters;
  readonly foreign: readonly ForeignSpeakerStatus[];
  /** Refused packets that belong to no virtual router of ours, by interface. */
  readonly unclaimedDrops: Readonly<Record<string, Drops>>;
}

export function routerStatus(router: VirtualRouter): RouterStatus {
  const { config } = router;
  return {
    id: config.id,
    name: config.name,
    family: config.family,
    interface: config.interface,
    virtualRouterId: config.virtualRouterId,
    version: config.version,
    priority: config.priority === null ? null : router.priority,
    basePriority: config.priority,
    state: router.state,
    since: router.since,
    group: router.group?.name ?? null,
    yielded: router.yielding.terms,
    reason: router.cause.text,
    code: router.cause.code,
    source: router.source?.text ?? null,
    master: masterOf(router),
    graceEndsAt: router.masterDown.graceEndsAt,
    preemptDelayEndsAt: router.preemption.endsAt,
    unheard: router.voice.unheard,
    preemptDelayNews: router.preemption.news,
    unserved: router.unserved.now,
    virtualAddresses: router.addresses.entries.map((entry) => ({
      address: formatWithPrefix(entry.config),
      interface: entry.config.interface,
      advertised: entry.config.advertised,
      presence: entry.presence,
      refusal: entry.refusal,
      claimant: router.conflicts.claimantOf(entry.key),
      removals: entry.removals,
    })),
    fixtures: router.fixtures.entries.map(fixtureStatus),
    checks: [...new Set(checksTracked(config))].map((name) => router.surroundings.check(name).status()),
    tracks: config.tracks.map((track) =>
      trackStatus(track, router.surroundings, config.priority === OWNER_PRIORITY),
    ),
    transitions: router.transitions,
    speakers: router.speakers.all().map((speaker) => ({
      ...heard(speaker),
      relation: speaker.relation,
      mac: router.conflicts.macOf(speaker.source.text),
      series: { since: speaker.seriesSince, adverts: speaker.seriesAdverts },
      challengedAt: [...(speaker.challengedAt ?? [])],
    })),
    refusals: router.refusals.all(),
    attempts: router.attempts.all(),
    deadlines: router.surroundings.deadlines.of(config.name).map(({ at, reason }) => ({ at, reason })),
    counters: router.counters,
  };
}

export function fixtureStatus({ config, present, refusal }: FixtureEntry): FixtureStatus {
  return { key: config.key, present, guarded: config.guarded, refusal };
}

export function groupStatus(group: SyncGroup): GroupStatus {
  const { name, state, since, members, awaited } = group;
  return { name, state, since, members: members.map(({ id }) => id), awaited: awaited.map(({ id }) => id) };
}

function masterOf(router: VirtualRouter): { address: string; priority: number } | null {
  if (router.state === "MASTER" && router.source !== null) {
    return { address: router.source.text, priority: router.priority };
  }
  const { master } = router.masterDown;
  if (router.state !== "BACKUP" || master === null) return null;
  return { address: master.source.text, priority: master.advert.priority };
}

export function foreignStatus(speaker: Speaker): ForeignSpeakerStatus {
  const { virtualRouterId } = speaker.advert;
  return { ...heard(speaker), interface: speaker.interface, family: speaker.source.family, virtualRouterId };
}

function heard(speaker: Speaker): HeardStatus {
  const { advert } = speaker;
  return {
    address: speaker.source.text,
    priority: advert.priority,
    version: advert.version,
    advertIntervalMicros: advert.advertIntervalMicros,
    addresses: advert.addresses.map((address) => address.text),
    addressCount: advert.addressCount,
    lastHeardAt: speaker.lastHeardAt,
    adverts: speaker.adverts,
    loss: speaker.hearing.loss(),
    losses: speaker.hearing.losses(),
    checksumForm: advert.checksumForm,
  };
}
