/** What happens when, in simulated time: a binary heap; events of one moment keep the order in which they came. */
import type { Micros } from "../../src/base/time.js";

interface Event {
  readonly at: Micros;
  readonly order: number;
  readonly run: () => void;
}

export class EventQueue {
  readonly #heap: Event[] = [];
  #order = 0;

  schedule(at: Micros, run: () => void): void {
    const event = { at, order: this.#order++, run };
    let position = this.#heap.length;
    this.#heap.push(event);
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!before(event, this.#heap[parent]!)) break;
      this.#heap[position] = this.#heap[parent]!;
      position = parent;
    }
    this.#heap[position] = event;
  }

  /** When the next one is; Infinity: there is none. */
  get nextAt(): Micros {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  take(): Event {
    const first = this.#heap[0]!;
    const moving = this.#heap.pop()!;
    const size = this.#heap.length;
    if (size === 0) return first;
    let position = 0;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= size) break;
      if (child + 1 < size && before(this.#heap[child + 1]!, this.#heap[child]!)) child += 1;
      if (!before(this.#heap[child]!, moving)) break;
      this.#heap[position] = this.#heap[child]!;
      position = child;
    }
    this.#heap[position] = moving;
    return first;
  }
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
