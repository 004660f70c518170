/** Who is told what becomes of a virtual router: scripts, as the configuration names them. */
import type { Origin } from "./origin.js";

/** The state that it is in now; `STOP`: the daemon ends. */
export type NotifyState = "MASTER" | "BACKUP" | "FAULT" | "STOP";

/** Who runs a script, as written: names or numbers. */
export interface UserName {
  readonly user: string;
  /** null: the user's own groups. */
  readonly group: string | null;
}

/** A script, and what it is told of. */
export interface NotifyCommand {
  readonly origin: Origin;
  /**
   * `any`: each state, with INSTANCE NAME STATE PRIORITY behind the words (Keepalived's `notify`). Others get the words
   * alone. `LOWER_PRIORITY`: a master has heard an advert of lower priority (`notify_master_rx_lower_pri`).
   */
  readonly on: "any" | NotifyState | "LOWER_PRIORITY";
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** null: that of `settings.scripts`. */
  readonly user: UserName | null;
}
