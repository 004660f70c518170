/** Where the parts of the core put their effects, and what they complain of at a limited rate. */
import { Complaints } from "../base/complaints.js";
import type { Facts, LogLevel } from "../base/log-line.js";
import type { Micros } from "../base/time.js";
import type { Effect } from "./effect.js";
import type { RouterId } from "./identity.js";

export interface Complaint {
  readonly level: LogLevel;
  readonly code: string;
  readonly router: RouterId | null;
  readonly message: string;
  readonly facts: Facts;
}

/** `what`: the kind of complaint, one of a fixed set; `whom`: what another host chooses (Complaints.admit). */
export interface About {
  readonly what: string;
  readonly whom?: string;
}

export class Outbox {
  #effects: Effect[] = [];
  readonly #complaints = new Complaints();

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  log(level: LogLevel, code: string, router: RouterId | null, message: string, facts: Facts): void {
    this.emit({ type: "log", level, code, router, message, facts });
  }

  /** Logs what `describe` says, unless the same was logged within the last minute: then it is counted. */
  complain(now: Micros, { what, whom }: About, describe: () => Complaint): void {
    const suppressed = this.#complaints.admit(now, what, whom);
    if (suppressed === null) return;
    const { level, code, router, message, facts } = describe();
    this.log(
      level,
      code,
      router,
      message,
      suppressed > 0 ? { ...facts, repeatedSinceLast: suppressed } : facts,
    );
  }

  /** Hands over what has been collected. */
  drain(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
