/** Checks and notify scripts, and the users that run them. */
import { secondsToMicros } from "../../../base/time.js";
import type { NotifyCommand, UserName } from "../../../core/notify.js";
import type { ScriptCheck } from "../../checks.js";
import { quoteValue } from "../../problem.js";
import type { Lookups } from "../../source.js";
import type { ScriptDraft } from "../blocks/vrrp-script.js";
import type { FileDraft } from "../file.js";
import type { Report } from "../report.js";
import type { Placed } from "../values.js";

/** Who runs what has no user of its own. */
export interface DefaultUser {
  /** null: the daemon's own. */
  readonly user: UserName | null;
  /** What has no user of its own does not run: the end of a sentence; null: it does. */
  readonly whyNone: string | null;
}

const USUAL_USER: UserName = { user: "keepalived_script", group: null };

/** @param fromEnvironment what VRRPD_SCRIPT_USER says */
export function defaultUserOf(
  asked: Placed<UserName> | null,
  fromEnvironment: UserName | null,
  { whyUnknown }: Lookups,
): DefaultUser {
  if (asked !== null) {
    const why = whyUnknown(asked.value);
    return {
      user: asked.value,
      whyNone: why === null ? null : `${spelled(asked.value)} of script_user ${why}`,
    };
  }
  if (fromEnvironment !== null) return { user: fromEnvironment, whyNone: null };
  return { user: whyUnknown(USUAL_USER) === null ? USUAL_USER : null, whyNone: null };
}

/** Those that an instance or a group tracks; one whose user is unknown is none, so that its instances run unchecked. */
export function checksOf(
  file: FileDraft,
  fallback: DefaultUser,
  lookups: Lookups,
  report: Report,
): ScriptCheck[] {
  const tracked = new Set(
    [...file.instances.values(), ...file.groups.values()].flatMap(({ trackedScripts }) =>
      trackedScripts.map(({ name }) => name),
    ),
  );
  return [...file.scripts.values()].flatMap((script) => {
    const { name, statement } = script;
    const why = whyNotRun(script.user?.value ?? null, fallback, lookups);
    if (why !== null)
      report.warn(
        script.user?.origin ?? statement.origin,
        `vrrp_script ${name} does not run: ${why}; as in Keepalived, instances run without it`,
      );
    else if (!tracked.has(name))
      report.warn(statement.origin, `vrrp_script ${name} is tracked by no instance, and does not run`);
    else return [checkOf(script)];
    return [];
  });
}

export function notifyOf(
  commands: readonly NotifyCommand[],
  fallback: DefaultUser,
  lookups: Lookups,
  report: Report,
): NotifyCommand[] {
  return commands.filter(({ origin, user, command }) => {
    const why = whyNotRun(user, fallback, lookups);
    if (why !== null && "file" in origin)
      report.warn(origin, `${origin.keyword} ${command[0]} never runs: ${why}, as in Keepalived`);
    return why === null;
  });
}

/** The end of a sentence; null: it is run. */
export function whyNotRun(
  user: UserName | null,
  fallback: DefaultUser,
  { whyUnknown }: Lookups,
): string | null {
  if (user === null) return fallback.whyNone;
  const why = whyUnknown(user);
  return why === null ? null : `${spelled(user)} ${why}`;
}

function checkOf({
  name,
  statement,
  command,
  interval,
  timeout,
  rise,
  fall,
  user,
}: ScriptDraft): ScriptCheck {
  const intervalMicros = secondsToMicros(interval);
  return {
    kind: "script",
    name,
    origin: statement.origin,
    advisoryUntilFirstPass: false,
    rise,
    fall,
    intervalMicros,
    timeoutMicros: timeout === null ? intervalMicros : secondsToMicros(timeout),
    connectsTo: null,
    command: command!.value,
    strict: false,
    user: user?.value ?? null,
  };
}

function spelled({ user, group }: UserName): string {
  return `user ${quoteValue(group === null ? user : `${user} ${group}`)}`;
}
