/** What is heard of others, as `vrrpd status --json` shows it. Fields are added, never changed. */
import type { Family } from "../../base/address.js";
import type { Count, Occurrences } from "../../core/counters.js";
import type { Relation } from "../../core/peers/speakers.js";
import type { ChecksumForm, VrrpVersion } from "../../wire/advert.js";
import type { AdvertPriority, Priority, Seconds, Time, VirtualRouterId } from "./values.js";

/** What was heard of a speaker. */
export interface HeardDocument {
  readonly address: string;
  readonly priority: AdvertPriority;
  readonly version: VrrpVersion;
  readonly advertIntervalSeconds: Seconds;
  /** Those that are ours, and the first few of the others. */
  readonly addresses: readonly string[];
  /** Of all that it lists. */
  readonly addressCount: Occurrences;
  readonly lastHeardAt: Time;
  /** Received since the start. */
  readonly adverts: Count;
  /**
   * Estimated share of its adverts that did not arrive, 0..1; null: heard too little to tell.
   * @minimum 0
   * @maximum 1
   */
  readonly loss: number | null;
  /** Those of its last hundred or two that should have come and did not; null: none. */
  readonly losses: LossesDocument | null;
  readonly checksumForm: ChecksumForm | null;
}

export interface LossesDocument {
  readonly missed: Occurrences;
  /** Those that should have come, the missed ones included. */
  readonly due: Occurrences;
  /** How often one or several in a row were missed. */
  readonly gaps: Occurrences;
  readonly since: Time;
}

/** A speaker for this virtual router. */
export interface SpeakerDocument extends HeardDocument {
  /** Its addresses against ours. */
  readonly relation: Relation;
  /** The MAC address that answered for ours while this node followed it; null: it is not known. */
  readonly mac: string | null;
  /** Heard within its last three intervals, and not releasing. */
  readonly advertising: boolean;
  /** Its present series of adverts, or the last one: without a pause of more than four intervals. */
  readonly advertisingSince: Time;
  /** How many that series has. */
  readonly advertsInSeries: Count;
  /** When it began to advertise beside this node, which was the better master: the last few times. */
  readonly challengedAt: readonly Time[];
  /** Phrases: what is not as with us. */
  readonly differences: readonly string[];
}

/** A speaker for a virtual router that is none of ours. */
export interface ForeignSpeakerDocument extends HeardDocument {
  readonly interface: string;
  readonly family: Family;
  readonly virtualRouterId: VirtualRouterId;
  /** Which of our virtual addresses it advertises under that other id. */
  readonly ours: readonly string[];
}

/** Whose adverts are refused. */
export interface RefusalDocument {
  readonly source: string;
  /** The name that it is counted by. */
  readonly reason: string;
  readonly meaning: string;
  readonly count: Occurrences;
  readonly since: Time;
  readonly lastAt: Time;
  /** What the last of them said; each null: it could not be read. */
  readonly relation: Relation | null;
  readonly priority: AdvertPriority | null;
  readonly advertIntervalSeconds: Seconds | null;
  /** The first few. */
  readonly addresses: readonly string[];
  /** Of all that it lists. */
  readonly addressCount: Count;
}

export interface AttemptDocument {
  readonly source: string;
  readonly priority: Priority;
  /** As `refusals` has it. */
  readonly reason: string;
  readonly meaning: string;
  /** Which setting accepts it, or why none does. */
  readonly action: string;
  readonly count: Occurrences;
  readonly lastAt: Time;
}
