/** How late this machine wakes a process: a quality that failover depends on. */
import type { Micros } from "../base/time.js";
import { nowMicros, Timer } from "./native.js";

export interface TimerLateness {
  stop(): Micros;
}

/** How often a timer is set while it is measured. */
const STEP_MICROS = 20_000;

/** Measures how late this machine wakes a process; `stop` returns the worst. */
export function measureTimers(): TimerLateness {
  let due = nowMicros() + STEP_MICROS;
  let worst = 0;
  const timer = new Timer(() => {
    const now = nowMicros();
    worst = Math.max(worst, now - due);
    due = now + STEP_MICROS;
    timer.arm(due);
  });
  timer.arm(due);
  return {
    stop: () => {
      timer.close();
      return worst;
    },
  };
}
