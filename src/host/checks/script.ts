/**
 * Runs a check script every interval, beside the loop, within a time limit of its own. A run that is still there at the
 * next tick is not overlapped; the next one starts at a later tick.
 *
 * At a timeout the script's whole process group is ended. After an exit in time, processes that it left in the
 * background are let alone, as in Keepalived; their standard output is closed.
 */
import {
  formatSeconds,
  MICROS_PER_MILLISECOND,
  type Micros,
  microsToSeconds,
  timerMillis,
} from "../../base/time.js";
import { visible } from "../../base/visible.js";
import { within } from "../../base/within.js";
import type { ScriptCheck } from "../../config/index.js";
import type { CheckOutcome } from "../../core/input.js";
import { nameOf } from "../../core/origin.js";
import { isShortage } from "../scripts/file.js";
import { commandFindings } from "../scripts/findings.js";
import type { Launcher } from "../scripts/launcher.js";
import type { ProgramOutput } from "../scripts/output.js";
import type { Run, RunResult } from "../scripts/run.js";
import type { CheckKind } from "./kind.js";

/** How much of the end of its output goes into the detail. */
const TAIL_BYTES = 256;
const STOP_GRACE_MILLIS = 300;
const STOP_LIMIT_MILLIS = 800;
const TIMED_OUT = "timed out";

export const script: CheckKind<ScriptCheck> = {
  title: "check script",
  listedAs: "script",
  start(check, hooks) {
    const running = startCheckScript({ ...check, ...hooks, launcher: hooks.launchers.as(check.user) });
    return { update: () => {}, stop: () => running.stop() };
  },
  describe: ({ command }) => command.join(" "),
  // Its arguments may hold a secret.
  fact: ({ command }) => command[0]!,
  settings({ command, intervalMicros }) {
    return { command, intervalSeconds: microsToSeconds(intervalMicros) };
  },
  examine({ origin, command, user }, launchers) {
    return commandFindings(launchers, { name: nameOf(origin), purpose: "check", command, user });
  },
  action({ origin, timeoutMicros }, verdict, detail = "") {
    if (verdict !== "disabled" && detail.startsWith(TIMED_OUT)) {
      return `Find out what makes it slow: time ${nameOf(origin)} by hand on this node. Where ${formatSeconds(timeoutMicros)} are too short for it, give it a longer timeout (in the environment that is its interval).`;
    }
    return verdict === "disabled"
      ? `Mend what it says about ${nameOf(origin)}, and restart vrrpd; until then nothing is checked.`
      : `Run ${nameOf(origin)} by hand on this node; exit code 0 ends the fault.`;
  },
};

export interface CheckScriptOptions {
  readonly command: readonly string[];
  readonly intervalMicros: Micros;
  readonly timeoutMicros: Micros;
  /** A script that cannot be run at start fails, instead of being disabled. */
  readonly strict: boolean;
  readonly launcher: Launcher;
  readonly onResult: (outcome: CheckOutcome, detail: string) => void;
  /** A run that did not take place and says nothing about the service: this host is short of something. */
  readonly onProblem: (sentence: string) => void;
  /** A run begins, and has come to its result (`tookMicros` later). For those who measure. */
  readonly onStarted?: () => void;
  readonly onEnded?: (tookMicros: Micros) => void;
}

export interface CheckScript {
  /** Ends what runs. Resolves when it is gone, after less than a second in any case. No result comes after the call. */
  stop(): Promise<void>;
}

export function startCheckScript(options: CheckScriptOptions): CheckScript {
  return new Schedule(options);
}

class Schedule implements CheckScript {
  readonly #options: CheckScriptOptions;
  #ticks: NodeJS.Timeout | null = null;
  #run: Run | null = null;
  /** An earlier run, or what it has left in the background. */
  #isOutputHeld = false;
  #stopped = false;

  constructor(options: CheckScriptOptions) {
    this.#options = options;
    void this.#begin();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#ticks !== null) clearInterval(this.#ticks);
    if (this.#run === null) return;
    this.#run.end(STOP_GRACE_MILLIS);
    await within(this.#run.gone, STOP_LIMIT_MILLIS);
  }

  async #begin(): Promise<void> {
    const { launcher, command, strict } = this.#options;
    const { problem, unsafe } = await launcher.examine(command);
    const why = problem ?? (launcher.security ? unsafe : null);
    if (why !== null && !strict) {
      this.#report("disabled", `${why}: the check is disabled`);
      return;
    }
    if (this.#stopped) return;
    this.#ticks = setInterval(() => this.#tick(), timerMillis(this.#options.intervalMicros));
    this.#tick();
  }

  #tick(): void {
    if (this.#run !== null) return;
    const startedAt = performance.now();
    this.#options.onStarted?.();
    const current = this.#options.launcher.run({
      command: this.#options.command,
      timeoutMillis: timerMillis(this.#options.timeoutMicros),
      ends: "group",
      // One pipe a check is kept open, so that a service which it has started again can write.
      tailBytes: this.#isOutputHeld ? null : TAIL_BYTES,
    });
    this.#run = current;
    if (!this.#isOutputHeld) void this.#holdOutput(current.outputClosed);
    void current.result.then((result) => {
      this.#options.onEnded?.((performance.now() - startedAt) * MICROS_PER_MILLISECOND);
      return this.#conclude(result);
    });
    void current.gone.then(() => {
      this.#run = null;
    });
  }

  async #holdOutput(closed: Promise<void>): Promise<void> {
    this.#isOutputHeld = true;
    await closed;
    this.#isOutputHeld = false;
  }

  async #conclude(result: RunResult): Promise<void> {
    const { launcher, command } = this.#options;
    switch (result.type) {
      case "exited": {
        const outcome = result.exitCode === 0 ? "pass" : "fail";
        return this.#report(outcome, `exited with code ${result.exitCode}${describeOutput(result.output)}`);
      }
      case "signalled":
        return this.#report("fail", `ended by ${result.signal}${describeOutput(result.output)}`);
      case "timeout":
        return this.#report("timeout", `${TIMED_OUT} after ${formatSeconds(this.#options.timeoutMicros)}`);
      case "notStarted":
        if (!isShortage(result.code))
          return this.#report("fail", await launcher.describeNotStarted(command, result.code));
        if (!this.#stopped)
          this.#options.onProblem(`${command[0]} could not be started (${result.code}); it is tried again`);
        return;
      case "refused":
        if (!result.unsafe || this.#options.strict) return this.#report("fail", result.why);
        return this.#report("disabled", `${result.why}: the check is disabled for as long as that is so`);
    }
  }

  #report(outcome: CheckOutcome, detail: string): void {
    if (!this.#stopped) this.#options.onResult(outcome, detail);
  }
}

/** ": last words of it", in one line, all of it visible; what is not shown is counted. */
function describeOutput(output: ProgramOutput): string {
  const words = visible(output.tail.replace(/[ \t\n\v\f\r\0\ufffd]+/g, " ").trim());
  const discarded = output.discardedBytes > 0 ? ` (after ${output.discardedBytes} bytes more)` : "";
  return words === "" ? discarded : `: ${words}${discarded}`;
}
