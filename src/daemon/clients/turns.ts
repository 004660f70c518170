/**
 * Answers questions a few a turn of the loop, so that a crowd of askers cannot hold up an advert: between two turns
 * the loop looks at its timer and its sockets. Whoever asks bounds what waits here: one question a connection.
 */

/** Quick to answer, and asked by those who restart a daemon that is silent. */
const URGENT_A_TURN = 4;

export class Turns {
  readonly #urgent: (() => void)[] = [];
  readonly #waiting: (() => void)[] = [];
  #scheduled = false;

  /** @param answer must not throw. */
  next(answer: () => void): void {
    this.#waiting.push(answer);
    this.#schedule();
  }

  /** Before all that are not urgent. */
  nextUrgent(answer: () => void): void {
    this.#urgent.push(answer);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || (this.#waiting.length === 0 && this.#urgent.length === 0)) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const answers = [...this.#urgent.splice(0, URGENT_A_TURN), ...this.#waiting.splice(0, 1)];
      try {
        for (const answer of answers) answer();
      } finally {
        this.#schedule();
      }
    });
  }
}
