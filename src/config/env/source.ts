/** The environment as a source: read as a whole, with every problem at once. Looks at nothing but `env`. */
import type { UserName } from "../../core/notify.js";
import type { Intent } from "../intent.js";
import type { Problem, Warning } from "../problem.js";
import { type ConfigSource, ConfigurationError, type Lookups } from "../source.js";
import { findContradictions, findOverrides, findUnserved } from "./agreement.js";
import { daemonVariables, overridden } from "./daemon.js";
import { type EnvironmentText, parseEnvironmentText } from "./environment-file.js";
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
  interfaceNamed: (name) => name,
  hasIpvsServices: () => false,
  routingNames: () => null,
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

/**
 * The variables of a file. Of the environment of the process those count beside them that are about the daemon itself.
 * @param path absolute
 */
export function environmentFileSource(path: string, text: string, env: Environment): ConfigSource {
  return {
    read: (lookups) => {
      const { variables, problems, moreProblems } = parseEnvironmentText(path, text);
      const read = parseEnvironment({ ...daemonVariables(env), ...valuesOf(variables) }, lookups);
      const placed = read.problems.map((problem) => placedIn(path, variables, problem));
      // What does not stand in a right line is not missing.
      const all = problems.length > 0 ? [...problems, ...placed.filter(({ value }) => value !== "")] : placed;
      if (read.intent === null || all.length > 0) {
        throw new ConfigurationError(all, "ECONFIG", [], moreProblems);
      }
      const warnings = [...read.warnings, ...overridden(env, valuesOf(variables))];
      return { ...read.intent, source: `env:${path}`, warnings };
    },
  };
}

function valuesOf(variables: EnvironmentText["variables"]): Environment {
  return Object.fromEntries([...variables].map(([name, { value }]) => [name, value]));
}

function placedIn(file: string, variables: EnvironmentText["variables"], problem: Problem): Problem {
  const { origin } = problem;
  const found = "variable" in origin ? variables.get(origin.variable) : undefined;
  if (found === undefined || !("variable" in origin)) return problem;
  return { ...problem, origin: { ...origin, at: { file, line: found.line } } };
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
