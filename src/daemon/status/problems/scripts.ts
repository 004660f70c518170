/** What is wrong with check and notify scripts themselves, whatever they say when they run. */
import { nameOf, type Origin, settingOf } from "../../../core/origin.js";
import type { Command } from "../../../host/scripts/findings.js";
import type { ScriptDocument } from "../types.js";
import { type Found, plain } from "./found.js";

export interface ExaminedScript {
  readonly purpose: Command["purpose"];
  /** Where it says that a script which others can write is not run, or would. */
  readonly securitySetting: Origin;
  readonly document: ScriptDocument;
}

export function scriptProblems(scripts: readonly ExaminedScript[]): Found[] {
  return scripts.flatMap(problemsOfScript);
}

function problemsOfScript({ purpose, securitySetting, document }: ExaminedScript): Found[] {
  const { variable, problem, unsafe, user, mayRunUnsafe } = document;
  const isCheck = purpose === "check";
  // A check that is disabled, or fails, says it by itself.
  if (problem !== null && !isCheck) {
    const text = `${variable}: ${problem}`;
    const action = "Mend it; it is tried at each change of state.";
    return [plain("warning", "script-unusable", null, text, action)];
  }
  if (unsafe === null) return [];
  const action =
    "Give what is named to root, and take the right to write from all others (chown root, chmod go-w).";
  if (mayRunUnsafe) {
    const text = `${variable}: ${unsafe}; vrrpd runs it as ${user ?? "its own user"} all the same`;
    const more = `${action} ${switchedOn(securitySetting)} would not run it.`;
    return [plain("warning", "script-writable", null, text, more)];
  }
  if (isCheck) return [];
  const text = `${variable}: ${unsafe}, so it is not run (${switchedOn(securitySetting)})`;
  return [plain("error", "script-refused", null, text, action)];
}

/** The keyword of a file has no value. */
function switchedOn(setting: Origin): string {
  return "variable" in setting ? settingOf(setting, "on") : nameOf(setting);
}
