/**
 * A rival of lower rank that speaks as master beside us: neighbours may have learned its MAC address from it. The
 * master that stays announces when the rival is heard, and once more when it has yielded: what it said last is no
 * longer contradicted by anybody else.
 */
import type { Micros } from "../../base/time.js";
import type { AddressTable } from "../addresses/table.js";
import type { VirtualRouterConfig } from "../config.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import { masterDownMicros } from "../election.js";
import type { Speaker } from "../peers/speakers.js";
import type { Voice } from "./voice.js";

/** Of the virtual router that is master. */
export interface ContestedRouter {
  readonly config: VirtualRouterConfig;
  readonly priority: number;
  readonly addresses: AddressTable;
  readonly voice: Voice;
}

export class Contest {
  readonly #silence: Deadline;

  constructor(
    private readonly router: ContestedRouter,
    private readonly deadlines: Deadlines,
  ) {
    this.#silence = new Deadline("rival silent", router.config.name, (now) =>
      router.addresses.announcing.contest(now),
    );
  }

  /** It was heard, and has been answered. */
  onRival(now: Micros, { advert }: Speaker): void {
    const { priority, config } = this.router;
    if (!config.announcesToLower) return;
    this.#contest(now);
    const { version, advertIntervalMicros } = advert;
    const span = masterDownMicros(version, priority, advertIntervalMicros, config.downTimerAdverts);
    this.deadlines.set(this.#silence, now + span);
  }

  /** It has released, and has been answered. */
  onRelease(now: Micros): void {
    this.deadlines.clear(this.#silence);
    this.#contest(now);
  }

  /** A rival that cannot hear us keeps the addresses: two that announce in turns are worse than one. */
  #contest(now: Micros): void {
    const { config, voice } = this.router;
    if (config.announcesToLower && !voice.isFailing) this.router.addresses.announcing.contest(now);
  }

  /** No longer master. */
  stop(): void {
    this.deadlines.clear(this.#silence);
  }
}
