/** Where our dumps differ from Keepalived's on purpose, each with its reason; what is no difference any more is an error. */
import { readFileSync } from "node:fs";

export interface Difference {
  /** Of the corpus; `*`: any. */
  readonly case: string;
  /** Path within the decisive part: `instances.VI_1.accept`. */
  readonly field: string;
  /** What Keepalived wrote, where the reason holds for that alone; left out: whatever it was. */
  readonly theirs?: unknown;
  /** Left out: it is not there. */
  readonly ours?: unknown;
  readonly why: string;
}

const FILE = new URL("../../keepalived-conf/differences.json", import.meta.url);

export const DIFFERENCES = JSON.parse(readFileSync(FILE, "utf8")) as readonly Difference[];

export function differencesOf(name: string): Difference[] {
  return DIFFERENCES.filter((one) => one.case === "*" || one.case === name);
}

/** As text, whatever the order of keys is. */
function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_, one: unknown) =>
    isRecord(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
  );
}

/** A path of what differs, with both values; nothing: they are the same. */
export function differing(theirs: unknown, ours: unknown, path = ""): [string, unknown, unknown][] {
  if (!isRecord(theirs) || !isRecord(ours))
    return canonical(theirs) === canonical(ours) ? [] : [[path, theirs, ours]];
  const keys = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])];
  return keys.flatMap((key) => differing(theirs[key], ours[key], path === "" ? key : `${path}.${key}`));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export interface Verdict {
  /** Sentences about what differs and is not known. */
  readonly unexpected: readonly string[];
  readonly met: readonly Difference[];
  /** Of this case's own, those that are none. */
  readonly unmet: readonly Difference[];
}

export function judged(name: string, theirs: unknown, ours: unknown): Verdict {
  const known = differencesOf(name);
  const met: Difference[] = [];
  const unexpected = differing(theirs, ours).flatMap(([field, wanted, found]) => {
    const [a, b] = [canonical(wanted), canonical(found)];
    const one = known.find(
      (entry) =>
        entry.field === field &&
        canonical(entry.ours) === b &&
        (!("theirs" in entry) || canonical(entry.theirs) === a),
    );
    if (one === undefined) return [`${field}: Keepalived ${a}, vrrpd ${b}`];
    met.push(one);
    return [];
  });
  return { unexpected, met, unmet: known.filter((one) => one.case === name && !met.includes(one)) };
}
