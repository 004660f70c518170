/** Long work, done beside the loop: a piece of it each turn. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { MICROS_PER_MILLISECOND } from "../base/time.js";
import { nowMicros } from "../host/native.js";

/** So long the loop may be held up at once, but for a part that has begun. */
const SLICE_MICROS = MICROS_PER_MILLISECOND;

/** The parts, which are made when they are asked for, in pieces with a turn of the loop between them. */
export async function* inSlices(parts: Iterable<string>): AsyncGenerator<string> {
  let slice = "";
  let until = nowMicros() + SLICE_MICROS;
  for (const part of parts) {
    slice += part;
    if (nowMicros() < until) continue;
    yield slice;
    slice = "";
    await nextTurn();
    until = nowMicros() + SLICE_MICROS;
  }
  yield slice;
}

/** The steps up to the end, with turns of the loop between them. @returns what they come to */
export async function inTurns<T>(steps: Iterator<unknown, T>): Promise<T> {
  for (;;) {
    await nextTurn();
    const until = nowMicros() + SLICE_MICROS;
    do {
      const step = steps.next();
      if (step.done) return step.value;
    } while (nowMicros() < until);
  }
}
