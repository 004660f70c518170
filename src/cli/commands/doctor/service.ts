/** What the checks and the notify script need. */
import { accessSync, constants } from "node:fs";
import type { Plan } from "../../../config/index.js";
import { nameOf } from "../../../core/origin.js";
import { missingCapabilities } from "../../../host/capabilities.js";
import { kindOf } from "../../../host/checks/index.js";
import { type Finding, ok, warning } from "../../../host/finding.js";
import { commandFindings } from "../../../host/scripts/findings.js";
import { Launchers } from "../../../host/scripts/launchers.js";

export async function serviceFindings({ settings, origins, checks, notify }: Plan): Promise<Finding[]> {
  const launchers = new Launchers(settings.scripts, origins);
  const found = [
    ...[...checks.values()].map((check) => kindOf(check).examine(check, launchers)),
    ...notify.map(({ origin, command, user }) =>
      commandFindings(launchers, { name: nameOf(origin), purpose: "notify", command, user }),
    ),
  ];
  const programs = [...checks.values()].filter(({ command }) => command !== null).length + notify.length;
  return [...(await Promise.all(found)).flat(), ...(programs > 0 ? surroundingsOfScripts() : [])];
}

/** What scripts often need, and containers often lack. */
function surroundingsOfScripts(): Finding[] {
  const missing = missingCapabilities(undefined, ["CAP_KILL", "CAP_SETGID", "CAP_SETUID"]);
  const found: Finding[] = [];
  if (missing.length > 0) {
    const text = `scripts have no ${missing.join(", ")} here: killall -0 and kill -0 on processes of other users, su and sudo fail in them`;
    found.push(ok("script", `${text}; grant them where a script needs them`));
  }
  if (!isWritable("/tmp")) {
    const text = "/tmp cannot be written: a script that does so fails";
    found.push(warning("script", text, "Mount a tmpfs or an emptyDir at /tmp."));
  }
  return found;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
