/**
 * Looking at a file may hang for ever (a network file system whose server has gone), each time on one of the few threads
 * of libuv's pool, which the log needs as well. So the files of one command are looked at once at a time, however many
 * ask: who asks the same while it is looked at gets the same answer, anything else waits for its turn.
 */
export class Lookups {
  /** By command: the last in its line. */
  readonly #last = new Map<string, Promise<unknown>>();
  /** By command and question: the answers that are still to come. */
  readonly #asked = new Map<string, Promise<unknown>>();

  /** @param command what names the files: its words, or the first of them */
  async ask<Answer>(question: string, command: string, look: () => Promise<Answer>): Promise<Answer> {
    const key = `${question} ${command}`;
    const asked = this.#asked.get(key) as Promise<Answer> | undefined;
    if (asked !== undefined) return asked;
    const turn = (this.#last.get(command) ?? Promise.resolve()).then(look, look);
    this.#asked.set(key, turn);
    this.#last.set(command, turn);
    try {
      return await turn;
    } finally {
      this.#asked.delete(key);
      if (this.#last.get(command) === turn) this.#last.delete(command);
    }
  }
}
