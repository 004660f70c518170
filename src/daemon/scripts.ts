/** The commands of the configuration, looked at once when the daemon starts, for log and status. */
import type { Plan } from "../config/index.js";
import type { LogLevel } from "../core/effect.js";
import type { Launcher } from "../host/scripts/launcher.js";
import { scriptProblems } from "./status/script-problems.js";
import type { ScriptDocument } from "./status-document.js";

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
      commandsOf(plan).map(async ([variable, command]) => {
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

/** Each with its variable. */
export function commandsOf({
  script,
  core,
}: Plan): (readonly [variable: string, command: readonly string[]])[] {
  const notify = core.routers.find((router) => router.notifyCommand !== null)?.notifyCommand ?? null;
  const commands: [string, readonly string[]][] = [];
  if (script !== null) commands.push(["OPENSHIFT_HA_CHECK_SCRIPT", script.command]);
  if (notify !== null) commands.push(["OPENSHIFT_HA_NOTIFY_SCRIPT", notify]);
  return commands;
}
