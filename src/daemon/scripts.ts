/** The commands of the configuration, looked at once when the daemon starts, for log and status. */
import { nameOf, type Plan, scriptsOf } from "../config/index.js";
import type { LogLevel } from "../core/effect.js";
import type { Launcher } from "../host/scripts/launcher.js";
import { scriptProblems } from "./status/problems/scripts.js";
import type { ScriptDocument } from "./status/types.js";

export class Scripts {
  #documents: readonly ScriptDocument[] = [];

  constructor(private readonly launcher: Launcher) {}

  /** Empty until all have been looked at. */
  get documents(): readonly ScriptDocument[] {
    return this.#documents;
  }

  /** @param say what is wrong with them, each once */
  async examine(plan: Plan, say: (level: LogLevel, sentence: string) => void): Promise<void> {
    this.#documents = await Promise.all(
      commandsOf(plan).map(async ({ name: variable, command }) => {
        const { problem, unsafe } = await this.launcher.examine(command);
        const { user, security } = this.launcher;
        return { variable, program: command[0]!, user, problem, unsafe, mayRunUnsafe: !security };
      }),
    );
    for (const { severity, text } of scriptProblems(this.#documents)) {
      say(severity === "error" ? "error" : "warn", text);
    }
  }
}

export interface Command {
  /** Of the setting, as its source spells it. */
  readonly name: string;
  readonly purpose: "check" | "notify";
  readonly command: readonly string[];
}

export function commandsOf(plan: Plan): Command[] {
  return [
    ...scriptsOf(plan).map(({ origin, command }) => ({
      name: nameOf(origin),
      purpose: "check" as const,
      command,
    })),
    ...plan.notifyScripts.map(({ origin, command }) => ({
      name: nameOf(origin),
      purpose: "notify" as const,
      command,
    })),
  ];
}
