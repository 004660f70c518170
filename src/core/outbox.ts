/** Where the parts of the core put their effects, and what they complain of at a limited rate. */
import { MICROS_PER_SECOND, type Micros } from "../base/time.js";
import type { Effect, Facts, LogLevel } from "./effect.js";
import type { RouterIndex } from "./input.js";

/** The same complaint is logged at most this often, with the number of times that it was due. */
const COMPLAINT_INTERVAL_MICROS = 60 * MICROS_PER_SECOND;
/** Forged sources must not fill the memory: beyond this the complaint that was heard longest ago is forgotten. */
const COMPLAINTS_KEPT = 1024;

export interface Complaint {
  readonly level: LogLevel;
  readonly code: string;
  readonly router: RouterIndex | null;
  readonly message: string;
  readonly facts: Facts;
}

export class Outbox {
  #effects: Effect[] = [];
  readonly #complaints = new Map<string, { loggedAt: Micros; suppressed: number }>();

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  log(level: LogLevel, code: string, router: RouterIndex | null, message: string, facts: Facts): void {
    this.emit({ type: "log", level, code, router, message, facts });
  }

  /** Logs what `describe` says unless the same `key` was logged within the last minute; then it is counted. */
  complain(now: Micros, key: string, describe: () => Complaint): void {
    const earlier = this.#complaints.get(key);
    if (earlier !== undefined && now - earlier.loggedAt < COMPLAINT_INTERVAL_MICROS) {
      earlier.suppressed += 1;
      return;
    }
    this.#remember(key, now);
    const { level, code, router, message, facts } = describe();
    const suppressed = earlier?.suppressed ?? 0;
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

  #remember(key: string, now: Micros): void {
    this.#complaints.delete(key);
    if (this.#complaints.size >= COMPLAINTS_KEPT) {
      this.#complaints.delete(this.#complaints.keys().next().value as string);
    }
    this.#complaints.set(key, { loggedAt: now, suppressed: 0 });
  }
}
