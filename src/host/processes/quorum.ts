/**
 * Whether enough processes run, and not too many, as Keepalived 2.2.7 has it: what is found at the start counts at once.
 * Later on the count crosses a bound. A process that comes by a fork of one that is counted counts after `fork_delay`,
 * one that is gone after `terminate_delay`; what is run in another way counts at once. Who comes back in time ends the
 * wait of who went, and the other way round.
 */
import { type Micros, timerMillis } from "../../base/time.js";

export interface QuorumSettings {
  /** 0: none may run. */
  readonly least: number;
  /** null: any number. */
  readonly most: number | null;
  readonly forkDelayMicros: Micros;
  readonly terminateDelayMicros: Micros;
}

/** Why the count is another one: a counted process has forked, or ended, or a process is another one now. */
export type CountChange = "fork" | "exit" | "exec";

export class Quorum {
  #held: boolean | null = null;
  #count = 0;
  #forkTimer: NodeJS.Timeout | null = null;
  #exitTimer: NodeJS.Timeout | null = null;

  /** @param onHeld at the start, and whenever it changes */
  constructor(
    private readonly settings: QuorumSettings,
    private readonly onHeld: (held: boolean) => void,
  ) {}

  get count(): number {
    return this.#count;
  }

  /** null: nobody has counted yet. */
  get held(): boolean | null {
    return this.#held;
  }

  /** All have been counted anew: at the start, and after events were lost. */
  counted(count: number): void {
    this.stop();
    const before = this.#count;
    this.#count = count;
    const { terminateDelayMicros } = this.settings;
    const isLost = this.#held === true && !this.#isHeldBy(count) && count < before;
    if (isLost && terminateDelayMicros > 0) this.#exitTimer = this.#after(terminateDelayMicros);
    else this.#update();
  }

  changed(count: number, change: CountChange): void {
    const crosses = this.#isHeldBy(count) !== this.#isHeldBy(this.#count);
    const grows = count > this.#count;
    this.#count = count;
    if (!crosses) return;
    const ended = grows ? this.#endWait("exit") : this.#endWait("fork");
    const { forkDelayMicros, terminateDelayMicros } = this.settings;
    if (!ended && change === "fork" && forkDelayMicros > 0) this.#forkTimer ??= this.#after(forkDelayMicros);
    else if (!ended && change === "exit" && terminateDelayMicros > 0)
      this.#exitTimer ??= this.#after(terminateDelayMicros);
    else this.#update();
  }

  stop(): void {
    this.#endWait("fork");
    this.#endWait("exit");
  }

  /** Whether there was one. */
  #endWait(kind: "fork" | "exit"): boolean {
    const timer = kind === "fork" ? this.#forkTimer : this.#exitTimer;
    if (timer === null) return false;
    clearTimeout(timer);
    if (kind === "fork") this.#forkTimer = null;
    else this.#exitTimer = null;
    return true;
  }

  #after(micros: Micros): NodeJS.Timeout {
    const timer = setTimeout(() => {
      if (timer === this.#forkTimer) this.#forkTimer = null;
      if (timer === this.#exitTimer) this.#exitTimer = null;
      this.#update();
    }, timerMillis(micros));
    return timer;
  }

  #update(): void {
    const held = this.#isHeldBy(this.#count);
    if (held === this.#held) return;
    this.#held = held;
    this.onHeld(held);
  }

  #isHeldBy(count: number): boolean {
    const { least, most } = this.settings;
    return count >= least && (most === null || count <= most);
  }
}
