/** How regularly a speaker is heard: how many of the adverts that should have come did not arrive. */
import type { Micros } from "../../base/time.js";

/** Adverts of a window; the figures span the present window and the one before it. */
const WINDOW_ADVERTS = 100;
/** After so many intervals without an advert it was away, which is no loss. */
const ABSENCE_INTERVALS = 10;

/** Of the last one or two windows. */
export interface Losses {
  readonly missed: number;
  /** Those that should have come, the missed ones included. */
  readonly due: number;
  /** How often one or several in a row were missed. */
  readonly gaps: number;
  /** When the first of them should have come. */
  readonly since: Micros;
}

interface Window {
  readonly heard: number;
  readonly due: number;
  readonly gaps: number;
  readonly firstGapAt: Micros | null;
}

const NOTHING: Window = { heard: 0, due: 0, gaps: 0, firstGapAt: null };

export class Hearing {
  #startedAt: Micros;
  #lastAt: Micros;
  /** Since the window's start, the advert that started it left out. */
  #heard = 0;
  #gaps = 0;
  #firstGapAt: Micros | null = null;
  #earlier = NOTHING;
  /** It had a reason to be silent since it was heard last. */
  #isExcused = false;

  constructor(
    now: Micros,
    private intervalMicros: Micros,
  ) {
    this.#startedAt = now;
    this.#lastAt = now;
  }

  /**
   * @param released the speaker said that it stops
   * @param count so many adverts came since the last call, this one included
   */
  hear(now: Micros, intervalMicros: Micros, released: boolean, count = 1): void {
    const gap = now - this.#lastAt - (count - 1) * this.intervalMicros;
    const before = this.#lastAt;
    this.#lastAt = now;
    if (released || intervalMicros !== this.intervalMicros || gap >= ABSENCE_INTERVALS * intervalMicros) {
      this.intervalMicros = intervalMicros;
      this.#begin(now, NOTHING);
      return;
    }
    if (this.#isExcused) this.#startedAt += Math.max(0, gap - intervalMicros);
    else if (gap >= 1.5 * intervalMicros) this.#miss(before + intervalMicros);
    this.#isExcused = false;
    this.#heard += count;
    if (this.#heard >= WINDOW_ADVERTS) this.#begin(now, this.#window);
  }

  /** A better master was heard, or this node is one: until it is heard again nothing of it is missed. */
  excuse(): void {
    this.#isExcused = true;
  }

  /** 0..1; null: heard too little to tell. Adverts out of turn (answers to a rival) hide losses. */
  loss(): number | null {
    const { heard, due } = this.#sum;
    return due === 0 ? null : Math.max(0, 1 - heard / due);
  }

  /** null: none is missed. */
  losses(): Losses | null {
    const { heard, due, gaps, firstGapAt } = this.#sum;
    if (due <= heard || firstGapAt === null) return null;
    return { missed: due - heard, due, gaps, since: firstGapAt };
  }

  get #window(): Window {
    return { heard: this.#heard, due: this.#due(), gaps: this.#gaps, firstGapAt: this.#firstGapAt };
  }

  get #sum(): Window {
    const [one, other] = [this.#earlier, this.#window];
    return {
      heard: one.heard + other.heard,
      due: one.due + other.due,
      gaps: one.gaps + other.gaps,
      firstGapAt: one.firstGapAt ?? other.firstGapAt,
    };
  }

  #miss(at: Micros): void {
    this.#gaps += 1;
    this.#firstGapAt ??= at;
  }

  #begin(now: Micros, earlier: Window): void {
    this.#startedAt = now;
    this.#heard = 0;
    this.#gaps = 0;
    this.#firstGapAt = null;
    this.#earlier = earlier;
    this.#isExcused = false;
  }

  #due(): number {
    return Math.round((this.#lastAt - this.#startedAt) / this.intervalMicros);
  }
}
