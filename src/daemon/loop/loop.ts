/**
 * The loop: an input arrives, or the one deadline passes → the core decides → the effects are carried out → the timer
 * is armed for the core's next deadline. What the host answers to effects is handled before the timer is armed again.
 */
import type { Micros } from "../../base/time.js";
import type { Core } from "../../core/core.js";
import type { Effect } from "../../core/effect.js";
import type { Input } from "../../core/input.js";
import type { Consult } from "./effects.js";
import type { Lateness } from "./lateness.js";

export interface LoopOptions {
  readonly core: Core;
  readonly now: () => Micros;
  /** Fires `expired` at a time of the same clock. */
  readonly timer: { arm(at: Micros): void; disarm(): void };
  /** Returns at this time, and lets nothing happen until then. Left out: urgent deadlines are like any other. */
  readonly spin?: (at: Micros) => void;
  /** Carries out all effects of one wake-up and returns the host's answers, but those that it has consulted the core about. */
  readonly carryOut: (effects: readonly Effect[], consult: Consult) => readonly Input[];
  /** Told of effects that have been carried out, or are about to be. */
  readonly onEffects?: (effects: readonly Effect[]) => void;
  /** Tells of adverts that changed nothing when they were read, by calling `input`: before anything else is decided. */
  readonly catchUp?: () => void;
  /** Reads some of what has arrived, by calling `input`: adverts, then kernel events. Whether there may be more. */
  readonly readArrived: () => boolean;
  readonly lateness: Lateness;
}

/**
 * To be woken takes a quarter of a millisecond on a machine that slept, and finds cold caches. A takeover is worth more:
 * the loop wakes up so much before the end of a down timer, reads what has arrived, and stays awake. There is room for
 * a rehearsal of the takeover, which has to be over in time.
 */
export const AHEAD_MICROS = 3_000;

/** So long before the end it looks for the last time what has arrived: the look itself must not make it late. */
export const LAST_LOOK_MICROS = 100;

/** Somebody else has had the processor since the last look: what has arrived is read once more. */
const MOST_OVERSLEPT_MICROS = 200;

/** More than full receive buffers hold; a flood that never ends must not hold the loop. */
const MOST_READINGS = 128;

export class Loop {
  #pending: Input[] = [];
  /** How long ago each of them came true. */
  #ages: Micros[] = [];
  #depth = 0;
  #armedAt: Micros | null = null;

  constructor(private readonly options: LoopOptions) {}

  /**
   * Hands an input over; its effects are carried out now, or at the end of the batch that is under way.
   * @param ageMicros how long it had to wait before that
   */
  input(input: Input, ageMicros: Micros = 0): void {
    this.options.catchUp?.();
    this.#add(input, ageMicros);
    this.#flush();
  }

  /** Several inputs whose effects go out together. */
  batch(work: () => void): void {
    this.#depth += 1;
    try {
      work();
    } finally {
      this.#depth -= 1;
    }
    this.#flush();
  }

  /**
   * The timer has fired: a master's adverts first, which a flood of packets must not make late, and again when they are
   * due while it is read; adverts and kernel events are read before all else, so that a stall lets no down timer fire
   * over them. Who waited awake has read them to the last moment, and goes on at once.
   */
  expired(): void {
    this.#armedAt = null;
    if (this.#hasWaitedAwake()) this.#fire(this.#late());
    else this.#readAndFire();
    this.#arm();
  }

  #readAndFire(): void {
    let late = this.#late();
    this.#handle(() => this.#add({ type: "advertise" }, 0));
    for (let readings = 1, more = true; more; readings += 1) {
      this.#handle(() => {
        more = this.options.readArrived() && readings < MOST_READINGS;
        late = Math.max(late, this.#late());
        // Not before: what takes long may be the reading.
        if (!more) this.#fire(late);
      });
      if (more && this.#late() >= 0) this.#handle(() => this.#add({ type: "advertise" }, 0));
    }
  }

  /** @param late by how much, at most, a deadline that is due may have been missed */
  #fire(late: Micros): void {
    this.options.lateness.measure(late);
    this.#handle(() => this.#add({ type: "deadline" }, 0));
  }

  /** Negative: the earliest deadline is still to come. */
  #late(): Micros {
    const deadline = this.options.core.deadline();
    return deadline === null ? Number.NEGATIVE_INFINITY : this.options.now() - deadline.at;
  }

  /**
   * Waits for a down timer that is about to end. Reads before: nearly always the master has spoken, and the deadline
   * has moved away. Whether the deadline has come, and all that had arrived shortly before it is read.
   */
  #hasWaitedAwake(): boolean {
    const { core, spin } = this.options;
    if (spin === undefined || !this.#isUrgentNear() || !this.#hasReadAll() || !this.#isUrgentNear())
      return false;
    spin(core.deadline()!.at - LAST_LOOK_MICROS);
    if (!this.#hasReadAll() || !this.#isUrgentNear()) return false;
    spin(core.deadline()!.at);
    return this.#late() <= MOST_OVERSLEPT_MICROS;
  }

  /** Reads once, and hands it to the core; false: there may be more. */
  #hasReadAll(): boolean {
    let more = false;
    this.#handle(() => {
      more = this.options.readArrived();
    });
    return !more;
  }

  #isUrgentNear(): boolean {
    const deadline = this.options.core.deadline();
    if (!deadline?.isUrgent) return false;
    const left = deadline.at - this.options.now();
    return left > 0 && left <= AHEAD_MICROS;
  }

  #flush(): void {
    if (this.#depth > 0) return;
    this.#handle(() => {});
    this.#arm();
  }

  /** What the work adds, and what comes of that, without a look at the timer. */
  #handle(work: () => void): void {
    this.#depth += 1;
    try {
      work();
      while (this.#pending.length > 0) this.#round();
    } finally {
      this.#depth -= 1;
    }
  }

  #round(): void {
    const inputs = this.#pending;
    const ages = this.#ages;
    this.#pending = [];
    this.#ages = [];
    const effects = this.#decide(inputs, ages);
    if (effects.length === 0) return;
    for (const answer of this.options.carryOut(effects, this.#consult)) this.#add(answer, 0);
    this.options.onEffects?.(effects);
  }

  readonly #consult: Consult = (answers) => {
    const effects = this.#decide(answers, []);
    this.options.onEffects?.(effects);
    return effects;
  };

  #decide(inputs: readonly Input[], ages: readonly Micros[]): readonly Effect[] {
    const { core, now } = this.options;
    let effects: Effect[] = [];
    // One look at the clock: they have all been read by now.
    const at = now();
    for (let index = 0; index < inputs.length; index += 1) {
      const wanted = core.handle(at, inputs[index]!, ages[index] ?? 0);
      effects = effects.length === 0 ? wanted : effects.concat(wanted);
    }
    return effects;
  }

  #add(input: Input, ageMicros: Micros): void {
    this.#pending.push(input);
    this.#ages.push(ageMicros);
  }

  /** A deadline that moved away (each advert heard moves one) is left to fire early, for nothing: that is cheaper. */
  #arm(): void {
    const deadline = this.options.core.deadline();
    if (deadline === null) {
      if (this.#armedAt !== null) this.options.timer.disarm();
      this.#armedAt = null;
      return;
    }
    const ahead = deadline.isUrgent && this.options.spin !== undefined ? AHEAD_MICROS : 0;
    const at = deadline.at - ahead;
    if (this.#armedAt !== null && this.#armedAt <= at) return;
    this.#armedAt = at;
    this.options.timer.arm(at);
  }
}
