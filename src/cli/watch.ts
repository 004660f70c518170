/** Shows something again every second until a signal ends it; on a terminal in place. */
import { setTimeout as delay } from "node:timers/promises";
import { VrrpdError } from "../base/errors.js";
import { whenStopped } from "./signals.js";

const INTERVAL_MILLIS = 1_000;
/** To the upper left corner, and clear from there to the end; what was scrolled away stays. */
export const HOME_AND_CLEAR = "\u001b[H\u001b[J";

/** @param show rejects with a VrrpdError while no daemon answers: it may be about to start again. */
export async function watch(show: () => Promise<string>, print: (text: string) => void): Promise<void> {
  const stop = new AbortController();
  whenStopped(() => stop.abort());
  while (!stop.signal.aborted) {
    const text = await show().catch((error: unknown) => {
      if (error instanceof VrrpdError) return `vrrpd: ${error.message}`;
      throw error;
    });
    print(process.stdout.isTTY ? `${HOME_AND_CLEAR}${text}` : text);
    await delay(INTERVAL_MILLIS, null, { signal: stop.signal }).catch(() => {});
  }
}
