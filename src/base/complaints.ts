/** The same complaint is made at most once in a while, with the number of times that it was due in between. */
import { MICROS_PER_SECOND, type Micros } from "./time.js";

const INTERVAL_MICROS = 60 * MICROS_PER_SECOND;
/** At most this many sources are named in an interval, and the others counted: forged ones must not fill the log. */
const NAMED = 10;
/** Nor the memory: beyond this the complaint that was made longest ago is forgotten. */
const KEPT = 1024;

interface Subject {
  readonly since: Micros;
  named: number;
  /** Of those who were not named. */
  suppressed: number;
}

export class Complaints {
  readonly #made = new Map<string, { at: Micros; suppressed: number }>();
  readonly #subjects = new Map<string, Subject>();

  /**
   * How many were held back since the last one, if it may be made now; null: it may not.
   * @param what the kind of complaint: of a bounded number
   * @param whom what other hosts choose at will, such as an address or an id; "": nothing of that kind
   */
  admit(now: Micros, what: string, whom = ""): number | null {
    const key = whom === "" ? what : `${what} ${whom}`;
    const earlier = this.#made.get(key);
    if (earlier !== undefined && now - earlier.at < INTERVAL_MICROS) {
      earlier.suppressed += 1;
      return null;
    }
    const unnamed = whom === "" ? 0 : this.#name(now, what);
    if (unnamed === null) return null;
    this.#made.delete(key);
    if (this.#made.size >= KEPT) this.#made.delete(this.#made.keys().next().value as string);
    this.#made.set(key, { at: now, suppressed: 0 });
    return unnamed + (earlier?.suppressed ?? 0);
  }

  /** How many were not named since the last one was, if one more may be; null: that many were already. */
  #name(now: Micros, what: string): number | null {
    let subject = this.#subjects.get(what);
    if (subject === undefined || now - subject.since >= INTERVAL_MICROS) {
      subject = { since: now, named: 0, suppressed: subject?.suppressed ?? 0 };
      this.#subjects.set(what, subject);
    }
    if (subject.named >= NAMED) {
      subject.suppressed += 1;
      return null;
    }
    subject.named += 1;
    const { suppressed } = subject;
    subject.suppressed = 0;
    return suppressed;
  }
}
