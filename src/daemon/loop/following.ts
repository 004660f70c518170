/** Tells the sockets for adverts whom the core follows: never within a wake-up, and not too often. */
import type { Core } from "../../core/core.js";

/** Forged adverts may let the leader change with each of them; to exchange programs costs some 100 µs. */
const PAUSE_MILLIS = 100;

export class Following {
  #seen = -1;
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  /** @param tell hands on what `core.followed` says now */
  constructor(
    private readonly core: Pick<Core, "leaderChanges">,
    private readonly tell: () => void,
  ) {}

  /** After each wake-up: this only looks whether something has changed. */
  look(): void {
    if (this.#timer !== null || this.core.leaderChanges === this.#seen) return;
    const wait = Math.max(0, this.#toldAt + PAUSE_MILLIS - performance.now());
    this.#timer = setTimeout(() => this.#tell(), wait);
  }

  /** Nobody else is followed than was told. */
  get isSettled(): boolean {
    return this.core.leaderChanges === this.#seen;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #tell(): void {
    this.#timer = null;
    this.#seen = this.core.leaderChanges;
    this.#toldAt = performance.now();
    this.tell();
  }
}
