/** The result of planning: everything the daemon needs, in one validated value. */
import type { Family, IpAddress } from "../../base/address.js";
import type { CoreConfig, UnicastPeer } from "../../core/config.js";
import type { FirewallPlan, ProbeIntent, ScriptIntent, Settings } from "../intent.js";
import type { Origin, StandingProblem } from "../problem.js";
import type { PeerRoute } from "./facts.js";
import type { AdvertSource } from "./node-address.js";

/** A TCP connect to this node's own address. */
export interface ProbePlan extends ProbeIntent {
  /** null while the node address is not known. */
  readonly address: IpAddress | null;
}

/** A unicast peer, with what `check` and `doctor` say about it. */
export interface PlannedPeer extends UnicastPeer {
  /** null: none is known. */
  readonly route: PeerRoute | null;
  /** The same source, or why there is none. */
  readonly from: AdvertSource;
}

export interface NotifyScript {
  readonly origin: Origin;
  readonly command: readonly string[];
}

export interface Plan {
  /** What the configuration was read from: `env`. */
  readonly source: string;
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
  readonly script: ScriptIntent | null;
  /** Each once: what a transition runs. */
  readonly notifyScripts: readonly NotifyScript[];
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
