/** A virtual router in Keepalived's words, for all kinds of dumps: what it is configured as, and what became of it. */
import { microsToSeconds } from "../../base/time.js";
import {
  type InstanceIntent,
  isScriptsName,
  ownNameOf,
  type ShownInstance,
  USUAL_INSTANCE,
} from "../../config/index.js";
import type { AnnouncementRounds, VirtualRouterConfig, Vmac } from "../../core/config.js";
import type { NotifyCommand } from "../../core/notify.js";
import { nameOf } from "../../core/origin.js";
import type { CauseCode } from "../../core/router/cause.js";
import type { State } from "../../core/router/state.js";
import { isFaulty } from "../../core/router/tracks.js";
import type { ConfiguredInstance } from "../status/document.js";
import type { CheckDocument, InstanceDocument, ScriptDocument, TrackDocument } from "../status/types.js";
import { addressLine } from "./address.js";
import type { DumpSource } from "./source.js";

export interface Dumped extends ConfiguredInstance {
  /** Before this host was looked at. */
  readonly asked: InstanceIntent;
  readonly shown: ShownInstance;
}

/** With what was asked for. */
export function* dumped({ instances, intent }: DumpSource): Generator<Dumped> {
  const asked = new Map(intent.instances.map((instance) => [instance.router.name, instance]));
  for (const { document, config } of instances) {
    const { name } = config;
    const shown = intent.shown.instances.get(name) ?? USUAL_INSTANCE;
    yield { document, config, asked: asked.get(name)!, shown };
  }
}

/**
 * What it is to become. `state MASTER` stays until its first election, but for an instance that waited for a check: that
 * one begins as a backup.
 */
export function wantedState(one: Dumped): State {
  const { document, shown } = one;
  const { state, transitions } = document;
  const waited = trackedScripts(one).some(({ weight }) => weight === null);
  const isFirst = state === "INIT" || (state === "BACKUP" && transitions.length <= 1 && !waited);
  if (isFirst && shown.wantsMaster) return "MASTER";
  return state === "INIT" ? "BACKUP" : state;
}

/** The one with its virtual MAC address; undefined: it has none. */
export function mainVmac({ config }: Dumped): Vmac | undefined {
  return config.vmacs.find(({ adverts }) => adverts !== "none");
}

export interface AddressLines {
  readonly advertised: readonly string[];
  readonly excluded: readonly string[];
  /** One of them is there. */
  readonly set: boolean;
}

export function addressLines({ document, config }: Dumped): AddressLines {
  const { virtualAddresses, advertisedCount } = config;
  const set = virtualAddresses.map((_, index) => {
    const { present = false, expected = false } = document.virtualAddresses[index] ?? {};
    return present && expected;
  });
  const all = virtualAddresses.map((entry, index) => addressLine(entry, set[index]!));
  return {
    advertised: all.slice(0, advertisedCount),
    excluded: all.slice(advertisedCount),
    set: set.includes(true),
  };
}

export interface Announcing {
  readonly delay: number;
  readonly repeat: number;
  readonly refresh: number;
  readonly refreshRepeat: number;
  readonly lowerDelay: number;
  readonly lowerRepeat: number;
}

/** Whole seconds, as Keepalived counts. */
export function announcing({ config }: Dumped): Announcing {
  const { claimed, contested, refresh } = config.announcements;
  const delayOf = ({ againAfterMicros }: AnnouncementRounds) =>
    againAfterMicros === null ? 0 : Math.round(microsToSeconds(againAfterMicros));
  return {
    delay: delayOf(claimed),
    repeat: claimed.times,
    refresh: refresh === null ? 0 : Math.round(microsToSeconds(refresh.everyMicros)),
    refreshRepeat: refresh?.times ?? 1,
    lowerDelay: config.announcesToLower ? delayOf(contested) : 0,
    lowerRepeat: config.announcesToLower ? contested.times : 0,
  };
}

/** What adverts carry: version 3 knows no authentication. */
export function passwordOf({ version, password }: VirtualRouterConfig): Uint8Array | null {
  return version === 2 ? password : null;
}

/** Those that were asked for; behind them are those of its addresses, which have no line of their own. */
export function trackedInterfaces({ document, asked }: Dumped): TrackDocument[] {
  return ownTracks(document, asked).filter((track) => track.interface !== null);
}

/** Without those of its group, which stand there. */
function ownTracks({ tracks }: InstanceDocument, { router, tracksOfGroup }: InstanceIntent): TrackDocument[] {
  return tracks.slice(0, router.tracks.length - tracksOfGroup);
}

/** Of files or processes, with the names that the configuration has for them. */
export function trackedCounted(
  { document, asked }: Dumped,
  kind: "file" | "process",
  { plan }: DumpSource,
): TrackDocument[] {
  return ownTracks(document, asked).flatMap((track) => {
    const check = track.check === null ? undefined : plan.checks.get(track.check);
    return check?.kind === kind ? [{ ...track, check: ownNameOf(check) }] : [];
  });
}

/** Scripts that cannot run are left out, as in Keepalived. */
export function trackedScripts({ document, asked }: Dumped): TrackDocument[] {
  const checks = new Map<string | null, CheckDocument>(document.checks.map((check) => [check.name, check]));
  return ownTracks(document, asked).filter(
    ({ check }) => check !== null && isScriptsName(check) && checks.get(check)?.state !== "disabled",
  );
}

const OF_TRACKS: readonly CauseCode[] = ["check-failed", "tracked-interface", "contradiction"];

/** How many of what it tracks keep it in FAULT, and how many have no result yet. */
export function faultsOf({ document }: Dumped): { readonly faults: number; readonly pending: number } {
  const deciding = document.tracks.filter(({ weight }) => weight === null);
  const fails = [
    ...deciding.filter(({ finding, reversed }) => finding === (reversed ? "success" : "failure")),
    ...document.tracks.filter(isFaultyNumber),
  ];
  const own = document.state === "FAULT" && !OF_TRACKS.includes(document.code) ? 1 : 0;
  const pending = deciding.filter(({ check, finding }) => check !== null && finding === "pending");
  return { faults: fails.length + own, pending: pending.length };
}

function isFaultyNumber({ value, weight, reversed }: TrackDocument): boolean {
  return value !== null && weight !== null && isFaulty(value * weight * (reversed ? -1 : 1));
}

/** Without those that cannot run, as in Keepalived. */
export function notified(
  { config }: { readonly config: Pick<VirtualRouterConfig, "notify"> },
  { scripts }: DumpSource,
): NotifyCommand[] {
  const out = new Set(scripts.filter(cannotRun).map(({ variable }) => variable));
  return config.notify.filter(({ origin }) => !out.has(nameOf(origin)));
}

/** As it was found at the start. */
function cannotRun({ problem, unsafe, mayRunUnsafe }: ScriptDocument): boolean {
  return problem !== null || isRefused({ unsafe, mayRunUnsafe });
}

/** Others can write it, and where that counts it does not run. */
export function isRefused({
  unsafe,
  mayRunUnsafe,
}: Pick<ScriptDocument, "unsafe" | "mayRunUnsafe">): boolean {
  return unsafe !== null && !mayRunUnsafe;
}
