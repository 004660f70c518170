/** What the checks and the notify script need. */
import type { Plan } from "../../../config/index.js";
import { nameOf } from "../../../core/origin.js";
import { kindOf } from "../../../host/checks/index.js";
import type { Finding } from "../../../host/finding.js";
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
  return (await Promise.all(found)).flat();
}
