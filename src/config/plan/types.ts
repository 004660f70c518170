/** The result of planning: everything the daemon needs, in one validated value. */
import type { Family, IpAddress } from "../../base/address.js";
import type { CoreConfig, UnicastPeer, VirtualRouterConfig } from "../../core/config.js";
import type { RouterId } from "../../core/identity.js";
import type { NotifyCommand } from "../../core/notify.js";
import type { SettingOrigins } from "../../core/origin.js";
import type { CheckPlan } from "../checks.js";
import type { FifoPlan } from "../fifo.js";
import type { FirewallPlan, Settings } from "../intent.js";
import type { StandingProblem, Warning } from "../problem.js";
import type { PeerRoute } from "./facts.js";
import type { AdvertSource } from "./node-address.js";

export interface Plan {
  /** What the configuration was read from: as in an intent. */
  readonly source: string;
  readonly settings: Settings;
  /** For what is said about no virtual router; each of those has its own. */
  readonly origins: SettingOrigins;
  /** In the order of the virtual routers; at least one. */
  readonly interfaces: readonly InterfacePlan[];
  readonly routers: ReadonlyMap<RouterId, RouterPlan>;
  /** By their names, which are those that the virtual routers have. */
  readonly checks: ReadonlyMap<string, CheckPlan>;
  /** Of all virtual routers, groups and FIFOs, each once. */
  readonly notify: readonly NotifyCommand[];
  /** Names of interfaces that promote secondary IPv4 addresses while this plan runs. */
  readonly promotes: readonly string[];
  readonly fifos: readonly FifoPlan[];
  readonly firewall: FirewallPlan | null;
  /** The part of `routers` and `checks` that the core decides with, and its times. */
  readonly core: CoreConfig;
  /** What was corrected, ignored, or cannot be known yet. */
  readonly warnings: readonly Warning[];
  /** They stand in the status as long as the plan does. */
  readonly standingProblems: readonly StandingProblem[];
}

export interface InterfacePlan {
  /** As the configuration names it; null: it names none. */
  readonly asked: string | null;
  /** null while none is there to be chosen. */
  readonly name: string | null;
  /** The same, and meanwhile what virtual routers say that they are on. */
  readonly nameInPlan: string;
  /** What identities have: the first `nameInPlan` of the daemon's life. */
  readonly nameInIds: string;
  /** Why this interface, or what is waited for: a sentence for log and status. */
  readonly reason: string;
  /** IPv4. */
  readonly nodeAddress: IpAddress | null;
  /** What adverts are sent from, by the first virtual router of the family. Unicast peers may have another source each; there is none while one of them has none. */
  readonly sources: Readonly<Record<Family, AdvertSource>>;
}

export interface RouterPlan {
  readonly config: VirtualRouterConfig;
  readonly on: InterfacePlan;
  /** What its adverts are sent from; to unicast peers each may have another one. */
  readonly source: AdvertSource;
  /** Of both families, without this node itself. Empty: multicast. */
  readonly peers: readonly PlannedPeer[];
  /** A contradiction that only the host's facts revealed (FAULT with this reason, not an exit); null: none. */
  readonly contradiction: string | null;
}

/** A unicast peer, with what `check` and `doctor` say about it. */
export interface PlannedPeer extends UnicastPeer {
  /** null: none is known. */
  readonly route: PeerRoute | null;
  /** The same source, or why there is none. */
  readonly from: AdvertSource;
}
