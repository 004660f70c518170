/** The checks of the configuration, run beside the loop; their results are inputs. */
import type { Micros } from "../base/time.js";
import { type Plan, probesOf, scriptsOf } from "../config/index.js";
import type { CheckOutcome } from "../core/input.js";
import { type CheckScript, startCheckScript } from "../host/checks/script.js";
import { type Probe, startProbe } from "../host/checks/tcp-probe.js";
import type { Launcher } from "../host/scripts/launcher.js";

export interface ChecksHooks {
  readonly launcher: Launcher;
  readonly onResult: (check: string, outcome: CheckOutcome, detail: string) => void;
  readonly onProblem: (sentence: string) => void;
  /** A run of a check begins and ends. For those who measure. */
  readonly onStarted?: (check: string) => void;
  readonly onEnded?: (check: string, tookMicros: Micros) => void;
}

export class Checks {
  readonly #probes = new Map<string, Probe>();
  readonly #scripts: readonly CheckScript[];

  constructor(plan: Plan, hooks: ChecksHooks) {
    for (const probe of probesOf(plan))
      this.#probes.set(probe.name, startProbe({ ...probe, ...hooksOf(probe.name, hooks) }));
    this.#scripts = scriptsOf(plan).map((script) =>
      startCheckScript({ ...script, launcher: hooks.launcher, ...hooksOf(script.name, hooks) }),
    );
  }

  /** The plan has changed: the targets of probes may have. */
  update(plan: Plan): void {
    for (const { name, address } of probesOf(plan)) this.#probes.get(name)?.setTarget(address);
  }

  /** Resolves when no check is left running, within a second. */
  async stop(): Promise<void> {
    for (const probe of this.#probes.values()) probe.stop();
    await Promise.all(this.#scripts.map((script) => script.stop()));
  }
}

/** The hooks as one check calls them. */
function hooksOf(check: string, hooks: ChecksHooks) {
  return {
    onResult: (outcome: CheckOutcome, detail: string) => hooks.onResult(check, outcome, detail),
    onProblem: hooks.onProblem,
    onStarted: () => hooks.onStarted?.(check),
    onEnded: (tookMicros: Micros) => hooks.onEnded?.(check, tookMicros),
  };
}
