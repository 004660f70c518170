/** Results of checks → verdicts. The first result decides at once; then `fall` and `rise` in a row turn it. */
import type { Micros } from "../../base/time.js";
import type { CheckConfig } from "../config.js";
import type { CheckOutcome } from "../input.js";

const FAILURES_KEPT = 16;

/**
 * `advisory`: fails, but has never passed and must not fault the node for that.
 * `disabled`: cannot run and is left out, as Keepalived leaves it out.
 */
export type Verdict = "pending" | "passing" | "failing" | "advisory" | "disabled";

export interface CheckStatus {
  readonly name: string;
  readonly state: Verdict;
  /** What the last result said. */
  readonly detail: string;
  /** When the verdict last changed. */
  readonly since: Micros;
  /** What it tells; null: no number, or none yet. */
  readonly value: number | null;
  /** When it became `failing`: the last few times. */
  readonly failedAt: readonly Micros[];
}

export class Check {
  #verdict: Verdict = "pending";
  #detail = "no result yet";
  #since: Micros = 0;
  readonly #failedAt: Micros[] = [];
  #hasPassed = false;
  #value: number | null = null;
  /** Results in a row that speak against the verdict. */
  #against = 0;

  constructor(public config: CheckConfig) {}

  get verdict(): Verdict {
    return this.#verdict;
  }

  get detail(): string {
    return this.#detail;
  }

  /** What it told last; null: it tells no number, or has not yet. */
  get value(): number | null {
    return this.#value;
  }

  /** Takes a result; true when the verdict has changed, or the number that it tells. */
  report(now: Micros, outcome: CheckOutcome, detail: string, value: number | null = null): boolean {
    const tellsAnother = value !== this.#value;
    this.#value = value;
    return this.#turn(now, outcome, detail) || tellsAnother;
  }

  #turn(now: Micros, outcome: CheckOutcome, detail: string): boolean {
    this.#detail = detail;
    if (outcome === "pass") this.#hasPassed = true;
    const speaksFor = this.#verdictOf(outcome);
    if (speaksFor === this.#verdict) {
      this.#against = 0;
      return false;
    }
    this.#against += 1;
    if (this.#against < this.#needed(speaksFor)) return false;
    this.#verdict = speaksFor;
    this.#since = now;
    if (speaksFor === "failing") this.#failedAt.push(now);
    if (this.#failedAt.length > FAILURES_KEPT) this.#failedAt.shift();
    this.#against = 0;
    return true;
  }

  status(): CheckStatus {
    const { name } = this.config;
    const failedAt = [...this.#failedAt];
    const [state, detail, since, value] = [this.#verdict, this.#detail, this.#since, this.#value];
    return { name, state, detail, since, value, failedAt };
  }

  #verdictOf(outcome: CheckOutcome): Verdict {
    if (outcome === "pass") return "passing";
    if (outcome === "disabled") return "disabled";
    return this.config.advisoryUntilFirstPass && !this.#hasPassed ? "advisory" : "failing";
  }

  #needed(verdict: Verdict): number {
    if (this.#verdict === "passing" && verdict === "failing") return this.config.fall;
    if (this.#verdict === "failing" && verdict === "passing") return this.config.rise;
    return 1;
  }
}
