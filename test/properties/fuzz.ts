/** Every property in turn, with new seeds, until the time is over or one is broken. */
import type { NamedProperty } from "./property.js";

/** A turn is this part of a test's length: each property has its turn soon, and a seed always makes the same inputs. */
const TURN_DIVISOR = 5;

/** Seeds are whole numbers from 0 to this. */
export const MAX_SEED = 0x7fffffff;

export interface Tally {
  readonly property: NamedProperty;
  runs: number;
  seconds: number;
}

export interface Failure {
  readonly property: NamedProperty;
  /** With which `fuzz` finds the same at once. */
  readonly seed: number;
  /** The shrunken input, and what it broke. */
  readonly details: string;
}

export interface FuzzOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Seconds, growing. */
  readonly clock: () => number;
}

/** Each property has at least one turn, however short the time. The seed grows by one with each round. */
export function fuzz(
  properties: readonly NamedProperty[],
  { seed: firstSeed, seconds, clock }: FuzzOptions,
): { readonly tallies: readonly Tally[]; readonly failure: Failure | null } {
  const tallies = properties.map((property): Tally => ({ property, runs: 0, seconds: 0 }));
  const endsAt = clock() + seconds;
  for (let seed = firstSeed; seed === firstSeed || clock() < endsAt; seed = (seed + 1) & MAX_SEED) {
    for (const tally of tallies) {
      if (tally.runs > 0 && clock() >= endsAt) break;
      const startedAt = clock();
      const runs = Math.ceil(tally.property.runs / TURN_DIVISOR);
      try {
        tally.property.check({ runs, seed });
      } catch (error) {
        return { tallies, failure: { property: tally.property, seed, details: describe(error) } };
      }
      tally.runs += runs;
      tally.seconds += clock() - startedAt;
    }
  }
  return { tallies, failure: null };
}

/** fast-check's report, and what the property itself threw. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}\n${error.cause.message}` : error.message;
}
