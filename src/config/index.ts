/** Configuration in two pure steps: a source gives an intent, `plan` makes a plan of it and of this host's facts. */

export {
  type Compared,
  changeOf,
  compare,
  comparison,
  isEmpty,
  type NamedChange,
  type PlanChange,
  type RouterChange,
} from "./change.js";
export { isScriptsName, ownNameOf } from "./check-names.js";
export * from "./checks.js";
export { type DaemonSettings, readDaemonSettings } from "./env/daemon.js";
export { scrubName } from "./env/readers.js";
export {
  environmentFileSource,
  environmentSource,
  type ParsedEnvironment,
  parseEnvironment,
} from "./env/source.js";
export { ORIGINS, VARIABLE_NAMES, VARIABLES } from "./env/table.js";
export type * from "./fifo.js";
export { fixtureKey, fixtureWords, routeTypeName, UNITS_PER_MILLISECOND } from "./fixture-words.js";
export * from "./intent.js";
export { describePlan } from "./plan/describe.js";
export type { HostFacts, InterfaceFacts } from "./plan/facts.js";
export type { PlanOptions } from "./plan/interfaces.js";
export type { AdvertSource } from "./plan/node-address.js";
export {
  contradictionsOf,
  interfaceNamesOf,
  isFromFile,
  nodeOf,
  peersOf,
  routersOn,
  sourcesOf,
} from "./plan/parts.js";
export { wayTo } from "./plan/peers.js";
export { plan, planning } from "./plan/plan.js";
export { promotionWarning } from "./plan/promotion.js";
export type * from "./plan/types.js";
export { vmacWarnings } from "./plan/vmac-settings.js";
export { keepalivedConfOf, WRITTEN_BY_VRRPD } from "./plan/written/keepalived-conf.js";
export { formatProblem, formatWarning, type Problem, type StandingProblem, type Warning } from "./problem.js";
export { isSame } from "./sharing.js";
export { type Shown, type ShownInstance, USUAL_CHECK, USUAL_INSTANCE } from "./shown.js";
export { type ConfigSource, ConfigurationError, type Lookups } from "./source.js";
export { arrivals, departures } from "./stages.js";
export { joinWords } from "./words.js";
