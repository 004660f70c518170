/** What doctor finds about a command of the configuration. */
import type { UserName } from "../../core/notify.js";
import { error, type Finding, ok, warning } from "../finding.js";
import type { Launchers } from "./launchers.js";

export interface Command {
  /** Of the setting, as its source spells it. */
  readonly name: string;
  /** `check`: its exit code decides; `notify`: it is told. */
  readonly purpose: "check" | "notify";
  readonly command: readonly string[];
  /** null: that of all scripts. */
  readonly user: UserName | null;
}

export async function commandFindings(
  launchers: Launchers,
  { name, purpose, command, user }: Command,
): Promise<Finding[]> {
  const launcher = launchers.as(user);
  const { problem, unsafe } = await launcher.examine(command);
  if (problem !== null) {
    const text = `${name}: ${problem}`;
    const action = "Mend it before vrrpd starts.";
    return [purpose === "check" ? error("script", text, action) : warning("script", text, action)];
  }
  const runs = ok(
    "script",
    `${command[0]} can be run${launcher.user === null ? "" : ` as ${launcher.user}`}`,
  );
  if (unsafe === null) return [runs];
  const text = `${name}: ${unsafe}`;
  const action =
    "Give what is named to root, and take the right to write from all others (chown root, chmod go-w).";
  return launcher.security
    ? [error("script", `${text}, so it would not be run`, action)]
    : [runs, warning("script", text, action)];
}
