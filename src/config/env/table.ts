/** Every variable that vrrpd knows, in one table, and the reading of all of them at once. */
import { nearestName, printable } from "../../base/text.js";
import type { Origin, SettingOrigins } from "../../core/origin.js";
import type { Problem, Warning } from "../problem.js";
import { OPENSHIFT_VARIABLES } from "./openshift-variables.js";
import { OWN_VARIABLES } from "./own-variables.js";
import { unquote } from "./readers.js";
import type { Scope, Variable } from "./variable.js";

export const VARIABLES = { ...OPENSHIFT_VARIABLES, ...OWN_VARIABLES };
export type VariableKey = keyof typeof VARIABLES;
export const VARIABLE_NAMES: readonly string[] = Object.values(VARIABLES).map((variable) => variable.name);

export function originOf(key: VariableKey): Origin {
  return { variable: VARIABLES[key].name };
}

/** The same for all virtual routers. */
export const ORIGINS: SettingOrigins = {
  virtualAddresses: originOf("virtualAddresses"),
  groups: originOf("groups"),
  virtualRouterId: originOf("idOffset"),
  idConflict: originOf("idConflict"),
  interface: originOf("networkInterface"),
  unicastPeers: originOf("unicastPeers"),
  unicastMinTtl: originOf("unicastMinTtl"),
  priority: originOf("priority"),
  replicaCount: originOf("replicaCount"),
  advertInterval: originOf("advertInterval"),
  version: originOf("version"),
  authentication: originOf("v2Auth"),
  password: originOf("configName"),
  guardRemove: originOf("guardRemove"),
  announceRefresh: originOf("announceRefresh"),
  startGrace: originOf("startGrace"),
  linkGrace: originOf("linkGrace"),
  scriptUser: originOf("scriptUser"),
  scriptSecurity: originOf("scriptSecurity"),
  iptablesChain: originOf("iptablesChain"),
  nftablesRule: originOf("nftablesRule"),
};

const ALL_SCOPES: readonly Scope[] = ["environment", "daemon", "file"];

/** The names that only vrrpd or the original image can be meant by. */
const OWN_NAMES = /^(OPENSHIFT_HA_|VRRPD_|HA_EXCLUDED)/;

/** What each variable says; the default where it is unset or refused. */
export type Values = {
  readonly [K in VariableKey]: (typeof VARIABLES)[K] extends Variable<infer T> ? T : never;
};

export interface ReadEnvironment {
  readonly values: Values;
  /** The text of what is set, without white space and quotes around it. */
  readonly given: ReadonlyMap<VariableKey, string>;
  /** Variables with at least one refused entry. */
  readonly refused: ReadonlySet<VariableKey>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads every variable by itself; what they mean together is not looked at.
 * @param scopes of others the value is not looked at, so that they have their defaults
 */
export function readVariables(env: Environment, scopes: readonly Scope[] = ALL_SCOPES): ReadEnvironment {
  const values: Record<string, unknown> = {};
  const given = new Map<VariableKey, string>();
  const refused = new Set<VariableKey>();
  const problems: Problem[] = [];
  const warnings: Warning[] = [];
  for (const key of Object.keys(VARIABLES) as VariableKey[]) {
    const { name, scope, accepted, whenUnset, keepsQuotes, read } = VARIABLES[key] as Variable<unknown>;
    const origin = { variable: name };
    const written = env[name]?.trim() ?? "";
    const { text: value, quoted } = keepsQuotes ? { text: written, quoted: false } : unquote(written);
    values[key] = whenUnset;
    if (!scopes.includes(scope)) continue;
    if (quoted) warnings.push({ origin, text: `${name}: surrounding quotes are ignored` });
    if (value === "") continue;
    given.set(key, value);
    const reading = read(value);
    if (reading.refusals.length > 0) refused.add(key);
    if (reading.refusals.length === 0 || reading.value !== null) values[key] = reading.value;
    warnings.push(...reading.warnings.map((text) => ({ origin, text: `${name}: ${text}` })));
    for (const refusal of reading.refusals) {
      const reason = refusal.reason === null ? {} : { reason: refusal.reason };
      problems.push({ origin, value: refusal.value, accepted, ...reason });
    }
  }
  return {
    values: values as Values,
    given,
    refused,
    problems,
    warnings: [...warnings, ...unknownNames(env, scopes.includes("environment") ? OWN_NAMES : /^VRRPD_/)],
  };
}

function unknownNames(env: Environment, ours: RegExp): Warning[] {
  return Object.keys(env)
    .filter((name) => ours.test(name) && !VARIABLE_NAMES.includes(name) && env[name]?.trim())
    .map((name) => {
      const nearest = nearestName(name, VARIABLE_NAMES);
      const text = `${printable(name)} is not known and is ignored; the nearest known name is ${nearest}`;
      return { origin: { variable: name }, text };
    });
}
