/** The checks of the configuration, run beside the loop; their results are inputs. */
import type { Plan } from "../config/index.js";
import type { CheckOutcome } from "../core/input.js";
import { type CheckScript, startCheckScript } from "../host/checks/script.js";
import { type Probe, startProbe } from "../host/checks/tcp-probe.js";

export interface ChecksHooks {
  readonly onResult: (check: "probe" | "script", outcome: CheckOutcome, detail: string) => void;
  readonly onProblem: (sentence: string) => void;
}

export class Checks {
  readonly #probe: Probe | null;
  readonly #script: CheckScript | null;

  constructor({ probe, script }: Plan, { onResult, onProblem }: ChecksHooks) {
    this.#probe =
      probe && startProbe({ ...probe, onProblem, onResult: (...result) => onResult("probe", ...result) });
    this.#script =
      script &&
      startCheckScript({ ...script, onProblem, onResult: (...result) => onResult("script", ...result) });
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
