/** What the checks and the notify script need. */
import type { Plan } from "../../../config/index.js";
import { nameOf } from "../../../core/origin.js";
import { kindOf } from "../../../host/checks/index.js";
import type { Finding } from "../../../host/finding.js";
import { commandFindings } from "../../../host/scripts/findings.js";
import { Launcher } from "../../../host/scripts/launcher.js";

export async function serviceFindings({ settings, checks, notify }: Plan): Promise<Finding[]> {
  const launcher = Launcher.of(settings.scripts);
  const found = [
    ...[...checks.values()].map((check) => kindOf(check).examine(check, launcher)),
    ...notify.map(({ origin, command }) =>
      commandFindings(launcher, { name: nameOf(origin), purpose: "notify", command }),
    ),
  ];
  return (await Promise.all(found)).flat();
}
