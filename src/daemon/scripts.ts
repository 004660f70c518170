/** The commands of the configuration, looked at once when the daemon starts, for log and status. */

import type { Plan } from "../config/index.js";
import { nameOf } from "../core/origin.js";
import type { Logger } from "../host/log/index.js";
import type { Command } from "../host/scripts/findings.js";
import type { Launchers } from "../host/scripts/launchers.js";
import { problemsFrom } from "./status/problems/found.js";
import { type ExaminedScript, scriptProblems } from "./status/problems/scripts.js";

export class Scripts {
  #examined: readonly ExaminedScript[] = [];

  /** Throws VrrpdError `ECONFIG` for a user whom this host does not know. */
  constructor(
    private readonly launchers: Launchers,
    plan: Plan,
    private readonly logger: Pick<Logger, "log">,
  ) {
    for (const { user } of commandsOf(plan)) launchers.as(user);
  }

  /** Empty until all have been looked at. */
  get examined(): readonly ExaminedScript[] {
    return this.#examined;
  }

  /** Logs what is wrong with them, each once. */
  async examine(plan: Plan): Promise<void> {
    this.#examined = await Promise.all(
      commandsOf(plan).map(async ({ name: variable, purpose, command, user: own }) => {
        const launcher = this.launchers.as(own);
        const { problem, unsafe } = await launcher.examine(command);
        const { user, security } = launcher;
        const mayRunUnsafe = !security;
        const { scriptSecurity: securitySetting } = plan.origins;
        return {
          purpose,
          securitySetting,
          document: { variable, program: command[0]!, user, problem, unsafe, mayRunUnsafe },
        };
      }),
    );
    for (const { severity, text } of problemsFrom(scriptProblems(this.#examined))) {
      this.logger.log(severity === "error" ? "error" : "warn", text);
    }
  }
}

function commandsOf({ checks, notify }: Plan): Command[] {
  return [
    ...[...checks.values()].flatMap(({ origin, command, user }) =>
      command === null ? [] : [{ name: nameOf(origin), purpose: "check" as const, command, user }],
    ),
    ...notify.map(({ origin, command, user }) => ({
      name: nameOf(origin),
      purpose: "notify" as const,
      command,
      user,
    })),
  ];
}
