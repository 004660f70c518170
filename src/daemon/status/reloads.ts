/** What came of the reloads so far. */
import type { Micros } from "../../base/time.js";

export interface Reloads {
  /** By the last one that was not refused; null: there was none. */
  readonly loadedAt: Micros | null;
  /** The last one was refused; null: it was not. `action`: what to do where it is not the file that is; else null. */
  readonly refused: {
    readonly since: Micros;
    readonly problem: string;
    readonly action: string | null;
  } | null;
}

export const NO_RELOADS: Reloads = { loadedAt: null, refused: null };
