/**
 * Loaded into a daemon that is measured (`node --expose-gc --import`): at each SIGPWR it writes a line of JSON to standard
 * output about the time since the line before, after a collection of garbage.
 */

import { writeSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

const RESOLUTION_MILLIS = 1;
/** WATCH_COLLECTS=no: a collection holds the loop up, too. */
const collects = process.env.WATCH_COLLECTS !== "no";

if (!process.argv[1]?.endsWith("reading.js")) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MILLIS });
  delay.enable();
  process.on("SIGPWR", () => {
    // What the timer waits for in any case is no delay.
    const longestHoldMillis = Math.max(0, delay.max / 1e6 - RESOLUTION_MILLIS);
    if (collects) for (let times = 0; times < 4; times += 1) globalThis.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    writeSync(1, `${JSON.stringify({ loopWatch: { longestHoldMillis, rss, heapUsed, external } })}\n`);
    setImmediate(() => delay.reset());
  });
}
