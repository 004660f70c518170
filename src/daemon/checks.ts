/** The checks of the configuration, run beside the loop; their results are inputs. */
import type { Micros } from "../base/time.js";
import type { Plan } from "../config/index.js";
import type { CheckOutcome } from "../core/input.js";
import { type CheckScript, startCheckScript } from "../host/checks/script.js";
import { type Probe, startProbe } from "../host/checks/tcp-probe.js";
import type { Launcher } from "../host/scripts/launcher.js";

export interface ChecksHooks {
  readonly launcher: Launcher;
  readonly onResult: (check: "probe" | "script", outcome: CheckOutcome, detail: string) => void;
  readonly onProblem: (sentence: string) => void;
  /** A run of a check begins and ends. For those who measure. */
  readonly onStarted?: (check: "probe" | "script") => void;
  readonly onEnded?: (check: "probe" | "script", tookMicros: Micros) => void;
}

export class Checks {
  readonly #probe: Probe | null;
  readonly #script: CheckScript | null;

  constructor({ probe, script }: Plan, hooks: ChecksHooks) {
    this.#probe = probe && startProbe({ ...probe, ...hooksOf("probe", hooks) });
    this.#script =
      script && startCheckScript({ ...script, launcher: hooks.launcher, ...hooksOf("script", hooks) });
  }

  /** The plan has changed: the probe's target may have. */
  update({ probe }: Plan): void {
    if (probe !== null) this.#probe?.setTarget(probe.address);
  }

  /** Resolves when no check is left running, within a second. */
  async stop(): Promise<void> {
    this.#probe?.stop();
    await this.#script?.stop();
  }
}

/** The hooks as one check calls them. */
function hooksOf(check: "probe" | "script", hooks: ChecksHooks) {
  return {
    onResult: (outcome: CheckOutcome, detail: string) => hooks.onResult(check, outcome, detail),
    onProblem: hooks.onProblem,
    onStarted: () => hooks.onStarted?.(check),
    onEnded: (tookMicros: Micros) => hooks.onEnded?.(check, tookMicros),
  };
}
