/**
 * What `vrrpd status --json` shows. Fields are added, never changed. `npm run schema` makes docs/status.schema.json of these
 * types: a comment becomes a description, and its tags say what a type cannot.
 */
import type { Family } from "../../base/address.js";
import type { Count, Counters, Drops, FixtureCounters, Occurrences } from "../../core/counters.js";
import type { TimerKind } from "../../core/deadlines.js";
import type { CauseCode } from "../../core/router/cause.js";
import type { Verdict } from "../../core/router/check.js";
import type { State } from "../../core/router/state.js";
import type { Sender } from "../../host/adverts/sending-socket.js";
import type { VrrpVersion } from "../../wire/advert.js";
import type {
  AttemptDocument,
  ForeignSpeakerDocument,
  RefusalDocument,
  SpeakerDocument,
} from "./heard-types.js";
import type { FixtureDocument, VirtualAddressDocument } from "./kernel-types.js";
import type { LockSquatterDocument } from "./lock-squatter-document.js";
import type { AdvertPriority, Priority, Seconds, Time, VirtualRouterId } from "./values.js";
import type { VmacDocument } from "./vmac-document.js";

export type {
  AttemptDocument,
  ForeignSpeakerDocument,
  HeardDocument,
  RefusalDocument,
  SpeakerDocument,
} from "./heard-types.js";
export type { FixtureDocument, RemovalsDocument, VirtualAddressDocument } from "./kernel-types.js";
export type { Time } from "./values.js";

export interface TransitionDocument {
  readonly at: Time;
  readonly from: State;
  readonly to: State;
  readonly cause: string;
  /** The cause as a stable word. */
  readonly code: CauseCode;
  /** What decided it. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface CheckDocument {
  /**
   * `probe`, `script` or `http` of the environment, else the name of a `vrrp_script`; `file NAME` of a `track_file`, `process NAME`
   * of a `vrrp_track_process`.
   */
  readonly name: string;
  readonly state: Verdict;
  readonly detail: string;
  /** When the state last changed; null: no result yet. */
  readonly since: Time | null;
  /**
   * The number that a file holds; null: it is no file, or not known yet.
   * @asType integer
   */
  readonly value: number | null;
  /** When it began to fail: the last few times. */
  readonly failedAt: readonly Time[];
}

/** A check or an interface that the virtual router depends on, beside its own interface. */
export interface TrackDocument {
  /** null: it is an interface. */
  readonly check: string | null;
  /** null: it is a check. */
  readonly interface: string | null;
  /** `none`: it is left out, as it cannot run or does not count yet. */
  readonly finding: "pending" | "success" | "failure" | "none";
  /**
   * Above 0 it is added while the finding is success, below 0 while it is failure; null: failure is FAULT. Beside a
   * `value`: what that is multiplied by before it is added; -254 and below are FAULT.
   * @asType integer
   */
  readonly weight: number | null;
  /**
   * The number that a file holds; null: it is no file, or not known yet.
   * @asType integer
   */
  readonly value: number | null;
  /** The weight is added with its sign turned; without one, success is FAULT. */
  readonly reversed: boolean;
  /**
   * What it adds to the priority now.
   * @asType integer
   */
  readonly adds: number;
}

/** When a node of higher priority takes over from a master. */
export interface PreemptDocument {
  readonly mode: "delay" | "never" | "immediate";
  readonly delaySeconds: Seconds;
}

/** A timer that runs, and what it means. */
export interface NextDocument {
  readonly at: Time;
  /** Its name. */
  readonly reason: TimerKind;
  readonly meaning: string;
}

/** One virtual router. */
export interface InstanceDocument {
  readonly name: string;
  readonly family: Family;
  /** Where it takes part; where none is there yet, the one that is waited for. */
  readonly interface: string;
  readonly virtualRouterId: VirtualRouterId;
  readonly version: VrrpVersion;
  /** The one that counts: the configured one with what is tracked; null: open until the node has an address. */
  readonly priority: Priority | null;
  /** The configured one. */
  readonly basePriority: Priority | null;
  /** The sync group that it is in; null: none. */
  readonly syncGroup: string | null;
  readonly state: State;
  readonly since: Time;
  /** What counts for it, of all that has yielded; null: it takes part. */
  readonly yielded: YieldDocument | null;
  /** Why it is in this state. */
  readonly reason: string;
  /** The reason as a stable word. */
  readonly code: CauseCode;
  /** What its adverts are sent from. */
  readonly source: string | null;
  /** This node while it is MASTER; null: none is known. */
  readonly master: { readonly address: string; readonly priority: AdvertPriority } | null;
  readonly preempt: PreemptDocument;
  /** Until then it listens and claims nothing (VRRPD_START_GRACE, VRRPD_LINK_GRACE); null: no grace runs. */
  readonly graceEndsAt: Time | null;
  readonly preemptDelayEndsAt: Time | null;
  /** A master of which no advert has left for its down interval; null: others can hear it, or it is none. */
  readonly unheard: { readonly since: Time; readonly errno: string } | null;
  /** What became of a preempt delay last; null: there was none since the start. */
  readonly preemptDelayNews: {
    readonly at: Time;
    readonly event: "started" | "ended" | "cancelled" | "bypassed";
    readonly text: string;
  } | null;
  /** Addresses that nobody is heard to serve under this id, and why; null: there are none. */
  readonly unserved: { readonly addresses: readonly string[]; readonly why: string } | null;
  readonly advertIntervalSeconds: Seconds;
  /** How long the master may be silent before this instance takes over; null: no priority yet. */
  readonly downIntervalSeconds: Seconds | null;
  /**
   * Kernel lifetime of the virtual addresses; null: for ever.
   * @asType integer
   * @minimum 1
   */
  readonly leaseSeconds: number | null;
  /** From a takeover to the second burst of its announcements; null: there is none. */
  readonly announcesAgainAfterSeconds: Seconds | null;
  /** Empty: multicast. */
  readonly unicastPeers: readonly string[];
  /** Interfaces with virtual MAC addresses that are made for it; empty: none. */
  readonly vmacs: readonly VmacDocument[];
  /** While it is master: those that the kernel has asked for their MAC addresses in vain. */
  readonly unreachablePeers: readonly string[];
  readonly virtualAddresses: readonly VirtualAddressDocument[];
  /** Routes and rules that come and go with the mastership. */
  readonly routes: readonly FixtureDocument[];
  readonly checks: readonly CheckDocument[];
  readonly tracks: readonly TrackDocument[];
  /** The earliest first. */
  readonly next: readonly NextDocument[];
  /** The last fifty, the latest last. */
  readonly transitions: readonly TransitionDocument[];
  readonly speakers: readonly SpeakerDocument[];
  readonly refusals: readonly RefusalDocument[];
  /** Refused adverts that would have taken the addresses over: of each reason the last. */
  readonly attempts: readonly AttemptDocument[];
  readonly counters: Counters;
}

/** Instances that are master together, or none of them is. */
export interface GroupDocument {
  readonly name: string;
  /** Of all its members; MASTER, too, while a member that is new beside masters does not serve yet. */
  readonly state: State;
  readonly since: Time;
  /** Names of instances. */
  readonly members: readonly string[];
  /** Those that keep the others from being master. */
  readonly awaited: readonly string[];
}

/** What an operator should look at. */
export interface ProblemDocument {
  readonly severity: "error" | "warning";
  /** A stable word. */
  readonly code: string;
  /** Instance name; null: it concerns the whole node, or several instances. */
  readonly instance: string | null;
  /** All that it concerns; empty: the whole node. */
  readonly instances: readonly string[];
  /** null: it is not known. */
  readonly since: Time | null;
  /** The operator knows of it (VRRPD_ACKNOWLEDGE): it does not count in figures and exit codes. */
  readonly acknowledged: boolean;
  /** A sentence. */
  readonly text: string;
  /** What to do, a sentence. */
  readonly action: string;
}

/** A command of the configuration, as it was found at the start. */
export interface ScriptDocument {
  /** The variable that holds it. */
  readonly variable: string;
  /** Its first word: the others may be secrets. */
  readonly program: string;
  /** Who runs it; null: who runs the daemon. */
  readonly user: string | null;
  /** A sentence: why it cannot be run; null: it can. */
  readonly problem: string | null;
  /** A sentence: who else can change what is run; null: nobody. */
  readonly unsafe: string | null;
  /** Whether it runs where others can change it (VRRPD_SCRIPT_SECURITY=off). */
  readonly mayRunUnsafe: boolean;
}

/** The node, or an instance, has been told to give its addresses up (`vrrpd yield`). */
export interface YieldDocument {
  readonly since: Time;
  /** When it ends by itself; null: it does not. */
  readonly until: Time | null;
  /** It serves nothing, whether any other node does or not. */
  readonly force: boolean;
  /** A restart does not end it. */
  readonly persistent: boolean;
}

export interface NamedYieldDocument extends YieldDocument {
  /** null: the whole node. */
  readonly instance: string | null;
  /** Of the whole node: instances that take part all the same. */
  readonly except: readonly string[];
}

/** What runs. */
export interface ConfigurationDocument {
  /** `env`, `env:` and the path of a file of variables, or the path of a keepalived.conf. */
  readonly source: string;
  /** At the start, or by the last reload that was not refused. */
  readonly loadedAt: Time;
  /** The last reload was refused, and nothing of it runs; null: it was not. */
  readonly refused: {
    /** The first of the refused reloads since then. */
    readonly since: Time;
    /** The first problem, a sentence. */
    readonly problem: string;
    /** It could not be read, and may be right: what to do, a sentence; null: the file is refused. */
    readonly action: string | null;
  } | null;
}

export interface StatusDocument {
  /** Of the node first, then of instances by their names, which the configuration may not have. */
  readonly yields: readonly NamedYieldDocument[];
  /** Of vrrpd. */
  readonly version: string;
  /**
   * @asType integer
   * @minimum 1
   */
  readonly pid: number;
  /** Of the configuration. */
  readonly name: string;
  /** The host's name. */
  readonly host: string;
  /** When this picture was taken. */
  readonly at: Time;
  readonly startedAt: Time;
  /** null: none is there to be chosen, or instances are on several. Each of them has its own. */
  readonly interface: string | null;
  readonly interfaceReason: string;
  readonly configuration: ConfigurationDocument;
  /** About the configuration. */
  readonly warnings: readonly string[];
  /** One a cause, errors first, those that are acknowledged last. */
  readonly problems: readonly ProblemDocument[];
  /** How late the daemon's own deadlines were met. */
  readonly lateness: { readonly maxSeconds: Seconds; readonly lastSeconds: Seconds; readonly stalls: Count };
  /** `addon` where the package raw-socket does not load, as in an installation without install scripts. */
  readonly advertsLeaveThrough: Sender;
  readonly lostLogLines: Count;
  /** Lines for FIFOs that nobody has read in time. */
  readonly lostFifoLines: Count;
  /** Lines that the output does not take; null: none. `errno`: why, by name; null: a write does not come to its end. */
  readonly waitingLogLines: {
    readonly lines: Occurrences;
    readonly since: Time;
    readonly errno: string | null;
  } | null;
  /** The firewall rules that the configuration asks for; null: it asks for none. */
  readonly firewall: {
    /** How often they were gone, and were put back. */
    readonly restored: Count;
    readonly lastRestoredAt: Time | null;
  } | null;
  /** Empty until they have been looked at, which begins with the start. */
  readonly scripts: readonly ScriptDocument[];
  /** Packets that found no room in the sockets that adverts are read from. */
  readonly receiveDrops: Readonly<Record<Family, Count>>;
  /**
   * At most so many packets were not looked at: more came than is worth the time of what cannot be meant for us or change
   * anything. Above 0, the counters of refused and ignored packets are those of a sample.
   */
  readonly sampledOut: Readonly<Record<Family, Count>>;
  /** Who holds names of this daemon's locks without a right to them. */
  readonly lockSquatters: readonly LockSquatterDocument[];
  readonly nextDeadline: { readonly at: Time; readonly reason: TimerKind; readonly owner: string } | null;
  /** Routes, rules and addresses that are there whoever is master. */
  readonly statics: readonly FixtureDocument[];
  /** Of those, and of what instances have left that are gone. */
  readonly staticCounters: FixtureCounters;
  readonly instances: readonly InstanceDocument[];
  readonly syncGroups: readonly GroupDocument[];
  readonly foreignSpeakers: readonly ForeignSpeakerDocument[];
  /** Refused packets that belong to no instance, by interface. */
  readonly unclaimedDrops: Readonly<Record<string, Drops>>;
}
