/** A FIFO that lines about states are written into. */
import type { NotifyCommand, UserName } from "../core/notify.js";
import type { Origin } from "../core/origin.js";

export interface FifoPlan {
  readonly origin: Origin;
  /** Absolute. */
  readonly path: string;
  /** Whose it is, where it is made; null: that of all scripts. */
  readonly owner: UserName | null;
  /** Reads it: it is started with the path behind its words; null: who does is not our business. */
  readonly script: NotifyCommand | null;
}
