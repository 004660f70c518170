/** The environment as a source: read as a whole, with every problem at once. Looks at nothing but `env`. */
import type { UserName } from "../../core/notify.js";
import type { Intent } from "../intent.js";
import type { Problem, Warning } from "../problem.js";
import { type ConfigSource, ConfigurationError, type Lookups } from "../source.js";
import { findContradictions, findOverrides, findUnserved } from "./agreement.js";
import { buildIntent } from "./intent.js";
import { type Environment, readVariables, VARIABLES, type Values } from "./table.js";

export interface ParsedEnvironment {
  /** null if and only if there are problems. */
  readonly intent: Intent | null;
  readonly problems: readonly Problem[];
  /** The intent carries them too, and so does every plan made from it. */
  readonly warnings: readonly Warning[];
}

/** A host that knows every user, and has every interface. */
const NOTHING_UNKNOWN: Lookups = {
  whyUnknown: () => null,
  whyUnknownGroup: () => null,
  hasInterface: () => true,
  hasIpvsServices: () => false,
};

export function environmentSource(env: Environment): ConfigSource {
  return {
    read: (lookups) => {
      const { intent, problems } = parseEnvironment(env, lookups);
      if (intent === null) throw new ConfigurationError(problems);
      return intent;
    },
  };
}

/** Never throws. */
export function parseEnvironment(env: Environment, lookups: Lookups = NOTHING_UNKNOWN): ParsedEnvironment {
  const read = readVariables(env);
  const problems = [
    ...read.problems,
    ...findContradictions(read),
    ...unknownScriptUser(read.values, lookups),
    ...unknownSocketGroup(read.values, lookups),
  ];
  const warnings = [...read.warnings, ...findOverrides(read)];
  const intent = problems.length > 0 ? null : buildIntent(read.values, warnings, findUnserved(read));
  return { intent, problems, warnings };
}

/** Whom this host does not know, of those that the environment names. */
export function unknownScriptUser({ scriptUser }: Values, { whyUnknown }: Lookups): Problem[] {
  const reason = scriptUser === null ? null : whyUnknown(scriptUser);
  if (scriptUser === null || reason === null) return [];
  const { name, accepted } = VARIABLES.scriptUser;
  return [{ origin: { variable: name }, value: formatUser(scriptUser), reason, accepted }];
}

/** The same for the group of the control socket. */
export function unknownSocketGroup({ socketGroup }: Values, { whyUnknownGroup }: Lookups): Problem[] {
  const reason = socketGroup === null ? null : whyUnknownGroup(socketGroup);
  if (socketGroup === null || reason === null) return [];
  const { name, accepted } = VARIABLES.socketGroup;
  return [{ origin: { variable: name }, value: socketGroup, reason, accepted }];
}

function formatUser({ user, group }: UserName): string {
  return group === null ? user : `${user}:${group}`;
}
