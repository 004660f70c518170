/** Runs a check that starts no program, and keeps what it tells. */
import type { Test } from "tap";
import type { CheckIntent, CheckPlan } from "../../../src/config/index.js";
import type { CheckKind } from "../../../src/host/checks/index.js";
import type { CheckHooks } from "../../../src/host/checks/kind.js";

export const NO_LAUNCHERS = {} as CheckHooks["launchers"];

/** `results`: "pass: detail", "fail: …", "timeout: …", "problem: …", in order. */
export function watchCheck<C extends CheckIntent>(t: Test, kind: CheckKind<C>, check: CheckPlan<C>) {
  const results: string[] = [];
  const counts = { started: 0, ended: 0 };
  const running = kind.start(check, {
    launchers: NO_LAUNCHERS,
    isReload: false,
    onResult: (outcome, detail) => results.push(`${outcome}: ${detail}`),
    onProblem: (sentence) => results.push(`problem: ${sentence}`),
    onStarted: () => counts.started++,
    onEnded: () => counts.ended++,
  });
  t.teardown(() => running.stop());
  return { results, counts, running };
}
