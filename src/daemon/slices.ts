/** Long texts, made beside the loop. */
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
