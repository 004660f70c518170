/** What a run leaves behind: rows with figures, the curves, and the machine they come from, by parts. */
import { type Ratio, ratioOf, type Spread, spreadOf } from "./numbers.js";

export const UNITS = ["ms", "µs", "MB", "%", ""] as const;
export type Unit = (typeof UNITS)[number];

/** Whom a row compares with. */
export type Peer = "Keepalived" | "FRR";

/** `ratio`: ours over theirs is at most this; `value`: ours is at most this, in the row's unit. */
export interface Aim {
  readonly of: "ratio" | "value";
  readonly most: number;
}

/** p50, p99, p99.9 and the maximum of all values together, where a row is about a tail. */
export type Tail = readonly [p50: number, p99: number, p999: number, max: number];

export interface Row {
  readonly what: string;
  readonly unit: Unit;
  readonly ours: Spread;
  /** null: nobody to compare with. */
  readonly theirs: Spread | null;
  readonly peer: Peer | null;
  readonly ratio: Ratio | null;
  /** null: reported, nothing is asked. */
  readonly aim: Aim | null;
  readonly met: boolean | null;
  readonly tails: { readonly ours: Tail; readonly theirs: Tail } | null;
  /** What the figures do not say, such as rounds that do not count. */
  readonly note?: string;
}

/** One line of a picture. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Of y = c · x^k */
  readonly exponent: number;
}

export interface Figure {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly curves: readonly Curve[];
}

/** Where and when. Lines are for people. */
export interface Hardware {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly kernel: string;
  readonly node: string;
  readonly peers: readonly string[];
  /** Over one minute, before the part began. */
  readonly loadBefore: number;
}

export interface PartResult {
  readonly part: string;
  readonly title: string;
  /** ISO 8601, UTC */
  readonly at: string;
  readonly quick: boolean;
  readonly tookSeconds: number;
  readonly machine: Hardware;
  readonly rows: readonly Row[];
  readonly figures: readonly Figure[];
}

export interface Results {
  readonly parts: readonly PartResult[];
}

export interface RowInput {
  readonly what: string;
  readonly unit: Unit;
  readonly ours: readonly number[];
  readonly theirs?: readonly number[];
  readonly peer?: Peer;
  readonly aim?: Aim | null;
  readonly tails?: { readonly ours: Tail; readonly theirs: Tail };
  readonly note?: string;
  /** False: one of ours over one of theirs says nothing. */
  readonly hasRatio?: boolean;
}

/** Throws RangeError without values of ours. */
export function row(input: RowInput): Row {
  const { what, unit, ours, theirs = [], peer, aim = null, tails, note, hasRatio = true } = input;
  const compared = theirs.length > 0;
  const ratio = compared && hasRatio ? ratioOf(ours, theirs) : null;
  const spread = spreadOf(ours);
  const judged = aim?.of === "value" ? spread.median : ratio?.median;
  return {
    what,
    unit,
    ours: spread,
    theirs: compared ? spreadOf(theirs) : null,
    peer: compared ? (peer ?? "Keepalived") : null,
    ratio,
    aim,
    met: aim === null || judged === undefined ? null : judged <= aim.most,
    tails: tails ?? null,
    ...(note === undefined ? {} : { note }),
  };
}

/** Those of `fresh` in the place of older ones; the order is that of `order`. */
export function mergeParts(before: Results, fresh: readonly PartResult[], order: readonly string[]): Results {
  const newest = new Map([...before.parts, ...fresh].map((part) => [part.part, part]));
  return { parts: order.flatMap((name) => newest.get(name) ?? []) };
}
