/** Packets that two sockets got while their programs were exchanged: each counts once. */

/** Of the addon's time stamps. */
const NANOS_PER_MILLI = 1e6;
const MODULUS = 1e15;
/** The wall clock that is looked at here has whole milliseconds. */
export const SLACK_MILLIS = 2;
/** A flood must not fill the memory; what is beyond counts twice. */
const MOST_REMEMBERED = 4096;

export class Overlap {
  #from = 0;
  #spanNanos = -1;
  readonly #seen = new Set<number>();

  begin(): void {
    this.#seen.clear();
    this.#from = Date.now() - SLACK_MILLIS;
    this.#spanNanos = MODULUS;
  }

  end(): void {
    this.#spanNanos = (Date.now() + SLACK_MILLIS - this.#from) * NANOS_PER_MILLI;
  }

  /** Whether another socket may have got the packet with this stamp as well. */
  mayHold(stamp: number): boolean {
    if (this.#spanNanos < 0 || stamp === 0) return false;
    const from = (this.#from * NANOS_PER_MILLI) % MODULUS;
    return (stamp - from + MODULUS) % MODULUS <= this.#spanNanos;
  }

  /** Whether the packet with this stamp (RawReceiver.stamps) has been handed over before. */
  isRepeated(stamp: number): boolean {
    if (!this.mayHold(stamp)) return false;
    if (this.#seen.has(stamp)) return true;
    if (this.#seen.size < MOST_REMEMBERED) this.#seen.add(stamp);
    return false;
  }
}
