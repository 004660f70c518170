/** A property by name: the tests run it briefly, `npm run fuzz` for as long as it is told to. */
import fc from "fast-check";
import type { Test } from "tap";

export interface NamedProperty {
  /** What always holds, as a sentence. */
  readonly name: string;
  /** How many inputs a test tries. */
  readonly runs: number;
  /** @throws Error with the seed and the shrunken input, as soon as one breaks it. */
  check(parameters: PropertyRuns): void;
}

export interface PropertyRuns {
  readonly runs: number;
  /** A whole number; a new one without it. */
  readonly seed?: number;
}

/** @param property a predicate that throws or returns false where the property does not hold */
export function named<Ts extends [unknown, ...unknown[]]>(
  name: string,
  runs: number,
  property: fc.IProperty<Ts>,
): NamedProperty {
  return {
    name,
    runs,
    check: ({ runs: numRuns, seed }) =>
      fc.assert(property, { numRuns, ...(seed === undefined ? {} : { seed }) }),
  };
}

/** The property at the length of a test, with a new seed. */
export function holds(t: Test, property: NamedProperty): void {
  t.doesNotThrow(() => property.check(property), property.name);
}
