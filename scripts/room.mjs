/** Whether the processors of this machine have time to spare, whoever uses them. */
import { readFileSync } from "node:fs";

/** What is idle or at the lowest priority gives way at once. Over all processors, 0..1 */
const SPARE = 0.35;

/** Looks at the time since it was asked last. Where /proc does not say it there is never room. */
export class Room {
  /** How often to ask: what has begun since then shows what it costs. */
  everyMillis = 2_500;
  #last = times();

  isThere() {
    const now = times();
    const passed = now.all - this.#last.all;
    const spare = (now.spare - this.#last.spare) / passed;
    if (passed > 0) this.#last = now;
    return spare >= SPARE;
  }
}

/** In ticks since the machine has started: user, nice, system, idle, iowait and more, of all processors. */
function times() {
  try {
    const [line] = readFileSync("/proc/stat", "latin1").split("\n", 1);
    const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
    return { all: ticks.reduce((sum, some) => sum + some, 0), spare: ticks[1] + ticks[3] + ticks[4] };
  } catch {
    return { all: 0, spare: 0 };
  }
}
