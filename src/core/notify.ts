/** Who is told what becomes of a virtual router: scripts, as the configuration names them. */
import type { Origin } from "./origin.js";

/** The state that it is in now; `STOP`: the daemon ends. */
export type NotifyState = "MASTER" | "BACKUP" | "FAULT" | "STOP";

/** What scripts are told of. `LOWER_PRIORITY`: a master has heard an advert of lower priority. */
export type NotifyEvent = NotifyState | "LOWER_PRIORITY";

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
   * alone (`notify_master`, …, `notify_master_rx_lower_pri`).
   */
  readonly on: "any" | NotifyEvent;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** null: that of `settings.scripts`. */
  readonly user: UserName | null;
}

/** Those that an event runs, in Keepalived's order: its own, then those that are told of each state. */
export function commandsFor(event: NotifyEvent, all: readonly NotifyCommand[]): NotifyCommand[] {
  const own = all.filter(({ on }) => on === event);
  return event === "LOWER_PRIORITY" ? own : [...own, ...all.filter(({ on }) => on === "any")];
}
