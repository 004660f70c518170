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
  /** null: it decides over FAULT. Of a number: what that is multiplied by. */
  readonly weight: number | null;
  /** What the check tells; null: no number, or none yet. */
  readonly value: number | null;
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

/** What a number adds at most; and from where on it is a fault. */
const MOST_ADDED = 253;
const FAULT_AT = -254;

/** @param product a number and what it is multiplied by */
export function isFaulty(product: number): boolean {
  return product <= FAULT_AT;
}

/** Why it keeps the virtual router from taking part; null: it does not. @param isOwner no number is a fault then */
export function trackImpediment(track: Track, sources: TrackSources, isOwner = false): Impediment | null {
  if (track.effect !== "fault") return isOwner ? null : numberImpediment(track, sources);
  const { on, reversed } = track;
  const finding = findingOf(track, sources);
  if (finding === "none" || finding === (reversed ? "failure" : "success")) return null;
  if ("check" in on) return checkImpediment(sources.check(on.check), finding);
  const facts = { interface: on.interface };
  const what = `interface ${on.interface}, which is tracked,`;
  if (finding === "pending") return pending("starting", "asking the kernel for its interfaces", facts);
  return fault("tracked-interface", `${what} ${linkWords(sources.view(on.interface).link)}`, facts);
}

/** Until the number is known nobody knows whether it is a fault. */
function numberImpediment(track: Track, sources: TrackSources): Impediment | null {
  if (!("check" in track.on)) return null;
  const product = productOf(track, sources);
  if (product === null) return null;
  const check = sources.check(track.on.check);
  if (check.verdict === "pending") return checkImpediment(check, "pending");
  if (!isFaulty(product)) return null;
  const text = `check ${check.config.name} tells ${check.value}, which counts as ${product}, and ${FAULT_AT} or less is a fault: ${check.detail}`;
  return fault("check-failed", text, { check: check.config.name, detail: check.detail });
}

/** Of a track of a number; null: it is none. */
function productOf({ on, effect, reversed }: Track, sources: TrackSources): number | null {
  if (effect === "fault" || !("factor" in effect) || !("check" in on)) return null;
  const number = sources.check(on.check).value ?? 0;
  return number * effect.factor * (reversed ? -1 : 1) + 0;
}

/** What it adds to the priority now. */
export function addedBy(track: Track, sources: TrackSources): number {
  if (track.effect === "fault") return 0;
  if ("factor" in track.effect) {
    const product = productOf(track, sources) ?? 0;
    return isFaulty(product) ? 0 : Math.min(product, MOST_ADDED);
  }
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
    weight: weightOf(effect),
    value: "check" in on ? sources.check(on.check).value : null,
    reversed,
    adds: isOwner ? 0 : addedBy(track, sources),
  };
}

/** As the configuration has it; null: none. */
export function weightOf(effect: Track["effect"]): number | null {
  if (effect === "fault") return null;
  return "factor" in effect ? effect.factor : effect.weight;
}

function findingOf({ on }: Track, sources: TrackSources): Finding {
  if ("check" in on) {
    const { verdict, value } = sources.check(on.check);
    return value === null || value === 0 ? FINDINGS[verdict] : "failure";
  }
  const { link } = sources.view(on.interface);
  if (link === undefined) return "pending";
  return link?.up && link.carrier ? "success" : "failure";
}

function stateOf({ on }: Track, sources: TrackSources): string {
  if ("check" in on) {
    const { verdict, value } = sources.check(on.check);
    return `check ${on.check} ${value === null ? `is ${verdict}` : `tells ${value}`}`;
  }
  return `interface ${on.interface} ${linkWords(sources.view(on.interface).link)}`;
}

function linkWords(link: LinkState | null | undefined): string {
  if (!link) return "does not exist";
  if (!link.up) return "is down";
  return link.carrier ? "is up" : "has no carrier";
}

function checkImpediment({ config: { name }, detail, value }: Check, finding: Finding): Impediment {
  if (finding === "pending")
    return pending("check-pending", `check ${name} has no result yet`, { check: name });
  const facts = { check: name, detail };
  if (value !== null) {
    const text = `check ${name} tells ${value}, and ${finding === "failure" ? "0 is needed" : "another number is needed"}: ${detail}`;
    return fault("check-failed", text, facts);
  }
  if (finding === "failure") return fault("check-failed", `check ${name} failed: ${detail}`, facts);
  return fault("check-failed", `check ${name} succeeded, which counts as its failure: ${detail}`, facts);
}
