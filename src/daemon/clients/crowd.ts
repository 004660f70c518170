/**
 * The connections of a listener, in bounds. One more than may be is always let in, and the one that has been idle for
 * longest goes: a limit that turned newcomers away would let anybody lock out the probes of the node.
 */
export interface Member {
  /** Nothing is being answered on it. */
  readonly isIdle: boolean;
  /** Of an answer that the other side does not take. */
  readonly waitingBytes: number;
  /** Time of `performance.now()` at which it has had long enough. */
  readonly expiresAt: number;
  close(): void;
}

export interface CrowdLimits {
  readonly members: number;
  /** Of all members together. */
  readonly waitingBytes: number;
}

const SWEEP_MILLIS = 500;

export class Crowd<M extends Member> {
  /** The one that was active longest ago first. Not a Set: see core/speakers.ts. */
  readonly #members: M[] = [];
  #sweep: NodeJS.Timeout | null = null;

  constructor(private readonly limits: CrowdLimits) {}

  get size(): number {
    return this.#members.length;
  }

  admit(member: M): void {
    if (this.#members.length >= this.limits.members) this.#dismiss(this.#leastActive());
    this.#members.push(member);
    this.#sweep ??= setInterval(() => this.#closeExpired(), SWEEP_MILLIS).unref();
  }

  /** It has been active. */
  renew(member: M): void {
    if (this.#remove(member)) this.#members.push(member);
  }

  leave(member: M): void {
    this.#remove(member);
    if (this.#members.length > 0 || this.#sweep === null) return;
    clearInterval(this.#sweep);
    this.#sweep = null;
  }

  /**
   * After an answer: those go that have let theirs wait for longest, until the others fit into the memory. Beside these
   * one of any size may wait, or nobody could ever get an answer above the limit, and so may the newest.
   */
  boundWaiting(newest: M | undefined): void {
    const others = this.#members.filter((member) => member !== newest && member.waitingBytes > 0);
    const most = Math.max(...others.map(({ waitingBytes }) => waitingBytes));
    const largest = others.findLast(({ waitingBytes }) => waitingBytes === most);
    const bounded = others.filter((member) => member !== largest);
    let waiting = bounded.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0);
    for (const member of bounded) {
      if (waiting <= this.limits.waitingBytes) return;
      waiting -= member.waitingBytes;
      member.close();
    }
  }

  closeAll(): void {
    for (const member of [...this.#members]) member.close();
  }

  /** Its closing takes until the next turn, and the next newcomer may be earlier. */
  #dismiss(member: M | undefined): void {
    if (member === undefined) return;
    this.#remove(member);
    member.close();
  }

  #remove(member: M): boolean {
    const index = this.#members.indexOf(member);
    if (index >= 0) this.#members.splice(index, 1);
    return index >= 0;
  }

  #leastActive(): M | undefined {
    return this.#members.find(({ isIdle }) => isIdle) ?? this.#members[0];
  }

  #closeExpired(): void {
    const now = performance.now();
    for (const member of [...this.#members]) if (member.expiresAt <= now) member.close();
  }
}
