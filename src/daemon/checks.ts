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
  /** Whether this node has the address now. What the kernel told meanwhile has reached `addressMoved` before it answers. */
  readonly hasAddress: (text: string) => boolean;
  /** A run of a check begins and ends. For those who measure. */
  readonly onStarted?: (check: string) => void;
  readonly onEnded?: (check: string, tookMicros: Micros) => void;
}

export class Checks {
  readonly #probes = new Map<string, Probe>();
  readonly #scripts: readonly CheckScript[];
  /** By the check's name: the address that its probe connects to. */
  readonly #probed = new Map<string, string | null>();
  /** Checks whose address went or came since their probe began. */
  readonly #disturbed = new Set<string>();

  constructor(
    plan: Plan,
    private readonly hooks: ChecksHooks,
  ) {
    for (const probe of probesOf(plan)) {
      this.#probed.set(probe.name, probe.address?.text ?? null);
      this.#probes.set(probe.name, startProbe({ ...probe, ...this.#probeHooks(probe.name) }));
    }
    this.#scripts = scriptsOf(plan).map((script) =>
      startCheckScript({ ...script, launcher: hooks.launcher, ...hooksOf(script.name, hooks) }),
    );
  }

  /** The plan has changed: the targets of probes may have. */
  update(plan: Plan): void {
    for (const { name, address } of probesOf(plan)) {
      this.#probed.set(name, address?.text ?? null);
      this.#probes.get(name)?.setTarget(address);
    }
  }

  /** An address of this node went or came. */
  addressMoved(text: string): void {
    for (const [name, probed] of this.#probed) if (probed === text) this.#disturbed.add(name);
  }

  /** Resolves when no check is left running, within a second. */
  async stop(): Promise<void> {
    for (const probe of this.#probes.values()) probe.stop();
    await Promise.all(this.#scripts.map((script) => script.stop()));
  }

  /** A probe that fails while its address is away, be it for a moment, says nothing about the service. */
  #probeHooks(check: string) {
    const hooks = hooksOf(check, this.hooks);
    return {
      ...hooks,
      onStarted: () => {
        this.#disturbed.delete(check);
        hooks.onStarted();
      },
      onResult: (outcome: CheckOutcome, detail: string) => {
        if (outcome === "pass" || this.#isUndisturbed(check)) hooks.onResult(outcome, detail);
      },
    };
  }

  #isUndisturbed(check: string): boolean {
    const address = this.#probed.get(check) ?? null;
    return address !== null && this.hooks.hasAddress(address) && !this.#disturbed.has(check);
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
