/** The commands of the configuration, looked at once when the daemon starts, for log and status. */

import type { LogLevel } from "../base/log-line.js";
import type { Plan } from "../config/index.js";
import { nameOf } from "../core/origin.js";
import type { Command } from "../host/scripts/findings.js";
import type { Launcher } from "../host/scripts/launcher.js";
import { type ExaminedScript, scriptProblems } from "./status/problems/scripts.js";

export class Scripts {
  #examined: readonly ExaminedScript[] = [];

  constructor(private readonly launcher: Launcher) {}

  /** Empty until all have been looked at. */
  get examined(): readonly ExaminedScript[] {
    return this.#examined;
  }

  /** @param say what is wrong with them, each once */
  async examine(plan: Plan, say: (level: LogLevel, sentence: string) => void): Promise<void> {
    this.#examined = await Promise.all(
      commandsOf(plan).map(async ({ name: variable, purpose, command }) => {
        const { problem, unsafe } = await this.launcher.examine(command);
        const { user, security } = this.launcher;
        const mayRunUnsafe = !security;
        return { purpose, document: { variable, program: command[0]!, user, problem, unsafe, mayRunUnsafe } };
      }),
    );
    for (const { severity, text } of scriptProblems(this.#examined)) {
      say(severity === "error" ? "error" : "warn", text);
    }
  }
}

function commandsOf({ checks, notify }: Plan): Command[] {
  return [
    ...[...checks.values()].flatMap(({ origin, command }) =>
      command === null ? [] : [{ name: nameOf(origin), purpose: "check" as const, command }],
    ),
    ...notify.map(({ origin, command }) => ({
      name: nameOf(origin),
      purpose: "notify" as const,
      command,
    })),
  ];
}
