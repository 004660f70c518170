/**
 * The loop: an input arrives, or the one deadline passes → the core decides → the effects are carried out → the timer
 * is armed for the core's next deadline. What the host answers to effects is handled before the timer is armed again.
 */
import type { Micros } from "../../base/time.js";
import type { Core } from "../../core/core.js";
import type { Effect } from "../../core/effect.js";
import type { Input } from "../../core/input.js";
import { type Consult, DUE, type UntilDue } from "./effects.js";
import type { Lateness } from "./lateness.js";

export interface LoopOptions {
  readonly core: Core;
  readonly now: () => Micros;
  /** Fires `expired` at a time of the same clock. */
  readonly timer: { arm(at: Micros): void; disarm(): void };
  /** Returns at this time, and lets nothing happen until then. Left out: urgent deadlines are like any other. */
  readonly spin?: (at: Micros) => void;
  /** Carries out all effects of one wake-up and returns the host's answers, but those that it has consulted the core about. */
  readonly carryOut: (effects: readonly Effect[], consult: Consult, untilDue: UntilDue) => readonly Input[];
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

/**
 * So long before the end it looks for the last time what has arrived, and decides: all that stands between a decision and
 * the first system call is done by the end, and the advert leaves at it. Who speaks after that look is too late, by less
 * than adverts are late on any machine.
 */
export const LAST_LOOK_MICROS = 400;

/** Somebody else has had the processor since the last look: what has arrived is read once more. */
const MOST_OVERSLEPT_MICROS = 200;

/** Of an input that comes true when it is decided upon. */
const NOW: Micros = Number.POSITIVE_INFINITY;

/** More than full receive buffers hold; a flood that never ends must not hold the loop. */
const MOST_READINGS = 128;

export class Loop {
  #pending: Input[] = [];
  /** When each of them came true. */
  #since: Micros[] = [];
  #depth = 0;
  #armedAt: Micros | null = null;
  /** While something is decided ahead of time: the time for which it is. */
  #decidesFor: Micros = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: LoopOptions) {}

  /**
   * Hands an input over; its effects are carried out now, or at the end of the batch that is under way.
   * @param trueSince when it came true; left out: now
   */
  input(input: Input, trueSince?: Micros): void {
    this.options.catchUp?.();
    this.#add(input, trueSince);
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
   * over them. Who waited awake has read them to the last moment, and decides at once, for the end of the down timer.
   */
  expired(): void {
    this.#armedAt = null;
    if (this.#hasWaitedAwake()) this.#fireAhead();
    else this.#readAndFire();
    this.#arm();
  }

  #fireAhead(): void {
    this.#decidesFor = this.options.core.deadline()!.at;
    try {
      this.#fire(Math.max(0, this.#late()));
    } finally {
      this.#decidesFor = Number.NEGATIVE_INFINITY;
    }
  }

  /** Before the first advert of what was decided ahead of time. */
  readonly #untilDue = (): void => {
    if (this.#decidesFor > this.options.now()) this.options.spin?.(this.#decidesFor);
  };

  #readAndFire(): void {
    let late = this.#late();
    this.#handle(() => this.#add({ type: "advertise" }));
    for (let readings = 1, more = true; more; readings += 1) {
      this.#handle(() => {
        more = this.options.readArrived() && readings < MOST_READINGS;
        late = Math.max(late, this.#late());
        // Not before: what takes long may be the reading.
        if (!more) this.#fire(late);
      });
      if (more && this.#late() >= 0) this.#handle(() => this.#add({ type: "advertise" }));
    }
  }

  /** @param late by how much, at most, a deadline that is due may have been missed */
  #fire(late: Micros): void {
    this.options.lateness.measure(late);
    this.#handle(() => this.#add({ type: "deadline" }));
  }

  /** Negative: the earliest deadline is still to come. */
  #late(): Micros {
    const deadline = this.options.core.deadline();
    return deadline === null ? Number.NEGATIVE_INFINITY : this.options.now() - deadline.at;
  }

  /**
   * Waits for a down timer that is about to end. Reads before: nearly always the master has spoken, and the deadline
   * has moved away. Whether the deadline is about to come, and all that had arrived shortly before it is read.
   */
  #hasWaitedAwake(): boolean {
    const { core, spin } = this.options;
    if (spin === undefined || !this.#isUrgentNear() || !this.#hasReadAll() || !this.#isUrgentNear())
      return false;
    spin(core.deadline()!.at - LAST_LOOK_MICROS);
    return this.#hasReadAll() && core.deadline()?.isUrgent === true && this.#isAlmostDue();
  }

  #isAlmostDue(): boolean {
    const late = this.#late();
    return late >= -LAST_LOOK_MICROS && late <= MOST_OVERSLEPT_MICROS;
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
    const since = this.#since;
    this.#pending = [];
    this.#since = [];
    const effects = this.#decide(inputs, since);
    if (effects.length === 0) return;
    const untilDue = this.#decidesFor > 0 ? this.#untilDue : DUE;
    for (const answer of this.options.carryOut(effects, this.#consult, untilDue)) this.#add(answer);
    this.options.onEffects?.(effects);
  }

  readonly #consult: Consult = (answers) => {
    const effects = this.#decide(answers, []);
    this.options.onEffects?.(effects);
    return effects;
  };

  #decide(inputs: readonly Input[], since: readonly Micros[]): readonly Effect[] {
    const { core, now } = this.options;
    let effects: Effect[] = [];
    // One look at the clock: they have all been read by now.
    const at = Math.max(now(), this.#decidesFor);
    for (let index = 0; index < inputs.length; index += 1) {
      const ageMicros = Math.max(0, at - (since[index] ?? NOW));
      const wanted = core.handle(at, inputs[index]!, ageMicros);
      effects = effects.length === 0 ? wanted : effects.concat(wanted);
    }
    return effects;
  }

  #add(input: Input, trueSince: Micros = NOW): void {
    this.#pending.push(input);
    this.#since.push(trueSince);
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
