/** What a kind of check is: its work, and everything that is said about it. */
import type { Micros } from "../../base/time.js";
import type { CheckIntent, CheckPlan } from "../../config/index.js";
import type { CheckOutcome } from "../../core/input.js";
import type { Finding } from "../finding.js";
import type { Launchers } from "../scripts/launchers.js";

/** What one check calls, and what it works with. */
export interface CheckHooks {
  /** Of programs. */
  readonly launchers: Launchers;
  /** The daemon runs already. */
  readonly isReload: boolean;
  /** @param value what it tells, of a kind that tells a number */
  readonly onResult: (outcome: CheckOutcome, detail: string, value?: number) => void;
  /** A run that did not take place and says nothing about the service: this host is short of something. */
  readonly onProblem: (sentence: string) => void;
  /** A run begins, and has come to its end before its result is told. For those who measure. */
  readonly onStarted: () => void;
  readonly onEnded: (tookMicros: Micros) => void;
}

export interface RunningCheck<C extends CheckIntent = CheckIntent> {
  /** The plan has changed; it is told whether or not this check has. */
  update(check: CheckPlan<C>): void;
  /** How many processes it counts now; left out: it counts none. */
  count?(): number;
  /** Ends what runs. Resolves when it is gone, within a second. No result comes after the call. */
  stop(): Promise<void>;
}

/** A verdict that a person should do something about. */
export type TroubledVerdict = "failing" | "advisory" | "disabled";

export interface CheckKind<C extends CheckIntent = CheckIntent> {
  /** What a list for people calls it. */
  readonly title: string;
  /** Lists say "none" under this name where no check is of this kind; null: they leave it out. */
  readonly listedAs: string | null;
  /** Runs it from now on, once every interval. */
  start(check: CheckPlan<C>, hooks: CheckHooks): RunningCheck<C>;
  /** What it looks at: "port 80 of 192.0.2.1". */
  describe(check: CheckPlan<C>): string;
  /** The same as a fact of a log line, without what may be a secret. */
  fact(check: CheckPlan<C>): string;
  /** The same for programs; key order is part of the form. */
  settings(check: CheckPlan<C>): object;
  /** What doctor finds: whether it could pass now. */
  examine(check: CheckPlan<C>, launchers: Launchers): Promise<Finding[]>;
  /** What a person does about the verdict, a sentence or two. @param detail what the last result said; left out: anything */
  action(check: CheckPlan<C>, verdict: TroubledVerdict, detail?: string): string;
}
