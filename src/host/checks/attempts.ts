/**
 * The schedule of a check that asks over the network: an attempt at once and every interval, never two beside each other.
 * What has not come to its end by the next tick has timed out.
 */
import { MICROS_PER_MILLISECOND, type Micros, timerMillis } from "../../base/time.js";
import type { CheckIntent } from "../../config/index.js";
import { nameOf } from "../../core/origin.js";
import { type Finding, ok, warning } from "../finding.js";
import type { CheckHooks } from "./kind.js";

const EXAMINED_MILLIS = 1_000;

/** How an attempt came out. `short`: this host lacks something, so it says nothing about the service; a sentence. */
export type Answer =
  | { readonly outcome: "pass" | "fail"; readonly detail: string }
  | { readonly short: string };

/** One attempt. When the signal aborts it lets go of all that it holds. One that rejects has failed. */
export type Ask = (signal: AbortSignal) => Promise<Answer>;

export interface AttemptsOptions extends Pick<CheckHooks, "onProblem"> {
  readonly intervalMicros: Micros;
  readonly onResult: (outcome: "pass" | "fail" | "timeout", detail: string) => void;
  /** An attempt begins; one that is not stopped comes to `onEnded`, whatever its outcome. For those who measure. */
  readonly onStarted?: () => void;
  readonly onEnded?: (tookMicros: Micros) => void;
}

export class Attempts {
  #ticks: NodeJS.Timeout | null = null;
  /** The attempt that has not come out yet. */
  #current: AbortController | null = null;
  #startedMillis = 0;

  constructor(private readonly options: AttemptsOptions) {}

  /**
   * In place of what was asked before.
   * @param late the detail of an attempt that has timed out
   */
  start(ask: Ask, late: string): void {
    this.stop();
    this.#ticks = setInterval(() => this.#tick(ask, late), timerMillis(this.options.intervalMicros));
    this.#begin(ask);
  }

  /** No result comes after it. */
  stop(): void {
    if (this.#ticks !== null) clearInterval(this.#ticks);
    this.#ticks = null;
    this.#current?.abort();
    this.#current = null;
  }

  /** After a stall of the loop a timer fires before the answer that came in time is read; so that one goes first. */
  #tick(ask: Ask, late: string): void {
    const [ticks, due] = [this.#ticks, this.#current];
    setImmediate(() => {
      if (this.#ticks !== ticks) return;
      if (due !== null && this.#release(due)) this.options.onResult("timeout", late);
      // The listener of the result may have stopped the check, or started it anew.
      if (this.#ticks === ticks) this.#begin(ask);
    });
  }

  #begin(ask: Ask): void {
    const attempt = new AbortController();
    this.#current = attempt;
    this.#startedMillis = performance.now();
    this.options.onStarted?.();
    void answerOf(ask, attempt.signal).then((answer) => {
      if (!this.#release(attempt)) return;
      if ("short" in answer) this.options.onProblem(answer.short);
      else this.options.onResult(answer.outcome, answer.detail);
    });
  }

  /** False: it is over, or was stopped. */
  #release(attempt: AbortController): boolean {
    if (this.#current !== attempt) return false;
    this.#current = null;
    attempt.abort();
    this.options.onEnded?.((performance.now() - this.#startedMillis) * MICROS_PER_MILLISECOND);
    return true;
  }
}

/** Asks. Never rejects: a defect of one check must not end the daemon. */
async function answerOf(ask: Ask, signal: AbortSignal): Promise<Answer> {
  try {
    return await ask(signal);
  } catch (failure) {
    return { outcome: "fail", detail: `it could not be asked: ${(failure as Error).message}` };
  }
}

/** What doctor says of one attempt. */
export async function findingOf(
  ask: Ask,
  subject: string,
  { origin }: Pick<CheckIntent, "origin">,
): Promise<Finding> {
  const answer = await answerOf(ask, AbortSignal.timeout(EXAMINED_MILLIS));
  if ("short" in answer) return warning(subject, answer.short, "Run doctor again.");
  if (answer.outcome === "pass") return ok(subject, answer.detail);
  const action = `Mend the service, or correct ${nameOf(origin)}.`;
  return warning(subject, `${answer.detail}: the node would be in FAULT`, action);
}
