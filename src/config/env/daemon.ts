/** What the environment says about the daemon itself, where the configuration is a file. */
import { printable } from "../../base/text.js";
import type { Problem, Warning } from "../problem.js";
import { type Environment, readVariables, VARIABLES, type Values } from "./table.js";

export interface DaemonSettings {
  /** Of the variables that count beside a file; the others have their defaults, whatever they say. */
  readonly values: Values;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** Never throws. Whether this host knows the user of scripts is another question (`unknownScriptUser`). */
export function readDaemonSettings(env: Environment): DaemonSettings {
  const { values, problems, warnings } = readVariables(env, ["daemon", "file"]);
  return { values, problems, warnings: [...warnings, ...overridden(env)] };
}

/** Those of an environment that are about the daemon itself. */
export function daemonVariables(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isConfiguration(name)));
}

/**
 * One for all of them: an environment that once was the configuration has many.
 * @param file what the file says, where it is one of variables: of these nothing has to be said
 */
export function overridden(env: Environment, file: Environment = {}): Warning[] {
  const isOverridden = (name: string) => isConfiguration(name) && Boolean(env[name]?.trim());
  const names = Object.keys(env).filter((name) => isOverridden(name) && file[name] !== env[name]);
  if (names.length === 0) return [];
  const verb = names.length === 1 ? "does" : "do";
  const text = `${names.sort().map(printable).join(", ")} ${verb} not count: the configuration is a file`;
  return [{ origin: { variable: names[0]! }, text }];
}

/** Those of the original image too that nobody knows. */
function isConfiguration(name: string): boolean {
  const known = Object.values(VARIABLES).find((variable) => variable.name === name);
  return known === undefined ? /^(OPENSHIFT_HA_|HA_EXCLUDED)/.test(name) : known.scope === "environment";
}
