/** Shows something again every second until a signal, or who reads it, ends it; on a terminal in place. */
import { setTimeout as delay } from "node:timers/promises";
import { VrrpdError } from "../base/errors.js";
import { whenReaderGone } from "./output.js";
import { whenStopped } from "./signals.js";
import { HOME_AND_CLEAR } from "./view/paint.js";

const INTERVAL_MILLIS = 1_000;

/** @param show rejects with a VrrpdError while no daemon answers: it may be about to start again. */
export async function watch(show: () => Promise<string>, print: (text: string) => void): Promise<void> {
  const stop = new AbortController();
  whenStopped(() => stop.abort());
  whenReaderGone(() => stop.abort());
  while (!stop.signal.aborted) {
    const text = await show().catch((error: unknown) => {
      if (error instanceof VrrpdError) return `vrrpd: ${error.message}`;
      throw error;
    });
    print(process.stdout.isTTY ? `${HOME_AND_CLEAR}${text}` : text);
    await delay(INTERVAL_MILLIS, null, { signal: stop.signal }).catch(() => {});
  }
}
