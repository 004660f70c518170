/** The configuration that a command was given, as an intent, and what it means on this host. */

import { hostname } from "node:os";
import { basename } from "node:path";
import { VrrpdError } from "../base/errors.js";
import {
  allPeers,
  type ConfigSource,
  environmentFileSource,
  environmentSource,
  type HostFacts,
  type Intent,
  type Plan,
  type PlanOptions,
  plan,
  readDaemonSettings,
  scrubName,
  VARIABLES,
} from "../config/index.js";
import { gatherHostFacts } from "../host/netlink/facts.js";
import { makeLookups } from "./lookups.js";
import { fileOf, isVariables, type Place } from "./place.js";

/** Throws VrrpdError: `ConfigurationError` (exit code 2), one line a problem; `EFILE` (exit code 6). */
export async function readConfiguration(place: Place, env: NodeJS.ProcessEnv): Promise<Intent> {
  const source = await sourceOf(place, env);
  return source.read(makeLookups());
}

async function sourceOf(place: Place, env: NodeJS.ProcessEnv): Promise<ConfigSource> {
  const file = fileOf(place);
  if (file === null) return environmentSource(env);
  if (!isVariables(place)) return fileSource(place, env);
  const { readConfigurationFile } = await import("../host/configuration/index.js");
  const { path, text } = readConfigurationFile(file);
  return environmentFileSource(path, text, env);
}

export interface PlannedHere {
  readonly intent: Intent;
  readonly facts: HostFacts;
  readonly planned: Plan;
}

/** As a daemon that starts now. */
const FIRST_LOOK: PlanOptions = { namedInterfaceGivenUp: false, before: [] };

/** Read, and planned for this host. Throws as `readConfiguration` does. */
export async function planHere(
  place: Place,
  env: NodeJS.ProcessEnv,
  options = FIRST_LOOK,
): Promise<PlannedHere> {
  const intent = await readConfiguration(place, env);
  const facts = gatherHostFacts(allPeers(intent));
  return { intent, facts, planned: plan(intent, facts, options) };
}

/** What reads files is loaded for files alone. */
async function fileSource(place: Place, env: NodeJS.ProcessEnv): Promise<ConfigSource> {
  const { config, id, vrrpAlone, includesRequired = false } = place;
  const [{ readConfigurationFile, readIncluded }, { keepalivedSource }] = await Promise.all([
    import("../host/configuration/index.js"),
    import("../config/keepalived/source.js"),
  ]);
  const name = nameOfFile(config);
  const daemon = readDaemonSettings(vrrpAlone ? { ...env, [VARIABLES.lvs.name]: "ignore" } : env);
  const file = readConfigurationFile(config);
  return keepalivedSource({
    ...{ ...file, name, daemon, includesRequired },
    read: readIncluded,
    id: id ?? hostname(),
  });
}

/** So that the control socket's path is none too long. */
const LONGEST_NAME = 64;

/** The configuration's name. */
function nameOfFile(path: string): string {
  const file = basename(path);
  const name = scrubName(file.replace(/\.conf$/, "")).slice(0, LONGEST_NAME);
  if (name !== "") return name;
  throw new VrrpdError(
    "EUSAGE",
    `--config ${path}: the configuration is named after its file, whose name has no character of A-Z a-z 0-9 _ -`,
  );
}
