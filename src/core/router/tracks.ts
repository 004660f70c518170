/**
 * What a virtual router tracks, as Keepalived has it: the checks and interfaces that keep it from taking part, or that
 * its priority depends on. The one place that decides what a track does.
 */
import type { Track } from "../config.js";
import type { LinkState } from "../input.js";
import type { Check, Verdict } from "./check.js";
import { fault, type Impediment, type InterfaceView, pending } from "./readiness.js";

/** `none`: it is left out. */
export type Finding = "pending" | "success" | "failure" | "none";

export interface TrackStatus {
  /** One of them is there, the other null. */
  readonly check: string | null;
  readonly interface: string | null;
  readonly finding: Finding;
  /** null: it decides over FAULT. */
  readonly weight: number | null;
  readonly reversed: boolean;
  /** What it adds to the priority now. */
  readonly adds: number;
}

/** Where its results are. */
export interface TrackSources {
  check(name: string): Check;
  view(interfaceName: string): InterfaceView;
}

const FINDINGS: Readonly<Record<Verdict, Finding>> = {
  pending: "pending",
  passing: "success",
  failing: "failure",
  advisory: "none",
  disabled: "none",
};

/** Why it keeps the virtual router from taking part; null: it does not. */
export function trackImpediment(track: Track, sources: TrackSources): Impediment | null {
  if (track.effect !== "fault") return null;
  const { on, reversed } = track;
  const finding = findingOf(track, sources);
  if (finding === "none" || finding === (reversed ? "failure" : "success")) return null;
  if ("check" in on) return checkImpediment(sources.check(on.check), finding);
  const facts = { interface: on.interface };
  const what = `interface ${on.interface}, which is tracked,`;
  if (finding === "pending") return pending("starting", "asking the kernel for its interfaces", facts);
  return fault("tracked-interface", `${what} ${linkWords(sources.view(on.interface).link)}`, facts);
}

/** What it adds to the priority now. */
export function addedBy(track: Track, sources: TrackSources): number {
  if (track.effect === "fault") return 0;
  const { weight } = track.effect;
  const counts = findingOf(track, sources) === (weight > 0 ? "success" : "failure");
  if (!counts) return 0;
  return track.reversed ? -weight : weight;
}

/** A clause for each that adds something: "-20 as check nginx is failing". */
export function describeWeights(tracks: readonly Track[], sources: TrackSources): string {
  const clauses = tracks.flatMap((track) => {
    const added = addedBy(track, sources);
    return added === 0 ? [] : [`${added > 0 ? "+" : ""}${added} as ${stateOf(track, sources)}`];
  });
  return clauses.length > 0 ? clauses.join(", ") : "nothing is added";
}

/** @param isOwner its priority is 255, which no weight changes */
export function trackStatus(track: Track, sources: TrackSources, isOwner: boolean): TrackStatus {
  const { on, effect, reversed } = track;
  return {
    check: "check" in on ? on.check : null,
    interface: "interface" in on ? on.interface : null,
    finding: findingOf(track, sources),
    weight: effect === "fault" ? null : effect.weight,
    reversed,
    adds: isOwner ? 0 : addedBy(track, sources),
  };
}

function findingOf({ on }: Track, sources: TrackSources): Finding {
  if ("check" in on) return FINDINGS[sources.check(on.check).verdict];
  const { link } = sources.view(on.interface);
  if (link === undefined) return "pending";
  return link?.up && link.carrier ? "success" : "failure";
}

function stateOf({ on }: Track, sources: TrackSources): string {
  if ("check" in on) return `check ${on.check} is ${sources.check(on.check).verdict}`;
  return `interface ${on.interface} ${linkWords(sources.view(on.interface).link)}`;
}

function linkWords(link: LinkState | null | undefined): string {
  if (!link) return "does not exist";
  if (!link.up) return "is down";
  return link.carrier ? "is up" : "has no carrier";
}

function checkImpediment({ config: { name }, detail }: Check, finding: Finding): Impediment {
  if (finding === "pending")
    return pending("check-pending", `check ${name} has no result yet`, { check: name });
  const facts = { check: name, detail };
  if (finding === "failure") return fault("check-failed", `check ${name} failed: ${detail}`, facts);
  return fault("check-failed", `check ${name} succeeded, which counts as its failure: ${detail}`, facts);
}
