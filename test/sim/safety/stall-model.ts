/**
 * When a master that stood still for its own down interval may and must speak again: after it has listened as long as
 * a backup that starts. Times are those of the host's clock.
 */
import type { Micros } from "../../../src/base/time.js";
import type { VirtualRouterConfig } from "../../../src/core/config.js";
import { downInterval } from "./standard.js";

export class StallModel {
  /** When its listening ends; null: it is not listening. */
  due: Micros | null = null;
  #listenedAgain = false;

  constructor(private readonly config: () => VirtualRouterConfig) {}

  /** Whether so long a silence makes it listen. */
  silences(silence: Micros): boolean {
    return silence >= this.#down;
  }

  /** The host looks at its timers; returns whether it has to speak now. */
  deadline(now: Micros, silence: Micros): boolean {
    const { priority, advertIntervalMicros } = this.config();
    if (this.due === null) {
      // An owner takes its addresses back wherever it comes up.
      if (!this.silences(silence) || priority === 255) return silence >= advertIntervalMicros;
      this.#listenedAgain = false;
    } else if (now < this.due) return false;
    else if (now - this.due < advertIntervalMicros || this.#listenedAgain) return true;
    else this.#listenedAgain = true;
    this.due = now + this.#down;
    return false;
  }

  /** It spoke, or is no longer master. */
  end(): void {
    this.due = null;
  }

  get #down(): Micros {
    const { version, priority, advertIntervalMicros, downTimerAdverts } = this.config();
    return downInterval(downTimerAdverts, version, priority!, advertIntervalMicros);
  }
}
