/**
 * What a source asks for, before anything of this host is known. Each item knows where it comes from, so that whatever
 * is said about it names the setting as its source spells it.
 */
import type { IpAddress } from "../base/address.js";
import type { Micros } from "../base/time.js";
import type { Track, VirtualRouterConfig, Vmac } from "../core/config.js";
import type { FixtureConfig } from "../core/fixture.js";
import type { NotifyCommand, UserName } from "../core/notify.js";
import type { Origin, SettingOrigins } from "../core/origin.js";
import type { VirtualAddressIntent } from "../core/virtual-address.js";
import type { CheckIntent } from "./checks.js";
import type { FifoPlan } from "./fifo.js";
import type { StandingProblem, Warning } from "./problem.js";
import type { Shown } from "./shown.js";

export interface Intent {
  /** What `check --json` calls the source: `env`, `env:` and a path, or the path of a keepalived.conf. */
  readonly source: string;
  readonly settings: Settings;
  /** Where settings are, for what is said about no virtual router. */
  readonly origins: SettingOrigins;
  /** One virtual router each, in order; at least one. */
  readonly instances: readonly InstanceIntent[];
  /** No instance is in two of them. */
  readonly groups: readonly GroupIntent[];
  readonly checks: readonly CheckIntent[];
  readonly fifos: readonly FifoPlan[];
  /** Routes, rules and addresses that are there for as long as vrrpd runs. */
  readonly statics: readonly FixtureConfig[];
  readonly firewall: FirewallPlan | null;
  readonly startGraceMicros: Micros;
  readonly linkGraceMicros: Micros;
  /** How often leases are renewed; null: with the adverts, or there is none. */
  readonly renewIntervalMicros: Micros | null;
  readonly warnings: readonly Warning[];
  readonly standingProblems: readonly StandingProblem[];
  /** To be logged once at their level: what is accepted and does nothing. */
  readonly notes: readonly Note[];
  /** For Keepalived's dumps alone. */
  readonly shown: Shown;
}

/** A setting that messages may have to name. Whoever asks for the same thing has the same object. */
export interface Asked<T> {
  readonly value: T;
  /** Of something that is not set: where it would be. */
  readonly origin: Origin;
}

/** What the core needs of a virtual router and no fact of this host changes. */
export type RouterSettings = Omit<
  VirtualRouterConfig,
  | "id"
  | "interface"
  | "priority"
  | "virtualAddresses"
  | "vmacs"
  | "advertisedCount"
  | "unicastPeers"
  | "contradiction"
> & {
  /** In their order. */
  readonly virtualAddresses: readonly VirtualAddressIntent[];
};

/** One virtual router: its settings, and what this host has to be asked about. */
export interface InstanceIntent {
  readonly router: RouterSettings;
  readonly interface: InterfaceIntent;
  readonly vmacs: readonly VmacIntent[];
  readonly priority: PriorityIntent;
  /** As listed, this node's own included. Empty: multicast. */
  readonly unicastPeers: Asked<readonly IpAddress[]>;
  /** Least TTL of adverts from peers behind a router, 1..255; null: any, with a warning. */
  readonly unicastMinTtl: Asked<number | null>;
  /** What adverts are sent from, at most one address a family; empty: as the node's addresses say. */
  readonly sources: Asked<readonly IpAddress[]>;
  /** Without such a source: the best of the interface's addresses, or simply the first, as Keepalived has it. */
  readonly sourceRule: "ranked" | "first";
  /** Where `sources` may be: on the interface alone, or anywhere on this host. */
  readonly sourcesOn: "interface" | "host";
  /** What makes it impossible, whatever the host: a sentence; null: nothing. */
  readonly contradiction: string | null;
  /** Its interface promotes secondary IPv4 addresses when their primary goes. */
  readonly promotes: boolean;
  /** How many of its tracks, at the end, are those of its sync group. */
  readonly tracksOfGroup: number;
  /** Interfaces of static routes, rules and addresses which it tracks. */
  readonly trackedByStatics: readonly string[];
  /** Suffix of the labels of IPv4 virtual addresses without one of their own; null: they have none. */
  readonly label: Asked<string | null>;
  /** What to do with more addresses than an advert carries: the end of a sentence. */
  readonly overfullAdvice: string;
}

/** `on` null: the instance's interface, before that is known. */
export type VmacIntent = Omit<Vmac, "on"> & { readonly on: string | null };

/** Instances that are master together, or none of them is. */
export interface GroupIntent {
  readonly name: string;
  /** Names of instances, at least one. */
  readonly members: readonly string[];
  /** Each member has them, too, as far as it does not track the same by itself. */
  readonly tracks: readonly Track[];
  /** Weights of what members track themselves count. */
  readonly weighs: boolean;
  readonly notify: readonly NotifyCommand[];
}

/** The instances of one interface share one. */
export interface InterfaceIntent {
  /** null: the first of the usual ones. */
  readonly name: string | null;
  readonly origin: Origin;
  /** Wait for ever for the named one. */
  readonly strict: Asked<boolean>;
}

export type PriorityIntent =
  /** 1..255 */
  | { readonly fixed: number }
  /** Made from the node address, so that the nodes share the groups: `group` from 1, `replicaCount` at least 1. */
  | { readonly group: number; readonly replicaCount: number };

export type FirewallPlan =
  | { readonly backend: "iptables"; readonly chain: string }
  | { readonly backend: "nftables" };

export interface Note {
  readonly level: "debug" | "info";
  readonly message: string;
}

export type LogFormat = "json" | "text";

/** Program settings that do not depend on the host. */
export interface Settings {
  /** The configuration's name, of A-Z a-z 0-9 _ alone. */
  readonly name: string;
  readonly socketPath: string;
  /** Whose members may ask over the control socket, by name or number; null: nobody but its owner and root. */
  readonly socketGroup: string | null;
  /** Where what runs is written as a keepalived.conf; null: nowhere. */
  readonly keepalivedConf: string | null;
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
  readonly scripts: ScriptSettings;
  /** Problems that are known: of one instance, or (null) wherever they are. */
  readonly acknowledged: readonly { readonly code: string; readonly instance: string | null }[];
}

/** What is the same for every check and notify script. */
export interface ScriptSettings {
  /** Who runs them; null: the daemon's own user. */
  readonly user: UserName | null;
  /** Whoever is asked for to run one has no capability then, and no way to gain one (no_new_privs). */
  readonly confined: boolean;
  /** Which are not run where others can write them: all of them, those that root runs, none. */
  readonly security: "all" | "root" | "none";
  readonly environment: "inherit" | "clean";
  /** How long a notify script may run while another one waits behind it. */
  readonly notifyTimeoutMicros: Micros;
  /** How long the end of the daemon waits for notify scripts (`STOP`). */
  readonly stopTimeoutMicros: Micros;
}

/** Every unicast peer that is asked for, each once. */
export function allPeers({ instances }: Intent): IpAddress[] {
  const lists = new Set(instances.map(({ unicastPeers }) => unicastPeers.value));
  return [...new Map([...lists].flat().map((peer) => [peer.text, peer])).values()];
}
