/** One part of the bench. */
import type { Figure, Row } from "../figures/results.js";

export interface PartOptions {
  /** Fewer rounds. */
  readonly quick: boolean;
  /** Says on what it works. */
  readonly say: (what: string) => void;
}

export interface Part {
  /** As on the command line. */
  readonly name: string;
  readonly title: string;
  readonly run: (options: PartOptions) => Promise<{ rows: Row[]; figures?: Figure[] }>;
}

/** Measured values of ours and theirs. */
export interface Sides {
  readonly ours: number[];
  readonly theirs: number[];
}

export function sides(): Sides {
  return { ours: [], theirs: [] };
}
