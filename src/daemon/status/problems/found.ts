/**
 * What is found of one cause on one instance, or on the node; and how those of the same cause become one problem: thirty
 * addresses or 255 instances with one cause are one thing to do.
 */
import { type ProblemCode, placeOf } from "../../../config/problem-codes.js";
import type { ProblemDocument } from "../types.js";

type Severity = ProblemDocument["severity"];

/** What all that is found of one cause adds up to. */
export interface Evidence {
  readonly instances: readonly string[];
  readonly addresses: readonly string[];
  readonly count: number;
  /** In milliseconds, as `Date` counts; null: it is not known. */
  readonly since: number | null;
}

export interface Found extends Partial<Pick<Evidence, "addresses" | "count" | "since">> {
  readonly severity: Severity;
  readonly code: ProblemCode;
  /** null: it concerns the node. */
  readonly instance: string | null;
  /** What tells it from others of the same code, such as the address of a speaker. */
  readonly cause: string;
  /** A sentence without full stop, and what to do. */
  readonly tell: (all: Evidence) => { readonly text: string; readonly action: string };
}

/** One that is told the same way however often it is found. */
export function plain(
  severity: Severity,
  code: ProblemCode,
  instance: string | null,
  text: string,
  action: string,
): Found {
  return { severity, code, instance, cause: text, tell: () => ({ text, action }) };
}

/** A code, everywhere or on one instance, that the operator knows of. */
export interface Acknowledged {
  readonly code: string;
  readonly instance: string | null;
}

/** One problem a cause. Those to be looked at first come first; those that are acknowledged last. */
export function problemsFrom(
  found: readonly Found[],
  acknowledged: readonly Acknowledged[] = [],
): ProblemDocument[] {
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    const known = isAcknowledged(one, acknowledged);
    const key = JSON.stringify([one.code, one.cause, known]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()]
    .map((group) => told(group, isAcknowledged(group[0]!, acknowledged)))
    .sort((one, other) => rankOf(one) - rankOf(other));
}

/** What counts for whoever watches: the gravest of those that are not acknowledged; null: there is none. */
export function worstOf(problems: readonly ProblemDocument[]): Severity | null {
  const counted = problems.filter((one) => !one.acknowledged);
  if (counted.length === 0) return null;
  return counted.some(({ severity }) => severity === "error") ? "error" : "warning";
}

const GRAVEST: Readonly<Record<Severity, number>> = { error: 0, warning: 1 };

function rankOf({ severity, code, acknowledged }: ProblemDocument): number {
  return (acknowledged ? 1e6 : 0) + 1e4 * GRAVEST[severity] + placeOf(code);
}

function isAcknowledged({ code, instance }: Found, acknowledged: readonly Acknowledged[]): boolean {
  return acknowledged.some((one) => {
    return one.code === code && (one.instance === null || one.instance === instance);
  });
}

function told(group: readonly Found[], acknowledged: boolean): ProblemDocument {
  const first = group.find(({ severity }) => severity === "error") ?? group[0]!;
  const instances = [...new Set(group.flatMap(({ instance }) => (instance === null ? [] : [instance])))];
  const times = group.flatMap(({ since }) => (since == null ? [] : [since]));
  const since = times.length === 0 ? null : Math.min(...times);
  const evidence: Evidence = {
    instances,
    addresses: [...new Set(group.flatMap(({ addresses = [] }) => addresses))],
    count: group.reduce((sum, { count = 0 }) => sum + count, 0),
    since,
  };
  return {
    severity: first.severity,
    code: first.code,
    instance: instances.length === 1 ? instances[0]! : null,
    instances,
    since: since === null ? null : timeOf(since),
    acknowledged,
    ...first.tell(evidence),
  };
}

export function timeOf(millis: number): string {
  return new Date(millis).toISOString();
}
