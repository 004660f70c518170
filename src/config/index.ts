/** Configuration as two pure steps: `parseEnvironment` and `plan`. */
export { describePlan } from "./describe.js";
export { type ParsedEnvironment, parseEnvironment } from "./environment.js";
export type { HostFacts, InterfaceFacts } from "./facts.js";
export type { PlanOptions } from "./interface-choice.js";
export { wayTo } from "./peers.js";
export { plan } from "./plan.js";
export type * from "./plan-types.js";
export { formatProblem } from "./problem.js";
export { promotionWarning } from "./promotion.js";
export type { Note, Request } from "./request.js";
export { VARIABLE_NAMES, VARIABLES } from "./variables.js";
