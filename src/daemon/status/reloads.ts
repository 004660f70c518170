/** What came of the reloads so far. */
import type { Micros } from "../../base/time.js";

export interface Reloads {
  /** By the last one that was not refused; null: there was none. */
  readonly loadedAt: Micros | null;
  /** The last one was refused; null: it was not. */
  readonly refused: { readonly since: Micros; readonly problem: string } | null;
}

export const NO_RELOADS: Reloads = { loadedAt: null, refused: null };
