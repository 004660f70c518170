/** Configuration as two pure steps: `parseEnvironment` and `plan`. */

export { type ParsedEnvironment, parseEnvironment } from "./env/environment.js";
export type { Note, Request } from "./env/request.js";
export { VARIABLE_NAMES, VARIABLES } from "./env/table.js";
export { describePlan } from "./plan/describe.js";
export type { HostFacts, InterfaceFacts } from "./plan/facts.js";
export type { PlanOptions } from "./plan/interfaces.js";
export { wayTo } from "./plan/peers.js";
export { plan } from "./plan/plan.js";
export { promotionWarning } from "./plan/promotion.js";
export type * from "./plan/types.js";
export { formatProblem } from "./problem.js";
