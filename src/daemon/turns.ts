/**
 * Answers questions one a turn of the loop, so that a crowd of askers cannot hold up an advert: between two answers
 * the loop looks at its timer and its sockets.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #scheduled = false;

  /** @param answer must not throw. */
  next(answer: () => void): void {
    this.#waiting.push(answer);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const answer = this.#waiting.shift()!;
      try {
        answer();
      } finally {
        this.#schedule();
      }
    });
  }
}
