/**
 * A master that stood still for its own down interval may have lost its mastership: others had reason to take over. If
 * nothing that has arrived says so, it may be that nothing arrived (a suspended machine gets no packets). So before it
 * speaks again it listens, for as long as a backup that starts. Its addresses stay where they are, as they did in the
 * stall: in the plain case nobody else has them.
 */

import { formatSeconds, MICROS_PER_SECOND, type Micros } from "../../base/time.js";
import type { VirtualRouterConfig } from "../config.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import { masterDownMicros } from "../election.js";
import type { RouterId } from "../identity.js";
import type { Input } from "../input.js";
import type { Outbox } from "../outbox.js";

/** What a master may add or announce its addresses upon, beside adverts: those say themselves whether a stall mattered. */
export const MASTERS_ACT_ON: ReadonlySet<Input["type"]> = new Set([
  "deadline",
  "link",
  "addresses",
  "addressChanged",
  "addressConflict",
  "addressProbed",
]);

/** Of the virtual router that stood still. */
export interface StalledRouter {
  readonly id: RouterId;
  readonly config: VirtualRouterConfig;
  readonly priority: number;
}

export class Stall {
  #silentSince: Micros = 0;
  #listenedAgain = false;
  readonly #deadline: Deadline;

  /** @param goOn nobody else was heard. */
  constructor(
    private readonly router: StalledRouter,
    private readonly deadlines: Deadlines,
    private readonly outbox: Outbox,
    private readonly goOn: (now: Micros) => void,
  ) {
    this.#deadline = new Deadline("listen", router.config.name, (now, due) => this.#due(now, due));
  }

  get isListening(): boolean {
    return this.#deadline.armed;
  }

  /** Whether a master that spoke then has to listen: after its own down interval it is none, whatever it believes. */
  silences(now: Micros, spokeAt: Micros): boolean {
    return this.isListening || now - spokeAt >= this.#downMicros;
  }

  listen(now: Micros, spokeAt: Micros): void {
    this.#silentSince = spokeAt;
    this.#listenedAgain = false;
    this.deadlines.set(this.#deadline, now + this.#downMicros);
    const what = `Stalled: no advert for ${formatSeconds(now - spokeAt)}, so another may be master by now`;
    this.#log(now, "stalled", `${what}; listens for ${formatSeconds(this.#downMicros)} before the next one`);
  }

  stop(): void {
    this.deadlines.clear(this.#deadline);
  }

  get #downMicros(): Micros {
    const { version, advertIntervalMicros, downTimerAdverts } = this.router.config;
    return masterDownMicros(version, this.router.priority, advertIntervalMicros, downTimerAdverts);
  }

  #due(now: Micros, due: Micros): void {
    if (now - due >= this.router.config.advertIntervalMicros && !this.#listenedAgain) {
      // It stood still again instead of listening. Once: a machine that is always late has to serve, too.
      this.#listenedAgain = true;
      this.deadlines.set(this.#deadline, now + this.#downMicros);
      return;
    }
    const silence = formatSeconds(now - this.#silentSince);
    this.#log(
      now,
      "stall-over",
      `Stalled and silent for ${silence}; no other master was heard, so the addresses are announced again`,
    );
    this.goOn(now);
  }

  #log(now: Micros, code: string, text: string): void {
    const { id, config } = this.router;
    const silentSeconds = (now - this.#silentSince) / MICROS_PER_SECOND;
    this.outbox.log("warn", code, id, `(${config.name}) ${text}`, { silentSeconds });
  }
}
