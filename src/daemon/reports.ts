/** What the daemon says in its log: each plan with what is new about it, and what goes wrong, at most once a minute. */
import { Complaints } from "../base/complaints.js";
import { formatWarning, type Plan } from "../config/index.js";
import { senderNote } from "../host/adverts/sending-socket.js";
import type { Logger } from "../host/log/index.js";
import { nowMicros } from "../host/native.js";
import { type Line, replanLine, startLine } from "./status/log-lines.js";

export class Reports {
  readonly #complaints = new Complaints();

  constructor(
    private readonly logger: Pick<Logger, "log">,
    private readonly version: string,
  ) {}

  say({ message, facts }: Line): void {
    this.logger.log("info", message, facts);
  }

  /** At most once a minute for the same `key`. */
  warn(sentence: string, key = sentence): void {
    const suppressed = this.#complaints.admit(nowMicros(), key);
    if (suppressed === null) return;
    this.logger.log("warn", sentence, suppressed > 0 ? { repeatedSinceLast: suppressed } : {});
  }

  /** What is new since `before`. */
  plan(plan: Plan, before: Plan | null): void {
    this.say(before === null ? startLine(this.version, plan) : replanLine(plan));
    if (before === null && senderNote !== null) this.say({ message: senderNote, facts: {} });
    const said = new Set(before?.warnings.map(formatWarning));
    for (const text of plan.warnings.map(formatWarning)) if (!said.has(text)) this.warn(text);
  }
}
