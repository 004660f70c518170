/** Scripts of a file that this host does not run: Keepalived says so at its start, and goes on without them. */
import type { Plan, Warning } from "../config/index.js";
import type { UserName } from "../core/notify.js";
import type { Origin } from "../core/origin.js";
import { Launchers } from "../host/scripts/launchers.js";

interface Script {
  readonly origin: Origin;
  readonly command: readonly string[];
  readonly user: UserName | null;
  /** A sentence's second half. */
  readonly without: string;
}

/** Looks at the files, and runs nothing. */
export async function scriptWarnings({ settings, origins, checks, notify }: Plan): Promise<Warning[]> {
  const launchers = new Launchers(settings.scripts, origins);
  const scripts: Script[] = [...checks.values()].flatMap((check) =>
    check.kind === "script"
      ? [
          {
            ...check,
            without: `check ${check.name} is left out, and instances run without it, as in Keepalived`,
          },
        ]
      : [],
  );
  const told = notify.map((one): Script => ({ ...one, without: "it never runs, as in Keepalived" }));
  const warnings = [...scripts, ...told].map(
    async ({ origin, command, user, without }): Promise<Warning[]> => {
      const launcher = launchers.as(user);
      const { problem, unsafe } = await launcher.examine(command);
      if (problem !== null) return [{ origin, text: `${problem}: ${without}` }];
      if (unsafe === null) return [];
      return [
        { origin, text: launcher.security ? `${unsafe}: ${without}` : `${unsafe}; it runs all the same` },
      ];
    },
  );
  return (await Promise.all(warnings)).flat();
}
