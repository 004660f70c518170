/** Waiting for conditions, never for time. */
import { inspect } from "node:util";
import { HarnessError } from "./errors.js";

export interface UntilOptions {
  /** What is waited for, as it stands in the sentence "waited 10 s for …". */
  readonly what: string;
  /** Generous: it is spent only when the condition never comes true. Default 10,000. */
  readonly timeoutMs?: number;
  /** Default 20. */
  readonly intervalMs?: number;
}

export const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Asks `condition` until it returns something truthy, and returns that. One that throws is asked again. It is asked
 * at least once after the time is up, so a machine that stood still does not fail what has come true meanwhile.
 * Throws `ETIMEOUT` with what was waited for and the last value (or error) seen.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: UntilOptions,
): Promise<NonNullable<T>> {
  const { what, timeoutMs = DEFAULT_TIMEOUT_MS, intervalMs = 20 } = options;
  const endsAt = performance.now() + timeoutMs;
  for (;;) {
    const last = performance.now() >= endsAt;
    let seen: unknown;
    try {
      const value = await condition();
      if (value) return value;
      seen = inspect(value);
    } catch (error) {
      seen = error instanceof Error ? error.message : inspect(error);
    }
    if (last)
      throw new HarnessError("ETIMEOUT", `waited ${timeoutMs / 1000} s for ${what}; last seen: ${seen}`);
    await delay(intervalMs);
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
