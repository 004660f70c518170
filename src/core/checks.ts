/** The checks of the service by their names: what they report, and what is logged of it. */
import type { Micros } from "../base/time.js";
import type { CheckConfig } from "./config.js";
import type { Input } from "./input.js";
import type { Outbox } from "./outbox.js";
import { Check } from "./router/check.js";

export class Checks {
  readonly #known = new Map<string, Check>();

  constructor(private readonly outbox: Outbox) {}

  get(name: string): Check | undefined {
    return this.#known.get(name);
  }

  /** A check of the same name keeps its verdict: what it runs is the host's business. */
  adopt(configs: readonly CheckConfig[]): void {
    const wanted = new Set(configs.map(({ name }) => name));
    for (const name of this.#known.keys()) if (!wanted.has(name)) this.#known.delete(name);
    for (const config of configs) {
      const known = this.#known.get(config.name);
      if (known === undefined) this.#known.set(config.name, new Check(config));
      else known.config = config;
    }
  }

  /** Returns whether a verdict has changed. */
  report(now: Micros, input: Extract<Input, { type: "check" }>): boolean {
    const check = this.#known.get(input.check);
    if (check === undefined) return false;
    const changed = check.report(now, input.outcome, input.detail, input.value);
    const { verdict } = check;
    const facts = { check: input.check, verdict, detail: input.detail };
    const says = check.value === null ? `is ${verdict}` : `tells ${check.value}`;
    const message = `check ${input.check} ${says}: ${input.detail}`;
    if (verdict === "advisory") {
      this.outbox.complain(now, { what: `check ${input.check}` }, () => ({
        level: "warn",
        code: "check-advisory",
        router: null,
        message: `${message} (it has not passed since the start, so it does not count yet)`,
        facts,
      }));
    } else if (changed) {
      const level = verdict === "passing" ? "info" : "error";
      this.outbox.log(level, "check", null, message, facts);
    }
    return changed;
  }
}
