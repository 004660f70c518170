/** The same complaint is made at most once in a while, with the number of times that it was due in between. */
import { MICROS_PER_SECOND, type Micros } from "./time.js";

const INTERVAL_MICROS = 60 * MICROS_PER_SECOND;
/** Forged sources must not fill the memory: beyond this the complaint that was made longest ago is forgotten. */
const KEPT = 1024;

export class Complaints {
  readonly #made = new Map<string, { at: Micros; suppressed: number }>();

  /** How often it was held back since it was made last, if it may be made now; null: it was, within the last minute. */
  admit(now: Micros, key: string): number | null {
    const earlier = this.#made.get(key);
    if (earlier !== undefined && now - earlier.at < INTERVAL_MICROS) {
      earlier.suppressed += 1;
      return null;
    }
    this.#made.delete(key);
    if (this.#made.size >= KEPT) this.#made.delete(this.#made.keys().next().value as string);
    this.#made.set(key, { at: now, suppressed: 0 });
    return earlier?.suppressed ?? 0;
  }
}
