/** The result of planning: everything the daemon needs, in one validated value. */
import type { Family, IpAddress } from "../../base/address.js";
import type { Micros } from "../../base/time.js";
import type { CoreConfig, UnicastPeer } from "../../core/config.js";
import type { PeerRoute } from "./facts.js";
import type { AdvertSource } from "./node-address.js";

export type LogFormat = "json" | "text";

/** Program settings that do not depend on the host. */
export interface Settings {
  /** The scrubbed configuration name. */
  readonly name: string;
  readonly socketPath: string;
  readonly logLevel: string;
  /** null: text on a terminal, else JSON. */
  readonly logFormat: LogFormat | null;
  /** SCHED_RR priority, or null. */
  readonly realtimePriority: number | null;
  readonly metricsListen: { readonly host: string; readonly port: number } | null;
  /** Names that HTTP requests may have in Host, beside addresses, localhost and the host of `metricsListen`. */
  readonly httpHosts: readonly string[];
  /** Users whose processes may hold this daemon's locks, beside root and its own. */
  readonly lockUids: readonly number[];
  /** Wait for ever for the named interface. */
  readonly interfaceStrict: boolean;
  readonly scripts: ScriptSettings;
}

/** As written: names or numbers. */
export interface UserName {
  readonly user: string;
  /** null: the user's own groups. */
  readonly group: string | null;
}

/** What is the same for every check and notify script. */
export interface ScriptSettings {
  /** Who runs them; null: the daemon's own user. */
  readonly user: UserName | null;
  /** One that others can write is not run. */
  readonly security: boolean;
  readonly environment: "inherit" | "clean";
  /** How long a notify script may run while another one waits behind it. */
  readonly notifyTimeoutMicros: Micros;
  /** How long the end of the daemon waits for notify scripts (`STOP`). */
  readonly stopTimeoutMicros: Micros;
}

/** A TCP connect to this node's own address. */
export interface ProbePlan {
  /** null while the node address is not known. */
  readonly address: IpAddress | null;
  readonly port: number;
  readonly intervalMicros: Micros;
}

export interface ScriptPlan {
  readonly command: readonly string[];
  readonly intervalMicros: Micros;
  /** A script that is missing or not executable at start faults the node instead of being disabled. */
  readonly strict: boolean;
}

export type FirewallPlan =
  | { readonly backend: "iptables"; readonly chain: string }
  | { readonly backend: "nftables" };

/** A unicast peer, with what `check` and `doctor` say about it. */
export interface PlannedPeer extends UnicastPeer {
  /** null: none is known. */
  readonly route: PeerRoute | null;
  /** The same source, or why there is none. */
  readonly from: AdvertSource;
}

export interface Plan {
  readonly settings: Settings;
  /** null while none is there to be chosen. */
  readonly interface: string | null;
  /** Why this interface, or what is waited for: a sentence for log and status. */
  readonly interfaceReason: string;
  readonly nodeAddress: IpAddress | null;
  /** What adverts are sent from. Unicast peers may have another source each; there is none while one of them has none. */
  readonly sources: Readonly<Record<Family, AdvertSource>>;
  /** Of both families, without this node itself. Empty: multicast. */
  readonly peers: readonly PlannedPeer[];
  readonly probe: ProbePlan | null;
  readonly script: ScriptPlan | null;
  readonly firewall: FirewallPlan | null;
  /** Names of the checks match `probe` and `script`. */
  readonly core: CoreConfig;
  /** Sentences; what was corrected, ignored, or cannot be known yet. */
  readonly warnings: readonly string[];
  /** They stand in the status as long as the plan does. */
  readonly standingProblems: readonly StandingProblem[];
  /** A contradiction that only the host's facts revealed (FAULT with this reason, not an exit); null: none. */
  readonly contradiction: string | null;
}

/** What the configuration makes of this host, and an operator should mend while it runs. */
export interface StandingProblem {
  readonly severity: "error" | "warning";
  /** A stable word. */
  readonly code: string;
  /** A sentence without its full stop. */
  readonly text: string;
  /** What to do, a sentence. */
  readonly action: string;
}

/** One thing that cannot be meant. Printed as a line: variable, value, what is accepted. */
export interface Problem {
  readonly variable: string;
  readonly value: string;
  /** What is accepted, as the end of the sentence "…; accepted: …". */
  readonly accepted: string;
  /** What is wrong with the value, as the end of the sentence "NAME=value …", where more can be said. */
  readonly reason?: string;
}
