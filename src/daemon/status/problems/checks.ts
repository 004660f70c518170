/** Checks: each belongs to all instances, so it is spoken of once. */
import type { Plan } from "../../../config/index.js";
import { kindOf, type TroubledVerdict } from "../../../host/checks/index.js";
import type { CheckDocument, InstanceDocument, TrackDocument } from "../types.js";
import { type Found, timeOf } from "./found.js";

/** What is older is over. */
const WINDOW_MILLIS = 600_000;
/** Fewer failures within the window are no flapping. */
const LEAST_FAILURES = 3;

export function checkProblems(
  instances: readonly InstanceDocument[],
  { checks: planned }: Plan,
  now: number,
): Found[] {
  const checks = new Map(instances.flatMap((one) => one.checks.map((check) => [check.name, check] as const)));
  return [...checks.values()].flatMap((check) => {
    const tracks = instances.flatMap((one) => one.tracks.filter((track) => track.check === check.name));
    return checkProblem(check, tracks, planned, now);
  });
}

/** What stands behind "check NAME". */
const TROUBLES: Readonly<
  Record<TroubledVerdict, (check: CheckDocument) => Pick<Found, "severity"> & { text: string }>
> = {
  failing: ({ since, detail }) => ({ severity: "error", text: `has been failing since ${since}: ${detail}` }),
  advisory: ({ detail }) => ({
    severity: "warning",
    text: `has never passed, so its failure does not count yet: ${detail}`,
  }),
  disabled: ({ detail }) => ({ severity: "error", text: `is disabled: ${detail}` }),
};

function checkProblem(
  document: CheckDocument,
  tracks: readonly TrackDocument[],
  planned: Plan["checks"],
  now: number,
): Found[] {
  const { name, state } = document;
  const check = planned.get(name);
  if (check === undefined || state === "pending") return [];
  const failures = document.failedAt.map((at) => Date.parse(at)).filter((at) => now - at <= WINDOW_MILLIS);
  const isFlapping = failures.length >= LEAST_FAILURES;
  const often = `${failures.length} times since ${timeOf(failures[0] ?? now)}`;
  const common = { instance: null, cause: name };
  if (state === "passing") {
    if (!isFlapping) return [];
    const text = `check ${name} passes, and has failed ${often}: ${document.detail}`;
    const action = kindOf(check).action(check, "failing");
    const more = `${action} ${MORE_FAILURES}`;
    const since = failures[0]!;
    return [
      { ...common, severity: "warning", code: "check-flapping", since, tell: () => ({ text, action: more }) },
    ];
  }
  // Reversed, failing is as it should be; what only weighs takes no node out of service.
  if (state === "failing" && tracks.every(({ reversed }) => reversed)) return [];
  const weighs = state === "failing" && tracks.every(({ weight, reversed }) => weight !== null || reversed);
  const trouble = TROUBLES[state](document);
  const too = isFlapping && state === "failing" ? `; it has failed ${often}` : "";
  const text = `check ${name} ${trouble.text}${too}`;
  const action = kindOf(check).action(check, state, document.detail);
  return [
    {
      ...common,
      severity: weighs ? "warning" : trouble.severity,
      code: `check-${state}`,
      since: document.since === null ? null : Date.parse(document.since),
      tell: () => ({ text, action: isFlapping ? `${action} ${MORE_FAILURES}` : action }),
    },
  ];
}

const MORE_FAILURES =
  "To tolerate single failures, let it fail several times in a row before it counts (fall).";
